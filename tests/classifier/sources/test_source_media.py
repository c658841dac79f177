"""Pages play songs of folders from where they lie."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from classifier.models import Song, Source, Status
from tests.classifier.fake_analysis import wav
from tests.classifier.sources.conftest import Scan, only_song, write_song


@pytest.fixture
def song(music: Path, scan: Scan) -> Song:
    """Of Anna's, analysed, in her folder."""
    write_song(music / "a.wav")
    scan()
    Song.objects.update(status=Status.DONE)
    return only_song()


def body(response: object) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_the_audio_is_the_file(anna_client: Client, song: Song) -> None:
    response = anna_client.get(reverse("song-audio", args=[song.id]))
    assert response.status_code == 200
    assert body(response) == wav()
    assert response["Content-Type"] == "audio/wav"
    assert response["Content-Disposition"] == 'inline; filename="a.wav"'
    again = anna_client.get(reverse("song-audio", args=[song.id]), headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304


def test_a_part_of_the_audio_is_a_part_of_the_file(anna_client: Client, song: Song) -> None:
    response = anna_client.get(reverse("song-audio", args=[song.id]), headers={"range": "bytes=10-19"})
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes 10-19/{len(wav())}"
    assert body(response) == wav()[10:20]


def test_a_passage_is_cut_from_the_file(anna_client: Client, song: Song) -> None:
    response = anna_client.get(reverse("song-passage", args=[song.id]), {"start": "0", "end": "1"})
    assert response.status_code == 200
    assert response.content.startswith(b"RIFF")


def test_no_passage_is_cut_from_a_file_that_no_worker_has_read(anna_client: Client, song: Song, music: Path) -> None:
    (music / "a.wav").write_bytes(b"something else")
    response = anna_client.get(
        reverse("song-passage", args=[song.id]), {"start": "0", "end": "1"}, headers={"accept": "application/json"}
    )
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "source_unavailable"


def test_nobody_else_hears_it(boris_client: Client, song: Song) -> None:
    assert boris_client.get(reverse("song-audio", args=[song.id])).status_code == 404


def test_a_location_cannot_lead_out_of_the_folders_of_music(anna_client: Client, song: Song, tmp_path: Path) -> None:
    write_song(tmp_path / "private.wav")
    for key in ("../private.wav", str(tmp_path / "private.wav")):
        song.locations.update(key=key)
        assert anna_client.get(reverse("song-audio", args=[song.id])).status_code == 404
    Source.objects.update(address=str(tmp_path))
    song.locations.update(key="private.wav")
    assert anna_client.get(reverse("song-audio", args=[song.id])).status_code == 503


def test_a_missing_file_says_so(anna_client: Client, song: Song, music: Path) -> None:
    write_song(music / "b.wav")
    (music / "a.wav").unlink()
    response = anna_client.get(reverse("song-audio", args=[song.id]), headers={"accept": "application/json"})
    assert (response.status_code, response.json()["error"]["code"]) == (404, "source_file_missing")
    for page in ("song-spectrogram", "song-passage"):
        assert anna_client.get(reverse(page, args=[song.id]), {"start": "0", "end": "1"}).status_code == 404


def test_the_page_of_the_song_opens(anna_client: Client, song: Song) -> None:
    assert anna_client.get(reverse("song-detail", args=[song.id])).status_code == 200
