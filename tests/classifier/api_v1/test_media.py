"""Audio and pictures of songs by version 1."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from classifier.jobs.saliency import saliency_draw
from classifier.models import Person, Song
from ml.inference.saliency import MoodSaliency
from tests.classifier.api_v1.conftest import Analysed, Program, problem_of
from tests.classifier.fake_analysis import PNG, wav

WHOLE = wav()
SALIENCY = {"mood": "calm", "network": "cnn2d", "method": "occlusion", "patch_s": 2.5, "places": []}
PARTS = ("audio/", "spectrogram/", "saliency/primary/", "saliency/primary/image/")


def url_of(song: Song, part: str) -> str:
    return f"/api/v1/songs/{song.id}/{part}"


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_the_audio_comes_whole_or_by_range(api: Client, song: Song) -> None:
    whole = api.get(url_of(song, "audio/"), headers={"accept": "audio/*"})
    assert (whole.status_code, body(whole), whole.headers["Content-Type"]) == (200, WHOLE, "audio/wav")
    part = api.get(url_of(song, "audio/"), headers={"range": "bytes=100-299"})
    assert (part.status_code, body(part)) == (206, WHOLE[100:300])
    assert part.headers["Content-Range"] == f"bytes 100-299/{len(WHOLE)}"
    assert "RateLimit" in part.headers
    behind = api.get(url_of(song, "audio/"), headers={"range": "bytes=999999999-"})
    assert behind.status_code == 416
    unchanged = api.get(url_of(song, "audio/"), headers={"if-none-match": whole.headers["ETag"]})
    assert unchanged.status_code == 304


def test_the_spectrogram_is_a_picture(api: Client, analysed: Analysed) -> None:
    answer = api.get(url_of(analysed(), "spectrogram/"), headers={"accept": "image/png"})
    assert (answer.status_code, body(answer), answer.headers["Content-Type"]) == (200, PNG, "image/png")


def test_a_saliency_map_is_drawn_when_somebody_asks(api: Client, analysed: Analysed, monkeypatch: Any) -> None:
    song = analysed()
    monkeypatch.setattr("classifier.ml_gateway.can_analyse", lambda version: True)
    monkeypatch.setattr(
        "classifier.ml_gateway.mood_saliency",
        lambda path, moods, version: {mood: MoodSaliency(PNG, SALIENCY | {"mood": mood}) for mood in moods},
    )
    first = api.get(url_of(song, "saliency/primary/"))
    assert (first.status_code, first.json(), first.headers["Retry-After"]) == (202, {"status": "drawing"}, "1")
    saliency_draw(song_id=song.id)
    assert api.get(url_of(song, "saliency/primary/")).json() == SALIENCY
    assert body(api.get(url_of(song, "saliency/secondary/image/"))) == PNG
    assert problem_of(api.get(url_of(song, "saliency/third/"))) == (404, "not_found")


def test_a_song_without_result_has_no_pictures(api: Client, song: Song) -> None:
    for part in PARTS[1:]:
        assert problem_of(api.get(url_of(song, part), headers={"accept": "image/png"})) == (404, "not_found")


@pytest.mark.parametrize("part", PARTS)
def test_media_belong_to_their_owner(
    program: Program, anna: Person, boris: Person, analysed: Analysed, part: str
) -> None:
    url = url_of(analysed(), part)
    assert problem_of(program(boris).get(url)) == (404, "not_found")
    assert problem_of(program(anna, "write").get(url)) == (403, "scope_missing")
    assert problem_of(Client().get(url)) == (401, "not_authenticated")
