from django.urls import include, path

urlpatterns = [path("", include("classifier.urls"))]

handler400 = "classifier.views.errors.bad_request"
handler403 = "classifier.views.errors.forbidden"
handler404 = "classifier.views.errors.not_found"
handler500 = "classifier.views.errors.server_error"
