"""The answer in older vocabularies, each with its measured accuracy or a note that it was not measured."""

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
    return {view["key"]: view for view in other_vocabularies(SONG, card, network)}


def test_every_vocabulary_chooses_its_strongest_word(card: dict[str, Any]) -> None:
    views = by_key(card)
    assert {key: one["chosen"] for key, one in views.items()} == {
        "quadrants": "relaxed",
        "energy": "peaceful",
        "occasions": "calm",
    }
    for key, one in views.items():
        assert [label["name"] for label in one["labels"]] == list(VOCABULARIES[key])
        assert sum(label["share"] for label in one["labels"]) == pytest.approx(1, abs=1e-3)
        assert one["title"] == TITLES[key]


def test_the_measured_accuracy_is_that_of_the_card(card: dict[str, Any]) -> None:
    figure = card["metrics"]["both"]["4qaed"]["three_class_accuracy"]
    measured = by_key(card)["energy"]["measured"]
    assert f"correct for {figure['value']:.0%}".replace("%", " %") in measured
    assert f"({100 * figure['low']:.0f} to {100 * figure['high']:.0f} %)" in measured
    assert "720 recordings" in measured
    assert measured.endswith("is correct for 50 %.")


def test_a_single_network_has_its_own_accuracy(card: dict[str, Any]) -> None:
    assert by_key(card, "cnn1d")["quadrants"]["measured"] != by_key(card)["quadrants"]["measured"]


def test_a_vocabulary_without_labels_is_not_measured(card: dict[str, Any]) -> None:
    assert by_key(card)["occasions"]["measured"] == UNLABELLED


def test_a_card_without_metrics_is_not_measured() -> None:
    assert by_key({})["quadrants"]["measured"] == "Not measured for this model."


def test_a_card_without_a_baseline_gives_only_the_accuracy(card: dict[str, Any]) -> None:
    assert by_key(card | {"baselines": None})["energy"]["measured"].endswith(" %).")
