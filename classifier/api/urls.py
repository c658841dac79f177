from django.urls import path, re_path

from classifier.api.audiomuse import ActiveTasks, FindPath, SearchTracks, SimilarTracks
from classifier.api.resumable_uploads import ResumableUploadDetail, ResumableUploads
from classifier.api.views import InstallationStatus, Model, NotFoundView, Predict, Prediction, Predictions

urlpatterns = [
    path("predict/", Predict.as_view(), name="predict"),
    path("predictions/", Predictions.as_view(), name="predictions"),
    path("predictions/<uuid:song_id>/", Prediction.as_view(), name="prediction"),
    path("uploads/", ResumableUploads.as_view(), name="resumable-uploads"),
    path("uploads/<uuid:upload_id>/", ResumableUploadDetail.as_view(), name="resumable-upload"),
    path("status/", InstallationStatus.as_view(), name="api-status"),
    path("model/", Model.as_view(), name="model"),
    path("similar_tracks", SimilarTracks.as_view(), name="similar-tracks"),
    path("find_path", FindPath.as_view(), name="find-path"),
    path("search_tracks", SearchTracks.as_view(), name="search-tracks"),
    path("active_tasks", ActiveTasks.as_view(), name="active-tasks"),
    re_path("", NotFoundView.as_view(), name="api-not-found"),
]
