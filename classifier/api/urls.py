from django.urls import path, re_path

from classifier.api.resumable_uploads import ResumableUploadDetail, ResumableUploads
from classifier.api.status import InstallationStatus
from classifier.api.views import Model, NotFoundView, Predict, Prediction, Predictions

urlpatterns = [
    path("predict/", Predict.as_view(), name="predict"),
    path("predictions/", Predictions.as_view(), name="predictions"),
    path("predictions/<uuid:song_id>/", Prediction.as_view(), name="prediction"),
    path("uploads/", ResumableUploads.as_view(), name="resumable-uploads"),
    path("uploads/<uuid:upload_id>/", ResumableUploadDetail.as_view(), name="resumable-upload"),
    path("status/", InstallationStatus.as_view(), name="api-status"),
    path("model/", Model.as_view(), name="model"),
    re_path("", NotFoundView.as_view(), name="api-not-found"),
]
