"""The addresses of pages. Every one asks for a signed-in person, unless its view says that it does not."""

from django.contrib.auth.views import LogoutView
from django.urls import include, path

from classifier.views import (
    accounts,
    appearance,
    audio,
    health,
    home,
    passages,
    people,
    pictures,
    quality,
    song_actions,
    songs,
    states,
    tokens,
    uploads,
)

song_patterns = [
    path("", songs.song_detail, name="song-detail"),
    path("card/", states.song_card, name="song-card"),
    path("audio", audio.song_audio, name="song-audio"),
    path("passage.wav", passages.song_passage, name="song-passage"),
    path("spectrogram.png", pictures.song_spectrogram, name="song-spectrogram"),
    path("edit/", song_actions.edit, name="song-edit"),
    path("mood/", song_actions.mood, name="song-mood"),
    path("retry/", song_actions.retry, name="song-retry"),
    path("cancel/", song_actions.cancel, name="song-cancel"),
    path("delete/", song_actions.delete, name="song-delete"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("upload/", uploads.upload, name="upload"),
    path("songs/", songs.song_list, name="song-list"),
    path("songs/states/", states.song_states, name="song-states"),
    path("songs/<uuid:song_id>/", include(song_patterns)),
    path("how-good/", quality.how_good, name="how-good"),
    path("setup/", accounts.setup, name="setup"),
    path("login/", accounts.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", accounts.Password.as_view(), name="password"),
    path("people/", people.people, name="people"),
    path("people/<int:person_id>/password/", people.new_password, name="person-password"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<int:token_id>/revoke/", tokens.revoke, name="token-revoke"),
    path("appearance/", appearance.theme, name="appearance"),
    path("moods.css", appearance.palette, name="palette"),
    path("health/", health.health, name="health"),
    path("api/", include("classifier.api.urls")),
]
