from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.utils import timezone

from classifier.jobs.analyse import song_analyse
from classifier.models import Person, Song
from classifier.services.song_submit import song_submit
from tests.classifier.fake_analysis import FakeAnalyser, answer, mood, scores, upload

Submit = Callable[..., Song]


@pytest.fixture
def analyser(monkeypatch: pytest.MonkeyPatch) -> FakeAnalyser:
    """Hears in place of the models: Calm but Powerful together; the 2D network alone hears it calm and sad."""
    analyser = FakeAnalyser()
    analyser.result.answer = whole_answer()
    monkeypatch.setattr("classifier.ml_gateway.analyse", analyser.analyse)
    monkeypatch.setattr("classifier.ml_gateway.playable_copy", lambda source, target: False)
    monkeypatch.setattr("classifier.ml_gateway.network_view", view)
    return analyser


def whole_answer(segments: int = 3) -> dict[str, Any]:
    """An answer with all that the models give, each network's scores for each segment included."""
    whole = answer(segments)
    for segment in whole["segments"]:
        segment["models"] = {"cnn1d": scores(), "cnn2d": scores("sadness")}
    return whole | {"models": {"cnn1d": scores(), "cnn2d": scores("sadness")}}


def view(stored: Mapping[str, Any], network: str, model_version: str) -> dict[str, Any]:
    moods = {"cnn1d": mood(), "cnn2d": mood() | {"name": "Calm and Sad", "secondary": "sadness", "joined_by": "and"}}
    return {**stored, "mood": moods[network], "scores": stored["models"][network]}


@pytest.fixture
def submit(anna: Person) -> Submit:
    """Hands in a song of Anna's; each mark makes another file."""

    def submit(mark: int = 0, owner: Person = anna, name: str = "song.wav") -> Song:
        song, _ = song_submit(owner=owner, upload=upload(name, mark), now=timezone.now())
        return song

    return submit


@pytest.fixture
def hear(analyser: FakeAnalyser, submit: Submit) -> Submit:
    """Hands in a song and listens to it."""

    def hear(mark: int = 0, **given: Any) -> Song:
        song = submit(mark, **given)
        song_analyse(song_id=song.id)
        song.refresh_from_db()
        return song

    return hear


@pytest.fixture
def waiting(submit: Submit) -> Song:
    """A song of Anna's that waits."""
    return submit()


@pytest.fixture
def heard(hear: Submit) -> Song:
    """A song of Anna's that was heard."""
    return hear()
