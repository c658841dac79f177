"""Saliency images are response once, on request, and are deleted with the song."""

from __future__ import annotations

import contextlib
import json
import uuid
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
from classifier.jobs.drawing_attempts import FORGET_ATTEMPTS_AFTER, MAX_ATTEMPTS, RESEND_AFTER
from classifier.jobs.saliency import saliency_attempts, saliency_draw, saliency_request
from classifier.models import AnalysisDetail, Song
from classifier.services.song_delete import song_delete
from ml.errors import MoodError
from ml.inference.saliency import MoodSaliency
from mmc.celery import app
from tests.classifier.conftest import Submit, files_under
from tests.classifier.fake_analysis import PNG, FakeAnalyser, FakeResult

pytestmark = pytest.mark.django_db(transaction=True)


class FakeSaliency:
    """Takes the place of the models."""

    def __init__(self) -> None:
        self.calls: list[tuple[list[str], str]] = []
        self.error: Exception | None = None

    def mood_saliency(self, path: Path, moods: Any, model_version: str) -> dict[str, MoodSaliency]:
        moods = list(moods)
        self.calls.append((moods, model_version))
        assert path.is_file()
        if self.error is not None:
            raise self.error
        return {mood: MoodSaliency(PNG, {"mood": mood, "places": []}) for mood in moods}


