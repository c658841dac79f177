"""An API token also opens the files of songs and the exports, and nothing else outside the API."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.accounts.tokens import token_create, token_revoke
from classifier.jobs.analyse import song_analyse
from classifier.jobs.saliency import saliency_image_name
from classifier.models import ApiToken, Person, Song
from classifier.uploads.song_storage import song_storage
from tests.classifier.fake_analysis import PNG, FakeAnalyser


@pytest.fixture
def done(song: Song, analyser: FakeAnalyser) -> Song:
    song_analyse(song_id=song.id)
    song.refresh_from_db()
    assert song.analysis is not None
    song_storage().write(saliency_image_name(song, song.analysis, "primary"), PNG)
    return song


@pytest.fixture
def token(anna: Person) -> tuple[ApiToken, str]:
    return token_create(owner=anna, name="Script", now=timezone.now())


@pytest.fixture
def program(token: tuple[ApiToken, str]) -> Client:
    """A client without a session that sends Anna's token."""
    return Client(headers={"authorization": f"Bearer {token[1]}"})


def addresses(song: Song) -> dict[str, str]:
    return {
        "audio": reverse("song-audio", args=[song.id]),
        "passage": reverse("song-passage", args=[song.id]) + "?start=0&end=1",
        "spectrogram": reverse("song-spectrogram", args=[song.id]),
        "saliency": reverse("song-saliency", args=[song.id, "primary"]),
        "csv": reverse("songs-csv"),
        "jsonl": reverse("songs-jsonl"),
    }


@pytest.mark.parametrize("name", ["audio", "passage", "spectrogram", "saliency", "csv", "jsonl"])
def test_a_token_opens_files_and_exports(program: Client, done: Song, name: str) -> None:
    assert program.get(addresses(done)[name]).status_code == 200


def test_an_export_with_a_token_has_the_songs_of_its_owner(program: Client, done: Song) -> None:
    lines = b"".join(program.get(reverse("songs-jsonl")).streaming_content).splitlines()
    assert len(lines) == 1
    assert str(done.id).encode() in lines[0]


def test_a_token_of_another_user_finds_no_song(done: Song, boris: Person) -> None:
    _, key = token_create(owner=boris, name="Script", now=timezone.now())
    other = Client(headers={"authorization": f"Bearer {key}"})
    assert other.get(reverse("song-audio", args=[done.id])).status_code == 404


def test_a_revoked_token_is_answered_with_401(program: Client, done: Song, anna: Person, token: tuple) -> None:
    token_revoke(owner=anna, token_id=token[0].id)
    response = program.get(reverse("song-audio", args=[done.id]))
    assert (response.status_code, response.json()["error"]["code"]) == (401, "token_unknown")
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("name", ["home", "song-list", "tokens", "password"])
def test_a_token_does_not_sign_in_to_pages(program: Client, done: Song, name: str) -> None:
    response = program.get(reverse(name))
    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("login"))


def test_a_token_does_not_delete_a_song_by_its_form(program: Client, done: Song) -> None:
    program.post(reverse("song-delete", args=[done.id]))
    assert Song.objects.filter(id=done.id).exists()


def test_without_token_or_session_a_file_asks_to_sign_in(client: Client, done: Song) -> None:
    response = client.get(reverse("song-audio", args=[done.id]))
    assert response.status_code == 302
