"""What the 2D network looked at is drawn when somebody asks, once, and goes with the song."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.errors import ProductError
from classifier.jobs.analyse import song_analyse
from classifier.jobs.saliency import (
    FORGET_ATTEMPTS_AFTER,
    MAX_ATTEMPTS,
    RESEND_AFTER,
    saliency_attempt_begin,
    saliency_draw,
    saliency_request,
)
from classifier.models import AnalysisDetail, Song
from classifier.services.song_delete import song_delete
from classifier.tasks import draw_saliency
from ml.errors import MoodError
from ml.inference.saliency import MoodSaliency
from mmc.celery import app
from tests.classifier.conftest import Submit, files_under
from tests.classifier.fake_analysis import PNG, FakeAnalyser, FakeResult

pytestmark = pytest.mark.django_db(transaction=True)


class Eye:
    """Looks in place of the models."""

    def __init__(self) -> None:
        self.asked: list[tuple[list[str], str]] = []
        self.error: Exception | None = None

    def mood_saliency(self, path: Path, moods: Any, model_version: str) -> dict[str, MoodSaliency]:
        moods = list(moods)
        self.asked.append((moods, model_version))
        assert path.is_file()
        if self.error is not None:
            raise self.error
        return {mood: MoodSaliency(PNG, {"mood": mood, "places": []}) for mood in moods}


@pytest.fixture
def eye(monkeypatch: pytest.MonkeyPatch) -> Eye:
    eye = Eye()
    monkeypatch.setattr("classifier.ml_gateway.mood_saliency", eye.mood_saliency)
    return eye


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The songs of which workers were told to draw_saliency."""
    told: list[str] = []
    monkeypatch.setattr("classifier.jobs.queue.app.send_task", lambda name, args: told.append(args[0]))
    return told


@pytest.fixture
def heard(analyser: FakeAnalyser, song: Song) -> Song:
    analyser.result = FakeResult(model_version="mood-3")
    song_analyse(song_id=song.id)
    song.refresh_from_db()
    return song


def ask(client: Client, song: Song, side: str = "primary") -> HttpResponse:
    return client.get(reverse("song-saliency", args=[song.id, side]), headers={"accept": "image/png, application/json"})


def test_the_first_who_asks_has_it_drawn_and_the_next_see_it(
    anna_client: Client, heard: Song, eye: Eye, told: list[str]
) -> None:
    first = ask(anna_client, heard)
    assert (first.status_code, first["Retry-After"], first.json()) == (202, "1", {"status": "drawing"})
    assert "no-store" in first["Cache-Control"]
    assert told == [str(heard.id)]

    draw_saliency(told[0])

    assert eye.asked == [(["calmness", "power"], "mood-3")]
    for side in ("primary", "secondary"):
        drawn = ask(anna_client, heard, side)
        assert (drawn.status_code, drawn["Content-Type"]) == (200, "image/png")
        assert b"".join(drawn.streaming_content) == PNG
        assert "private" in drawn["Cache-Control"]
    assert told == [str(heard.id)]


def test_its_places_are_told_as_json(anna_client: Client, heard: Song, eye: Eye, told: list[str]) -> None:
    address = reverse("song-saliency-places", args=[heard.id, "secondary"])
    assert anna_client.get(address).status_code == 202
    saliency_draw(song_id=heard.id)
    assert anna_client.get(address).json() == {"mood": "power", "places": []}


def test_who_has_the_picture_does_not_get_it_again(anna_client: Client, heard: Song, eye: Eye) -> None:
    saliency_draw(song_id=heard.id)
    etag = ask(anna_client, heard)["ETag"]
    again = anna_client.get(reverse("song-saliency", args=[heard.id, "primary"]), headers={"if-none-match": etag})
    assert again.status_code == 304


def test_workers_are_told_once_however_often_somebody_asks(anna_client: Client, heard: Song, told: list[str]) -> None:
    for side in ("primary", "secondary", "primary"):
        assert ask(anna_client, heard, side).status_code == 202
    assert told == [str(heard.id)]


def test_being_told_twice_draws_once(heard: Song, eye: Eye) -> None:
    saliency_draw(song_id=heard.id)
    saliency_draw(song_id=heard.id)
    assert len(eye.asked) == 1


def test_a_worker_that_is_busy_is_told_again_after_a_minute(heard: Song, told: list[str]) -> None:
    now = timezone.now()
    for minutes in (0, 0.5, 1, 1.5, 3, 4.5, 6, 7.5):
        saliency_request(song=heard, analysis=heard.analysis, now=now + minutes * RESEND_AFTER)
    assert len(told) == 6


