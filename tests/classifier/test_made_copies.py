"""Songs of sources that browsers cannot play are played as copies, which a worker makes when somebody plays one."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.jobs.drawing_attempts import MAX_ATTEMPTS
from classifier.jobs.made_files import PLAYABLE, file_make
from classifier.models import Person, Picture, Song, SongLocation, Source
from classifier.services.song_delete import song_delete
from classifier.tasks import make_playable
from classifier.uploads.song_storage import song_storage
from mmc.celery import app
from tests import sounds
from tests.shelf import shelve

WARNING = {"code": "copy_on_demand", "message": "A copy is made."}


@pytest.fixture
def music(tmp_path: Path, settings: LazySettings) -> Path:
    settings.MUSIC_DIRS = [tmp_path / "music"]
    (tmp_path / "music").mkdir()
    return tmp_path / "music"


@pytest.fixture
def songs(anna: Person, music: Path) -> list[Song]:
    """Two analysed songs of ten seconds in a folder, as AIFF."""
    source = Source.objects.create(
        owner=anna, kind="folder", name="Music", address=str(music), created_at=timezone.now()
    )
    made = []
    for number in range(2):
        path = sounds.write(music / f"harbour {number}.aiff", sounds.music(10.0 + number))
        song = shelve(anna, f"Harbour {number}", file_name=path.name, duration_s=10.0 + number, warnings=[WARNING])
        SongLocation.objects.create(source=source, song=song, key=path.name, size_bytes=path.stat().st_size)
        made.append(song)
    return made


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the songs in the messages, to which no worker listens."""
    messages: list[str] = []
    monkeypatch.setattr("classifier.jobs.queue.app.send_task", lambda name, args: messages.append(args[0]))
    monkeypatch.setattr("classifier.media.song_audio.COPY_WAIT_S", 0)
    return messages


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The same, with a worker that takes each message at once."""
    messages: list[str] = []

    def take(name: str, args: list[str]) -> None:
        messages.append(args[0])
        file_make(PLAYABLE, song_id=uuid.UUID(args[0]))

    monkeypatch.setattr("classifier.jobs.queue.app.send_task", take)
    return messages


def play(client: Client, song: Song, **headers: str) -> HttpResponseBase:
    return client.get(reverse("song-audio", args=[song.id]), headers=headers)


def content(response: HttpResponseBase) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_the_first_to_play_a_song_waits_for_its_copy_and_later_ones_get_it(
    anna_client: Client, boris_client: Client, songs: list[Song], worker: list[str], music: Path
) -> None:
    before = {path: path.read_bytes() for path in music.iterdir()}
    for _ in range(2):
        response = play(anna_client, songs[0])
        assert (response.status_code, response["Content-Type"]) == (200, "audio/mpeg")
        assert 'filename="harbour 0.mp3"' in response["Content-Disposition"]
        assert len(content(response)) == song_storage().stat(PLAYABLE.path(songs[0])).size_bytes
    assert worker == [str(songs[0].id)]
    assert play(boris_client, songs[0]).status_code == 404
    assert {path: path.read_bytes() for path in music.iterdir()} == before


def test_players_seek_in_the_copy(anna_client: Client, songs: list[Song], worker: list[str]) -> None:
    whole = content(play(anna_client, songs[0]))
    part = play(anna_client, songs[0], range="bytes=1000-1999")
    assert (part.status_code, content(part)) == (206, whole[1000:2000])


def test_while_the_workers_are_busy_the_answer_is_to_try_again(
    anna_client: Client, songs: list[Song], messages: list[str]
) -> None:
    for _ in range(2):
        response = anna_client.get(reverse("song-audio", args=[songs[0].id]), headers={"accept": "application/json"})
        assert (response.status_code, response.json()["error"]["code"]) == (503, "copy_not_ready")
    assert messages == [str(songs[0].id)]


def test_a_song_without_this_warning_is_played_from_its_file(
    anna_client: Client, songs: list[Song], messages: list[str]
) -> None:
    Song.objects.update(warnings=[])
    assert play(anna_client, songs[0])["Content-Type"] == "audio/aiff"
    assert messages == []


def test_where_no_copy_can_be_made_the_file_itself_is_sent(
    anna_client: Client, songs: list[Song], messages: list[str], music: Path
) -> None:
    path = music / songs[0].file_name
    path.write_bytes(path.read_bytes()[:40])
    for _ in range(MAX_ATTEMPTS):
        assert play(anna_client, songs[0]).status_code == 503
        file_make(PLAYABLE, song_id=songs[0].id)
    assert content(play(anna_client, songs[0])) == path.read_bytes()


def test_copies_have_a_limit_of_their_own(
    anna_client: Client, songs: list[Song], worker: list[str], settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PLAYABLE_CACHE_MB = 1
    play(anna_client, songs[0])
    Picture.objects.update(size_bytes=900_000)
    play(anna_client, songs[1])
    assert [song_storage().exists(PLAYABLE.path(song)) for song in songs] == [False, True]
    # The first is made again when somebody plays it.
    song_storage().delete(f"{PLAYABLE.path(songs[0]).rpartition('/')[0]}/made-playable-requested")
    assert play(anna_client, songs[0]).status_code == 200


def test_a_missing_file_is_said_and_a_copy_outlives_it(
    anna_client: Client, songs: list[Song], worker: list[str], music: Path
) -> None:
    play(anna_client, songs[0])
    for song in songs:
        (music / song.file_name).unlink()
    assert play(anna_client, songs[0]).status_code == 200
    assert play(anna_client, songs[1]).status_code in (404, 503)


@pytest.mark.django_db(transaction=True)
def test_copies_go_with_their_song(anna_client: Client, songs: list[Song], worker: list[str]) -> None:
    play(anna_client, songs[0])
    song_delete(song=songs[0])
    assert not Picture.objects.exists()
    assert not song_storage().exists(PLAYABLE.path(songs[0]))


def test_copies_have_the_queue_of_pictures() -> None:
    assert app.amqp.router.route({}, "classifier.make_playable", ("some id",))["queue"].name == "saliency"
    assert make_playable.name == "classifier.make_playable"
