"""Spectrograms of songs without a stored one are drawn on request, and take a bounded space."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier import ml_gateway
from classifier.jobs.drawing_attempts import MAX_ATTEMPTS
from classifier.jobs.made_files import SPECTROGRAM, file_make
from classifier.jobs.picture_cache import picture_keep, pictures_evict
from classifier.models import Person, Picture, Song, SongLocation, Source
from classifier.services.song_delete import song_delete
from classifier.tasks import draw_spectrogram
from classifier.uploads.song_storage import song_storage
from mmc.celery import app
from tests import sounds
from tests.shelf import shelve


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the songs in the messages to the workers."""
    messages: list[str] = []
    monkeypatch.setattr("classifier.jobs.queue.app.send_task", lambda name, args: messages.append(args[0]))
    return messages


@pytest.fixture
def song(anna: Person, tmp_path: Path, settings: LazySettings) -> Song:
    """A song in a folder, analysed."""
    settings.MUSIC_DIRS = [tmp_path]
    path = sounds.write(tmp_path / "harbour.wav", sounds.music(4.0))
    song = shelve(anna, "Harbour", duration_s=4.0)
    source = Source.objects.create(owner=anna, kind="folder", name="Music", address=str(tmp_path), created_at=NOON)
    SongLocation.objects.create(source=source, song=song, key=path.name, size_bytes=path.stat().st_size)
    return song


NOON = timezone.now()


def get(client: Client, song: Song, accept: str = "application/json, image/png") -> HttpResponse:
    return client.get(reverse("song-spectrogram", args=[song.id]), headers={"accept": accept})


def test_the_first_request_has_it_drawn_and_later_ones_get_it(
    anna_client: Client, boris_client: Client, song: Song, messages: list[str]
) -> None:
    first = get(anna_client, song)
    assert (first.status_code, first["Retry-After"], first.json()) == (202, "1", {"status": "drawing"})
    assert "no-store" in first["Cache-Control"]
    assert get(anna_client, song).status_code == 202
    assert messages == [str(song.id)]
    file_make(SPECTROGRAM, song_id=uuid.UUID(messages[0]))
    drawn = get(anna_client, song)
    assert (drawn.status_code, drawn["Content-Type"]) == (200, "image/png")
    assert b"".join(drawn.streaming_content).startswith(b"\x89PNG")  # type: ignore[attr-defined]
    assert get(boris_client, song).status_code == 404
    assert messages == [str(song.id)]
    assert Picture.objects.get().size_bytes == song_storage().stat(SPECTROGRAM.path(song)).size_bytes


def test_it_is_the_picture_of_an_analysis(song: Song, tmp_path: Path) -> None:
    analysed = ml_gateway.analyse(tmp_path / "harbour.wav", on_progress=lambda stage, done, total: None)
    assert ml_gateway.song_spectrogram(tmp_path / "harbour.wav") == analysed.spectrogram_png


def test_without_javascript_a_picture_asks_to_reload(anna_client: Client, song: Song, messages: list[str]) -> None:
    page = anna_client.get(reverse("song-detail", args=[song.id])).content.decode()
    assert reverse("song-spectrogram", args=[song.id]) in page
    assert "data-drawn-spectrogram" in page
    picture = get(anna_client, song, "image/avif,image/webp,image/svg+xml,image/*,*/*;q=0.8")
    assert (picture.status_code, picture["Content-Type"]) == (202, "image/svg+xml")
    assert "Reload the page" in picture.content.decode()
    file_make(SPECTROGRAM, song_id=song.id)
    assert get(anna_client, song, "image/svg+xml,*/*")["Content-Type"] == "image/png"


def test_a_song_whose_file_is_gone_says_so(
    anna_client: Client, song: Song, tmp_path: Path, messages: list[str]
) -> None:
    (tmp_path / "harbour.wav").rename(tmp_path / "elsewhere.wav")
    response = get(anna_client, song)
    assert (response.status_code, response.json()["error"]["code"]) == (404, "source_file_missing")
    assert messages == []
    file_make(SPECTROGRAM, song_id=song.id)  # it was there when the page asked
    assert not Picture.objects.exists()


