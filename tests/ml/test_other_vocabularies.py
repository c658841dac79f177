"""The answer in other words, each vocabulary with how it was measured, or that it was not."""

from __future__ import annotations

from typing import Any

import pytest

from ml.inference.vocabularies import TITLES, UNLABELLED, other_vocabularies
from ml.models.card import Card
from ml.moods import VOCABULARIES
from tests.ml.mood_tables import scores
from tests.ml.test_bundle import BUNDLE

SONG = scores(Q1=0.1, Q2=0.1, Q3=0.2, Q4=0.6, calmness=0.7)


@pytest.fixture(scope="module")
def card() -> dict[str, Any]:
    return Card.read(BUNDLE).values


def by_key(card: dict[str, Any], network: str = "both") -> dict[str, dict[str, Any]]:
    return {found["key"]: found for found in other_vocabularies(SONG, card, network)}


def test_every_vocabulary_chooses_its_strongest_word(card: dict[str, Any]) -> None:
    found = by_key(card)
    assert {key: one["chosen"] for key, one in found.items()} == {
        "quadrants": "relaxed",
        "energy": "peaceful",
        "occasions": "calm",
    }
    for key, one in found.items():
        assert [label["name"] for label in one["labels"]] == list(VOCABULARIES[key])
        assert sum(label["share"] for label in one["labels"]) == pytest.approx(1, abs=1e-3)
        assert one["title"] == TITLES[key]


def test_what_was_measured_is_told_with_the_cards_own_figures(card: dict[str, Any]) -> None:
    figure = card["metrics"]["both"]["4qaed"]["three_class_accuracy"]
    told = by_key(card)["energy"]["measured"]
    assert f"right one for {figure['value']:.0%}".replace("%", " %") in told
    assert f"({100 * figure['low']:.0f} to {100 * figure['high']:.0f} %)" in told
    assert "720 recordings" in told
    assert told.endswith("would be right for 50 %.")


def test_one_network_alone_is_told_with_its_own_figures(card: dict[str, Any]) -> None:
    assert by_key(card, "cnn1d")["quadrants"]["measured"] != by_key(card)["quadrants"]["measured"]


def test_what_nobody_labelled_is_said_not_to_be_measured(card: dict[str, Any]) -> None:
    assert by_key(card)["occasions"]["measured"] == UNLABELLED


def test_a_card_without_figures_says_so() -> None:
    assert by_key({})["quadrants"]["measured"] == "Not measured for this model."


def test_a_card_without_a_baseline_tells_the_figure_alone(card: dict[str, Any]) -> None:
    assert by_key(card | {"baselines": None})["energy"]["measured"].endswith(" %).")
