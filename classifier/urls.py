"""URLs of the pages. All of them need a signed-in user, unless the view is marked `login_not_required`."""

from django.contrib.auth.views import LogoutView
from django.urls import include, path

from classifier.accounts import views as accounts
from classifier.monitoring import views as monitoring
from classifier.views import (
    bulk_actions,
    compare,
    home,
    label_agreement,
    media,
    model_quality,
    mood_map,
    progress,
    report,
    saliency,
    saved_filters,
    site,
    song_actions,
    songs,
    uploads,
)

song_patterns = [
    path("", songs.song_detail, name="song-detail"),
    path("card/", progress.song_card, name="song-card"),
    path("audio", media.song_audio, name="song-audio"),
    path("passage.wav", media.song_passage, name="song-passage"),
    path("spectrogram.png", media.song_spectrogram, name="song-spectrogram"),
    path("saliency/<str:side>.png", saliency.song_saliency, name="song-saliency"),
    path("saliency/<str:side>.json", saliency.song_saliency_places, name="song-saliency-places"),
    path("edit/", song_actions.edit, name="song-edit"),
    path("verdict/", song_actions.verdict, name="song-verdict"),
    path("report/", report.page, name="song-report"),
    path("retry/", song_actions.retry, name="song-retry"),
    path("again/", song_actions.again, name="song-again"),
    path("cancel/", song_actions.cancel, name="song-cancel"),
    path("delete/", song_actions.delete, name="song-delete"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("upload/", uploads.upload, name="upload"),
    path("demo/", uploads.add_demo_songs, name="demo-songs"),
    path("uploads/<uuid:upload_id>/delete/", uploads.delete_upload, name="upload-delete"),
    path("songs/", songs.song_list, name="song-list"),
    path("songs/selection/", bulk_actions.selection, name="song-selection"),
    path("songs/export.csv", bulk_actions.export, {"kind": "csv"}, name="songs-csv"),
    path("songs/export.jsonl", bulk_actions.export, {"kind": "jsonl"}, name="songs-jsonl"),
    path("songs/filters/", saved_filters.save, name="filter-save"),
    path("songs/filters/<int:filter_id>/rename/", saved_filters.rename, name="filter-rename"),
    path("songs/filters/<int:filter_id>/delete/", saved_filters.delete, name="filter-delete"),
    path("songs/states/", progress.song_states, name="song-states"),
    path("songs/cancel/", uploads.cancel_waiting, name="songs-cancel"),
    path("songs/<uuid:song_id>/", include(song_patterns)),
    path("your-ear/", label_agreement.page, name="corrections"),
    path("compare/", compare.page, name="song-compare"),
    path("map/", mood_map.mood_map, name="mood-map"),
    path("map/points/", mood_map.mood_points, name="mood-points"),
    path("over-time/", mood_map.mood_time, name="mood-time"),
    path("how-good/", model_quality.how_good, name="how-good"),
    path("setup/", accounts.setup, name="setup"),
    path("login/", accounts.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", accounts.Password.as_view(), name="password"),
    path("people/", accounts.users, name="users"),
    path("people/<int:user_id>/password/", accounts.new_password, name="user-password"),
    path("tokens/", accounts.tokens, name="tokens"),
    path("tokens/<int:token_id>/revoke/", accounts.revoke, name="token-revoke"),
    path("appearance/", site.theme, name="appearance"),
    path("moods.css", site.palette, name="palette"),
    path("health/", site.health, name="health"),
    path("health/live", monitoring.live, name="health-live"),
    path("health/ready", monitoring.ready, name="health-ready"),
    path("api/", include("classifier.api.urls")),
]