def test_a_file_that_cannot_be_drawn_fails_after_some_attempts(
    anna_client: Client, song: Song, tmp_path: Path, messages: list[str]
) -> None:
    (tmp_path / "harbour.wav").write_bytes(b"no music at all " * 99)
    for _ in range(MAX_ATTEMPTS):
        assert get(anna_client, song).status_code == 202
        file_make(SPECTROGRAM, song_id=song.id)
    response = get(anna_client, song)
    assert (response.status_code, response.json()["error"]["code"]) == (503, "looking_failed")
    assert "spectrogram could not be drawn" in response.json()["error"]["message"]


def test_a_song_without_any_place_has_none(anna: Person, anna_client: Client, messages: list[str]) -> None:
    song = shelve(anna)
    assert get(anna_client, song).status_code == 404
    assert "data-drawn-spectrogram" not in anna_client.get(reverse("song-detail", args=[song.id])).content.decode()
    assert messages == []


def keep(song: Song, kind: str, kilobytes: int, minutes: int) -> str:
    name = song_storage().save(f"songs/{kind}-{song.id}.png", ContentFile(bytes(1000 * kilobytes)))
    picture_keep(song=song, kind=kind, files=[name], now=NOON + timedelta(minutes=minutes))
    return name


def test_the_least_recently_used_go_when_there_is_no_room(
    anna: Person, anna_client: Client, settings: LazySettings
) -> None:
    settings.PICTURE_CACHE_MB = 1
    songs = [shelve(anna, str(number)) for number in range(4)]
    names = [keep(song, "spectrogram", 400, 100 * number) for number, song in enumerate(songs[:2])]
    # The first is looked at again, so that the second is the oldest.
    Picture.objects.filter(song=songs[0]).update(used_at=NOON + timedelta(minutes=150))
    names.append(keep(songs[2], "spectrogram", 400, 200))
    assert [song_storage().exists(name) for name in names] == [True, False, True]
    assert set(Picture.objects.values_list("song__title", flat=True)) == {"0", "2"}
    # One that is larger than everything stays, since a page waits for it.
    names.append(keep(songs[3], "saliency", 2_000, 300))
    assert [song_storage().exists(name) for name in names] == [False, False, False, True]
    assert pictures_evict() == 0


def test_looking_at_a_picture_keeps_it_longer(anna_client: Client, song: Song, messages: list[str]) -> None:
    file_make(SPECTROGRAM, song_id=song.id)
    Picture.objects.update(used_at=NOON - timedelta(days=3))
    assert get(anna_client, song).status_code == 200
    assert Picture.objects.get().used_at >= NOON


def test_a_deleted_picture_is_drawn_again(
    anna_client: Client, song: Song, messages: list[str], settings: LazySettings
) -> None:
    file_make(SPECTROGRAM, song_id=song.id)
    other = shelve(song.owner)
    settings.PICTURE_CACHE_MB = 1
    keep(other, "saliency", 2_000, 10_000)
    assert not song_storage().exists(SPECTROGRAM.path(song))
    Path(song_storage().path(f"{Path(SPECTROGRAM.path(song)).parent}/drawn-spectrogram-requested")).unlink()  # type: ignore[attr-defined]
    assert get(anna_client, song).status_code == 202
    assert messages == [str(song.id)]


def test_pictures_go_with_their_song(
    song: Song, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]
) -> None:
    file_make(SPECTROGRAM, song_id=song.id)
    with django_capture_on_commit_callbacks(execute=True):
        song_delete(song=song)
    assert not Picture.objects.exists()
    assert not song_storage().exists(SPECTROGRAM.path(song))


def test_spectrograms_have_the_queue_of_pictures() -> None:
    assert app.amqp.router.route({}, "classifier.draw_spectrogram", ["some id"])["queue"].name == "saliency"
    assert draw_spectrogram.name == "classifier.draw_spectrogram"
