from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from classifier.jobs.analyse import song_analyse
from classifier.models import Person, Song, Verdict
from classifier.services.song_submit import song_submit
from tests.classifier.fake_analysis import FakeAnalyser, answer, mood, scores, upload
from tests.shelf import shelve

Submit = Callable[..., Song]
Judge = Callable[..., Song]
NOW = timezone.now()


@pytest.fixture
def analyser(monkeypatch: pytest.MonkeyPatch) -> FakeAnalyser:
    """A fake analysis: Calm but Powerful; the 2D network alone predicts Calm and Sad."""
    analyser = FakeAnalyser()
    analyser.result.answer = full_result()
    monkeypatch.setattr("classifier.ml_gateway.analyse", analyser.analyse)
    monkeypatch.setattr("classifier.ml_gateway.playable_copy", lambda source, target: False)
    monkeypatch.setattr("classifier.ml_gateway.network_view", view)
    return analyser


def full_result(segments: int = 3) -> dict[str, Any]:
    """A result with everything the models return, including the scores of each network for each segment."""
    whole = answer(segments)
    for segment in whole["segments"]:
        segment["models"] = {"cnn1d": scores(), "cnn2d": scores("sad")}
    return whole | {"models": {"cnn1d": scores(), "cnn2d": scores("sad")}}


def view(stored: Mapping[str, Any], network: str, model_version: str) -> dict[str, Any]:
    moods = {"cnn1d": mood(), "cnn2d": mood() | {"name": "Calm and Sad", "secondary": "sad", "joined_by": "and"}}
    return {**stored, "mood": moods[network], "scores": stored["models"][network]}


@pytest.fixture
def submit(anna: Person) -> Submit:
    """Uploads a song of Anna's; each mark is a different file."""

    def submit(mark: int = 0, owner: Person = anna, name: str = "song.wav") -> Song:
        song, _ = song_submit(owner=owner, upload=upload(name, mark), now=timezone.now())
        return song

    return submit


@pytest.fixture
def analyse_song(analyser: FakeAnalyser, submit: Submit) -> Submit:
    """Uploads a song and analyses it."""

    def analyse_song(mark: int = 0, **options: Any) -> Song:
        song = submit(mark, **options)
        song_analyse(song_id=song.id)
        song.refresh_from_db()
        return song

    return analyse_song


@pytest.fixture
def queued_song(submit: Submit) -> Song:
    """A song of Anna's in the queue."""
    return submit()


@pytest.fixture
def analysed_song(analyse_song: Submit) -> Song:
    """A song of Anna's with a result."""
    return analyse_song()


@pytest.fixture
def judge(anna: Person) -> Judge:
    """Adds a song of Anna's, analysed as calm but powerful, with these stated moods, or only disagreed with."""

    def judge(*moods: str, owner: Person = anna, **given: Any) -> Song:
        first, second = (*moods, "", "")[:2]
        verdict = Verdict.CORRECTED if moods else Verdict.DISAGREED
        judgement = {"verdict": verdict, "verdict_at": NOW, "actual_primary": first, "actual_secondary": second}
        return shelve(owner, created_at=NOW - timedelta(days=1), **judgement | given)

    return judge
