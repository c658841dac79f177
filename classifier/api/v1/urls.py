from django.urls import URLPattern, URLResolver, include, path, re_path

from classifier.api.v1.bulk import Bulk
from classifier.api.v1.corrections import Corrections
from classifier.api.v1.events import Events
from classifier.api.v1.exports import AccountArchive, ExportFormats, Exports
from classifier.api.v1.jobs import Jobs
from classifier.api.v1.links import Links
from classifier.api.v1.measurement import MeasurementView, Recalibrations
from classifier.api.v1.media import SongMedia
from classifier.api.v1.models import Models
from classifier.api.v1.playlists import PlaylistFiles, Playlists
from classifier.api.v1.problems import NotFoundView
from classifier.api.v1.reference import reference
from classifier.api.v1.saved_filters import SavedFilters
from classifier.api.v1.schema import Schema
from classifier.api.v1.song_bin import Bin
from classifier.api.v1.song_results import SongResults
from classifier.api.v1.songs import Songs
from classifier.api.v1.sources import Scans, Sources
from classifier.api.v1.tokens import Tokens
from classifier.api.v1.uploads import Uploads
from classifier.api.v1.vocabulary import VocabularyView
from classifier.api.v1.webhooks import Deliveries, Webhooks

song_patterns = [
    path(
        "",
        Songs.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="v1-song",
    ),
    path("analyse/", Jobs.as_view({"post": "analyse"}), name="v1-song-analyse"),
    path("analyses/", SongResults.as_view({"get": "analyses"}), name="v1-analyses"),
    path("analyses/<str:version>/", SongResults.as_view({"get": "analysis"}), name="v1-analysis"),
    path("segments/", SongResults.as_view({"get": "segments"}), name="v1-segments"),
    path("features/", SongResults.as_view({"get": "features"}), name="v1-features"),
    path("audio/", SongMedia.as_view({"get": "audio"}), name="v1-audio"),
    path("spectrogram/", SongMedia.as_view({"get": "spectrogram"}), name="v1-spectrogram"),
    path("saliency/<str:side>/", SongMedia.as_view({"get": "saliency"}), name="v1-saliency"),
    path("saliency/<str:side>/image/", SongMedia.as_view({"get": "saliency_image"}), name="v1-saliency-image"),
    path("waveform/", SongResults.as_view({"get": "waveform"}), name="v1-waveform"),
]

bulk_patterns = [
    path("analyse/", Bulk.as_view({"post": "analyse"}), name="v1-bulk-analyse"),
    path("correct/", Bulk.as_view({"post": "correct"}), name="v1-bulk-correct"),
    path("delete/", Bulk.as_view({"post": "delete_songs"}), name="v1-bulk-delete"),
    path("edit/", Bulk.as_view({"post": "edit"}), name="v1-bulk-edit"),
]

job_patterns = [
    path("", Jobs.as_view({"get": "retrieve"}), name="v1-job"),
    path("cancel/", Jobs.as_view({"post": "cancel"}), name="v1-job-cancel"),
    path("retry/", Jobs.as_view({"post": "retry"}), name="v1-job-retry"),
]

source_patterns = [
    path(
        "",
        Sources.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="v1-source",
    ),
    path("retry/", Sources.as_view({"post": "retry"}), name="v1-source-retry"),
    path("scan/", Scans.as_view({"get": "retrieve", "post": "create"}), name="v1-scan"),
]

playlist_patterns = [
    path(
        "",
        Playlists.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="v1-playlist",
    ),
    path("refresh/", Playlists.as_view({"post": "refresh"}), name="v1-playlist-refresh"),
    path("songs/", Playlists.as_view({"get": "songs"}), name="v1-playlist-songs"),
    path("export/<str:kind>/", PlaylistFiles.as_view({"get": "export"}), name="v1-playlist-export"),
]

webhook_patterns = [
    path(
        "",
        Webhooks.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="v1-webhook",
    ),
    path("secret/", Webhooks.as_view({"post": "secret"}), name="v1-webhook-secret"),
    path("test/", Webhooks.as_view({"post": "test"}), name="v1-webhook-test"),
    path("deliveries/", Deliveries.as_view({"get": "list"}), name="v1-deliveries"),
    path("deliveries/<uuid:delivery_id>/", Deliveries.as_view({"get": "retrieve"}), name="v1-delivery"),
    path("deliveries/<uuid:delivery_id>/again/", Deliveries.as_view({"post": "again"}), name="v1-delivery-again"),
]

api_patterns: list[URLPattern | URLResolver] = [
    path("", reference, name="v1-reference"),
    path("songs/", Songs.as_view({"get": "list", "post": "create"}), name="v1-songs"),
    path("songs/batch/", Uploads.as_view({"post": "create"}), name="v1-songs-batch"),
    path("songs/links/", Links.as_view({"post": "create"}), name="v1-songs-links"),
    path("songs/bulk/", include(bulk_patterns)),
    path("songs/<uuid:song_id>/", include(song_patterns)),
    path("bin/", Bin.as_view({"get": "list"}), name="v1-bin"),
    path("bin/<uuid:song_id>/", Bin.as_view({"delete": "destroy"}), name="v1-bin-song"),
    path("bin/<uuid:song_id>/restore/", Bin.as_view({"post": "restore"}), name="v1-bin-restore"),
    path("jobs/", Jobs.as_view({"get": "list"}), name="v1-jobs"),
    path("jobs/<uuid:song_id>/", include(job_patterns)),
    path("events/", Events.as_view({"get": "list"}), name="v1-events"),
    path("sources/", Sources.as_view({"get": "list", "post": "create"}), name="v1-sources"),
    path("sources/<uuid:source_id>/", include(source_patterns)),
    path("filters/", SavedFilters.as_view({"get": "list", "post": "create"}), name="v1-filters"),
    path(
        "filters/<int:filter_id>/",
        SavedFilters.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="v1-filter",
    ),
    path("models/", Models.as_view({"get": "list"}), name="v1-models"),
    path("playlists/", Playlists.as_view({"get": "list", "post": "create"}), name="v1-playlists"),
    path("playlists/<uuid:playlist_id>/", include(playlist_patterns)),
    path("measurement/", MeasurementView.as_view({"get": "retrieve"}), name="v1-measurement"),
    path("recalibrations/", Recalibrations.as_view({"get": "list", "post": "create"}), name="v1-recalibrations"),
    path(
        "recalibrations/<int:number>/",
        Recalibrations.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="v1-recalibration",
    ),
    path("corrections/", Corrections.as_view({"post": "create"}), name="v1-corrections"),
    path("exports/", ExportFormats.as_view({"get": "list"}), name="v1-exports"),
    path("exports/<str:kind>/", Exports.as_view({"get": "export", "post": "export_selection"}), name="v1-export"),
    path("account/export/", AccountArchive.as_view({"get": "export"}), name="v1-account-export"),
    path("webhooks/", Webhooks.as_view({"get": "list", "post": "create"}), name="v1-webhooks"),
    path("webhooks/<uuid:webhook_id>/", include(webhook_patterns)),
    path("tokens/", Tokens.as_view({"get": "list", "post": "create"}), name="v1-tokens"),
    path("tokens/<int:token_id>/", Tokens.as_view({"get": "retrieve", "delete": "destroy"}), name="v1-token"),
    path("vocabulary/", VocabularyView.as_view({"get": "retrieve", "put": "replace"}), name="v1-vocabulary"),
    path("schema/", Schema.as_view({"get": "retrieve"}), name="v1-schema"),
    re_path("", NotFoundView.as_view(), name="api-not-found"),
]

urlpatterns = [path("api/v1/", include(api_patterns))]