def test_workers_that_die_of_it_are_told_three_times_and_an_hour_later_again(heard: Song, told: list[str]) -> None:
    now = timezone.now()
    for number in range(MAX_ATTEMPTS):
        moment = now + 2 * number * RESEND_AFTER
        saliency_request(song=heard, analysis=heard.analysis, now=moment)
        saliency_attempt_begin(song=heard, analysis=heard.analysis, now=moment)
    with pytest.raises(ProductError) as caught:
        saliency_request(song=heard, analysis=heard.analysis, now=now + 2 * MAX_ATTEMPTS * RESEND_AFTER)
    assert caught.value.code == "looking_failed"
    assert len(told) == MAX_ATTEMPTS

    saliency_request(
        song=heard, analysis=heard.analysis, now=now + FORGET_ATTEMPTS_AFTER + 2 * MAX_ATTEMPTS * RESEND_AFTER
    )
    assert len(told) == MAX_ATTEMPTS + 1


@pytest.mark.parametrize("error", [MoodError("audio_unreadable", "Nothing in it can be decoded."), OSError("odd")])
def test_a_worker_that_fails_is_told_again_at_once_but_not_for_ever(
    anna_client: Client, heard: Song, eye: Eye, told: list[str], error: Exception
) -> None:
    eye.error = error
    for _ in range(MAX_ATTEMPTS):
        assert ask(anna_client, heard).status_code == 202
        with contextlib.suppress(OSError):
            saliency_draw(song_id=heard.id)
    assert len(told) == MAX_ATTEMPTS
    refused = ask(anna_client, heard)
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "looking_failed")


def test_another_version_of_the_models_looks_anew(
    anna_client: Client, analyser: FakeAnalyser, heard: Song, eye: Eye, told: list[str]
) -> None:
    saliency_draw(song_id=heard.id)
    Song.objects.filter(id=heard.id).update(status="queued")
    analyser.result = FakeResult(model_version="mood-2")
    song_analyse(song_id=heard.id)

    assert ask(anna_client, heard).status_code == 202
    saliency_draw(song_id=heard.id)
    assert [version for _, version in eye.asked] == ["mood-3", "mood-2"]


def test_a_model_that_is_gone_cannot_look(
    anna_client: Client, analyser: FakeAnalyser, song: Song, told: list[str]
) -> None:
    analyser.result = FakeResult(model_version="mood-0")
    song_analyse(song_id=song.id)
    refused = ask(anna_client, song)
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "version_unknown")
    assert told == []


def test_nothing_is_drawn_of_another_persons_song_nor_of_one_that_waits_nor_for_a_third_side(
    anna_client: Client, boris_client: Client, heard: Song, submit: Submit, told: list[str]
) -> None:
    waiting = submit(mark=7)
    told.clear()
    assert ask(boris_client, heard).status_code == 404
    assert ask(anna_client, waiting).status_code == 404
    assert ask(anna_client, heard, "tertiary").status_code == 404
    assert ask(Client(), heard).status_code in (302, 401, 403)
    assert told == []


def test_a_deleted_song_leaves_no_picture(heard: Song, eye: Eye, media: Path) -> None:
    saliency_draw(song_id=heard.id)
    assert any("saliency" in name for name in files_under(media))
    song_delete(song=heard)
    assert files_under(media) == []


def test_a_song_deleted_while_it_is_drawn_leaves_nothing(
    heard: Song, eye: Eye, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deleted_meanwhile(path: Path, moods: Any, model_version: str) -> dict[str, MoodSaliency]:
        Song.objects.filter(id=heard.id).delete()
        return eye.mood_saliency(path, moods, model_version)

    monkeypatch.setattr("classifier.ml_gateway.mood_saliency", deleted_meanwhile)
    saliency_draw(song_id=heard.id)
    assert files_under(media) == []


def test_drawing_does_not_wait_behind_songs() -> None:
    queues = app.amqp.queues
    assert set(queues) == {"songs", "saliency"}
    assert app.amqp.router.route({}, "classifier.draw_saliency")["queue"].name == "saliency"
    assert app.amqp.router.route({}, "classifier.analyse_song")["queue"].name == "songs"
    assert len({queue.routing_key for queue in queues.values()}) == 2


def test_the_waveform_is_kept_and_is_no_part_of_the_json_answer(anna_client: Client, heard: Song) -> None:
    assert AnalysisDetail.objects.get(analysis__song=heard).waveform == [0, 40, 100, 60]
    assert "waveform" not in json.dumps(anna_client.get(reverse("prediction", args=[heard.id])).json())
    assert default_storage.exists(heard.spectrogram.name)
