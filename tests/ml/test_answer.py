"""An answer and its views follow the rules of the model that gave it: terms today, emotions before mood-4."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ml.inference.answer import compose_answer, network_view
from ml.models.card import Card
from ml.moods import EMOTIONS, MOOD_NAMES
from tests.ml.mood_tables import term_scores
from tests.ml.test_bundle import BUNDLE

SONGS = json.loads(Path(__file__).with_name("older_answers.json").read_text())
SAD = term_scores(sad=0.8, tender=0.5, Q1=0.05, Q2=0.05, Q3=0.85, Q4=0.05)
LIVELY = term_scores(energetic=0.8, joyful=0.7, Q1=0.85, Q2=0.05, Q3=0.05, Q4=0.05)


def answer(card: Card, cnn1d: dict[str, Any], cnn2d: dict[str, Any], both: dict[str, Any]) -> dict[str, Any]:
    models = {"cnn1d": cnn1d, "cnn2d": cnn2d}
    segments = [
        {"start_s": 5.0, "end_s": 15.0, "scores": both, "models": models},
        {"start_s": 0.0, "end_s": 5.0, "silent": True},
    ]
    return compose_answer(models=models, combined=both, segments=segments, card=card)


def test_an_answer_names_terms() -> None:
    given = answer(Card.read(BUNDLE), SAD, LIVELY, SAD)
    assert {given["mood"]["primary"], given["mood"]["secondary"]} <= set(MOOD_NAMES)
    assert list(given["scores"]["moods"]) == list(MOOD_NAMES)
    assert [segment["silent"] for segment in given["segments"]] == [True, False]
    assert given["segments"][0]["mood"] is None
    assert given["segments"][1]["mood"] == given["mood"]


def test_a_view_of_one_network_has_the_name_of_its_own_scores() -> None:
    card = Card.read(BUNDLE)
    given = answer(card, SAD, LIVELY, SAD)
    view = network_view(given, "cnn2d", card)
    assert view["mood"] == card.rules("cnn2d").compose(LIVELY).to_json()
    assert view["segments"][1]["mood"] == view["mood"]
    assert network_view(given, "both", card) == given


@pytest.mark.parametrize("version", ["mood-1", "mood-2", "mood-3"])
@pytest.mark.parametrize("network", ["cnn1d", "cnn2d"])
def test_a_view_of_an_older_answer_is_named_by_the_older_rule(version: str, network: str) -> None:
    card = Card.read(BUNDLE.parent / version)
    for song in SONGS:
        stored = {"models": {network: song["scores"]}, "scores": song["scores"]}
        view = network_view(stored, network, card)
        assert {name: view[name] for name in ("mood", "alternatives", "genres")} == song["answers"][version][network]
        assert {view["mood"]["primary"], view["mood"]["secondary"]} <= set(EMOTIONS)