@pytest.fixture
def saliency(monkeypatch: pytest.MonkeyPatch) -> FakeSaliency:
    saliency = FakeSaliency()
    monkeypatch.setattr("classifier.ml_gateway.mood_saliency", saliency.mood_saliency)
    monkeypatch.setattr("classifier.ml_gateway.can_analyse", lambda version: version in ("mood-5", "mood-6"))
    return saliency


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the songs in the messages to the workers."""
    messages: list[str] = []
    monkeypatch.setattr("classifier.jobs.queue.app.send_task", lambda name, args: messages.append(args[0]))
    return messages


@pytest.fixture
def done_song(analyser: FakeAnalyser, song: Song) -> Song:
    analyser.result = FakeResult(model_version="mood-5")
    song_analyse(song_id=song.id)
    song.refresh_from_db()
    return song


def get_image(client: Client, song: Song, side: str = "primary") -> HttpResponse:
    return client.get(reverse("song-saliency", args=[song.id, side]), headers={"accept": "image/png, application/json"})


def test_the_first_request_has_the_image_drawn_and_later_ones_get_it(
    anna_client: Client, done_song: Song, saliency: FakeSaliency, messages: list[str]
) -> None:
    first = get_image(anna_client, done_song)
    assert (first.status_code, first["Retry-After"], first.json()) == (202, "1", {"status": "drawing"})
    assert "no-store" in first["Cache-Control"]
    assert messages == [str(done_song.id)]

    saliency_draw(song_id=uuid.UUID(messages[0]))

    assert saliency.calls == [(["calm", "powerful"], "mood-5")]
    for side in ("primary", "secondary"):
        response = get_image(anna_client, done_song, side)
        assert (response.status_code, response["Content-Type"]) == (200, "image/png")
        assert b"".join(response.streaming_content) == PNG
        assert "private" in response["Cache-Control"]
    assert messages == [str(done_song.id)]


def test_the_strongest_places_are_json(
    anna_client: Client, done_song: Song, saliency: FakeSaliency, messages: list[str]
) -> None:
    address = reverse("song-saliency-places", args=[done_song.id, "secondary"])
    assert anna_client.get(address).status_code == 202
    saliency_draw(song_id=done_song.id)
    assert anna_client.get(address).json() == {"mood": "powerful", "places": []}


def test_an_unchanged_image_is_not_sent_again(anna_client: Client, done_song: Song, saliency: FakeSaliency) -> None:
    saliency_draw(song_id=done_song.id)
    etag = get_image(anna_client, done_song)["ETag"]
    again = anna_client.get(reverse("song-saliency", args=[done_song.id, "primary"]), headers={"if-none-match": etag})
    assert again.status_code == 304


def test_several_requests_send_one_message(anna_client: Client, done_song: Song, messages: list[str]) -> None:
    for side in ("primary", "secondary", "primary"):
        assert get_image(anna_client, done_song, side).status_code == 202
    assert messages == [str(done_song.id)]


def test_a_second_message_draws_nothing(done_song: Song, saliency: FakeSaliency) -> None:
    saliency_draw(song_id=done_song.id)
    saliency_draw(song_id=done_song.id)
    assert len(saliency.calls) == 1


def test_the_message_is_sent_again_after_a_minute(done_song: Song, messages: list[str]) -> None:
    now = timezone.now()
    for minutes in (0, 0.5, 1, 1.5, 3, 4.5, 6, 7.5):
        saliency_request(song=done_song, analysis=done_song.analysis, now=now + minutes * RESEND_AFTER)
    assert len(messages) == 6


def test_after_three_lost_workers_the_image_fails_for_an_hour(done_song: Song, messages: list[str]) -> None:
    now = timezone.now()
    for number in range(MAX_ATTEMPTS):
        moment = now + 2 * number * RESEND_AFTER
        saliency_request(song=done_song, analysis=done_song.analysis, now=moment)
        saliency_attempts(done_song, done_song.analysis).begin(moment)
    with pytest.raises(ProductError) as caught:
        saliency_request(song=done_song, analysis=done_song.analysis, now=now + 2 * MAX_ATTEMPTS * RESEND_AFTER)
    assert caught.value.code == "looking_failed"
    assert len(messages) == MAX_ATTEMPTS

    saliency_request(
        song=done_song, analysis=done_song.analysis, now=now + FORGET_ATTEMPTS_AFTER + 2 * MAX_ATTEMPTS * RESEND_AFTER
    )
    assert len(messages) == MAX_ATTEMPTS + 1


@pytest.mark.parametrize("error", [MoodError("audio_unreadable", "Nothing in it can be decoded."), OSError("odd")])
def test_a_failed_attempt_is_repeated_at_once_up_to_the_limit(
    anna_client: Client, done_song: Song, saliency: FakeSaliency, messages: list[str], error: Exception
) -> None:
    saliency.error = error
    for _ in range(MAX_ATTEMPTS):
        assert get_image(anna_client, done_song).status_code == 202
        with contextlib.suppress(OSError):
            saliency_draw(song_id=done_song.id)
    assert len(messages) == MAX_ATTEMPTS
    response = get_image(anna_client, done_song)
    assert (response.status_code, response.json()["error"]["code"]) == (503, "looking_failed")


def test_another_model_version_draws_its_own_image(
    anna_client: Client, analyser: FakeAnalyser, done_song: Song, saliency: FakeSaliency, messages: list[str]
) -> None:
    saliency_draw(song_id=done_song.id)
    Song.objects.filter(id=done_song.id).update(status="queued")
    analyser.result = FakeResult(model_version="mood-6")
    song_analyse(song_id=done_song.id)

    assert get_image(anna_client, done_song).status_code == 202
    saliency_draw(song_id=done_song.id)
    assert [version for _, version in saliency.calls] == ["mood-5", "mood-6"]


def test_an_older_model_draws_nothing(
    anna_client: Client, analyser: FakeAnalyser, done_song: Song, messages: list[str]
) -> None:
    Song.objects.filter(id=done_song.id).update(status="queued")
    analyser.result = FakeResult(model_version="mood-3")
    song_analyse(song_id=done_song.id)

    response = get_image(anna_client, done_song)
    assert (response.status_code, response.json()["error"]["code"]) == (404, "version_unknown")
    assert "analyse it again" in response.json()["error"]["message"]
    assert messages == []


def test_a_model_that_is_not_installed_draws_nothing(
    anna_client: Client, analyser: FakeAnalyser, song: Song, messages: list[str]
) -> None:
    analyser.result = FakeResult(model_version="mood-0")
    song_analyse(song_id=song.id)
    response = get_image(anna_client, song)
    assert (response.status_code, response.json()["error"]["code"]) == (404, "version_unknown")
    assert messages == []


def test_nothing_is_drawn_for_other_users_unfinished_songs_or_unknown_sides(
    anna_client: Client, boris_client: Client, done_song: Song, submit: Submit, messages: list[str]
) -> None:
    queued = submit(mark=7)
    messages.clear()
    assert get_image(boris_client, done_song).status_code == 404
    assert get_image(anna_client, queued).status_code == 404
    assert get_image(anna_client, done_song, "tertiary").status_code == 404
    assert get_image(Client(), done_song).status_code in (302, 401, 403)
    assert messages == []


def test_a_deleted_song_leaves_no_image(done_song: Song, saliency: FakeSaliency, media: Path) -> None:
    saliency_draw(song_id=done_song.id)
    assert any("saliency" in name for name in files_under(media))
    song_delete(song=done_song)
    assert files_under(media) == []


def test_a_song_deleted_during_drawing_leaves_no_files(
    done_song: Song, saliency: FakeSaliency, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def delete_and_draw(path: Path, moods: Any, model_version: str) -> dict[str, MoodSaliency]:
        Song.objects.filter(id=done_song.id).delete()
        return saliency.mood_saliency(path, moods, model_version)

    monkeypatch.setattr("classifier.ml_gateway.mood_saliency", delete_and_draw)
    saliency_draw(song_id=done_song.id)
    assert files_under(media) == []


def test_saliency_has_a_queue_of_its_own() -> None:
    queues = app.amqp.queues
    assert set(queues) == {"interactive", "bulk", "saliency"}
    assert app.amqp.router.route({}, "classifier.draw_saliency", ["some id"])["queue"].name == "saliency"
    for name in ("interactive", "bulk"):
        assert app.amqp.router.route({}, "classifier.analyse_next", [name])["queue"].name == name
    assert len({queue.routing_key for queue in queues.values()}) == 3


def test_the_waveform_is_stored_and_is_not_part_of_the_json(anna_client: Client, done_song: Song) -> None:
    assert AnalysisDetail.objects.get(analysis__song=done_song).waveform == [0, 40, 100, 60]
    assert "waveform" not in json.dumps(anna_client.get(reverse("prediction", args=[done_song.id])).json())
    assert default_storage.exists(done_song.spectrogram.name)
