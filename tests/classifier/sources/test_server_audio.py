"""Pages play songs of music servers through this server."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from classifier.models import Person, Song, SongLocation, Source, SourceKind, Status
from classifier.sources.opensubsonic import OpenSubsonicServer
from classifier.sources.secrets import encrypt
from tests.classifier.fake_analysis import wav
from tests.classifier.sources.conftest import START
from tests.classifier.sources.connections import PASSWORD
from tests.classifier.sources.subsonic_stub import SubsonicStub
from tests.classifier.sources.web_servers import Answer, WebServer, web_server


@pytest.fixture
def stub() -> SubsonicStub:
    return SubsonicStub(audio=wav())


@pytest.fixture
def web(stub: SubsonicStub) -> Iterator[WebServer]:
    OpenSubsonicServer._ways.clear()
    with web_server(stub) as web:
        yield web


@pytest.fixture
def song(anna: Person, web: WebServer) -> Song:
    """Of Anna's, analysed, on her music server."""
    source = Source.objects.create(
        owner=anna,
        kind=SourceKind.OPENSUBSONIC,
        name="Navidrome",
        address=f"{web.address}/music",
        username="anna",
        encrypted_secret=encrypt(PASSWORD),
        created_at=START,
    )
    song = Song.objects.create(
        owner=anna,
        file_name="3.mp3",
        size_bytes=len(wav()),
        sha256=hashlib.sha256(wav()).hexdigest(),
        status=Status.DONE,
        created_at=START,
    )
    SongLocation.objects.create(source=source, song=song, key="s3", path="3.mp3", size_bytes=len(wav()), modified_ns=7)
    return song


def body(response: object) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def audio(client: Client, song: Song, **headers: str) -> object:
    return client.get(reverse("song-audio", args=[song.id]), headers={"accept": "application/json", **headers})


def test_the_audio_comes_from_the_server(anna_client: Client, song: Song) -> None:
    response = audio(anna_client, song)
    assert response.status_code == 200
    assert body(response) == wav()
    assert response["Content-Type"] == "audio/mpeg"
    assert response["Content-Length"] == str(len(wav()))
    assert response["Content-Disposition"] == 'inline; filename="3.mp3"'
    assert response["Cache-Control"] == "private, no-cache"


def test_what_the_browser_has_is_not_fetched_again(anna_client: Client, song: Song, web: WebServer) -> None:
    response = audio(anna_client, song)
    body(response)
    asked = len(web.requests)
    assert audio(anna_client, song, **{"if-none-match": response["ETag"]}).status_code == 304
    assert len(web.requests) == asked


def test_a_range_is_passed_on(anna_client: Client, song: Song, web: WebServer) -> None:
    response = audio(anna_client, song, range="bytes=10-19")
    assert (response.status_code, body(response)) == (206, wav()[10:20])
    assert response["Content-Range"] == f"bytes 10-19/{len(wav())}"
    assert web.requests[-1].headers["Range"] == "bytes=10-19"
    assert audio(anna_client, song, range=f"bytes={len(wav())}-").status_code == 416


@pytest.mark.parametrize(
    ("wanted", "part"), [("10-19", slice(10, 20)), ("-5", slice(-5, None)), ("100-", slice(100, None))]
)
def test_a_range_is_cut_out_where_the_server_sends_everything(
    anna_client: Client, song: Song, stub: SubsonicStub, wanted: str, part: slice
) -> None:
    stub.answers["stream"] = Answer(wav(), "audio/mpeg")
    response = audio(anna_client, song, range=f"bytes={wanted}")
    assert (response.status_code, body(response)) == (206, wav()[part])
    assert response["Content-Length"] == str(len(wav()[part]))
    assert audio(anna_client, song, range=f"bytes={len(wav())}-").status_code == 416


def test_a_range_of_another_version_is_the_whole_song(anna_client: Client, song: Song) -> None:
    response = audio(anna_client, song, **{"range": "bytes=10-19", "if-range": '"another"'})
    assert (response.status_code, body(response)) == (200, wav())


def test_a_song_without_a_length_is_played_too(anna_client: Client, song: Song, stub: SubsonicStub) -> None:
    stub.answers["stream"] = Answer(media_type="audio/mpeg", blocks=iter([wav()[:100], wav()[100:]]))
    response = audio(anna_client, song)
    assert body(response) == wav()
    assert "Content-Length" not in response.headers


@pytest.mark.parametrize("media_type", ["image/svg", "application/pdf", "application/x-shockwave-flash", ""])
def test_nothing_but_audio_is_named_as_the_server_names_it(
    anna_client: Client, song: Song, stub: SubsonicStub, media_type: str
) -> None:
    stub.answers["stream"] = Answer(b"x", media_type)
    response = audio(anna_client, song)
    body(response)
    assert response["Content-Type"] == "application/octet-stream"


def test_a_page_of_the_server_is_never_shown(anna_client: Client, song: Song, stub: SubsonicStub) -> None:
    stub.answers["stream"] = stub.answers["download"] = Answer(b"<script>alert(1)</script>", "text/html")
    response = audio(anna_client, song)
    assert (response.status_code, response.json()["error"]["code"]) == (502, "source_not_understood")


def test_the_head_alone_is_answered_too(anna_client: Client, song: Song) -> None:
    response = anna_client.head(reverse("song-audio", args=[song.id]))
    assert (response.status_code, response.content) == (200, b"")
    assert response["Content-Length"] == str(len(wav()))


def test_a_song_that_is_gone_and_a_server_that_is_down_say_so(
    anna_client: Client, song: Song, stub: SubsonicStub
) -> None:
    stub.songs = []
    response = audio(anna_client, song)
    assert (response.status_code, response.json()["error"]["code"]) == (404, "source_file_missing")
    stub.answers["stream"] = stub.answers["download"] = Answer(b"", "text/html", 503)
    response = audio(anna_client, song)
    assert (response.status_code, response.json()["error"]["code"]) == (503, "source_unavailable")


def test_nobody_else_hears_it(boris_client: Client, song: Song, web: WebServer) -> None:
    assert audio(boris_client, song).status_code == 404
    assert web.requests == []


def test_a_passage_is_cut_from_the_song_that_was_analysed(anna_client: Client, song: Song, stub: SubsonicStub) -> None:
    url = reverse("song-passage", args=[song.id])
    response = anna_client.get(url, {"start": "0", "end": "1"})
    assert response.status_code == 200
    assert response.content.startswith(b"RIFF")
    stub.audio = wav(mark=5)
    response = anna_client.get(url, {"start": "0", "end": "1"}, headers={"accept": "application/json"})
    assert (response.status_code, response.json()["error"]["code"]) == (503, "source_unavailable")
