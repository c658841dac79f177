"""Metrics of a network trained on own data."""

from __future__ import annotations

import numpy as np
import pytest

from ml.inference.song_votes import predicted_moods
from ml.training.own.song_metrics import coverage_points, mood_confusion, song_metrics

MOODS = ("calm", "sad")
CHANCES = np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.7, 0.3]], np.float32)
ONE_EACH = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], bool)
"""Right of three in four: the last is taken for calm."""
ARTISTS = np.array(["a", "b", "c", "d"])


def test_accuracy_recall_and_f1_of_a_known_case() -> None:
    result = song_metrics(CHANCES, ONE_EACH, MOODS, ARTISTS, multi_label=False)
    assert result["accuracy"]["value"] == result["exact"]["value"] == 0.75
    assert result["by_mood"]["calm"] == {"songs": 2, "named": 3, "precision": 0.6667, "recall": 1.0, "f1": 0.8}
    assert result["by_mood"]["sad"] == {"songs": 2, "named": 1, "precision": 1.0, "recall": 0.5, "f1": 0.6667}
    assert result["macro_f1"]["value"] == pytest.approx((0.8 + 2 / 3) / 2, abs=1e-4)
    assert result["confusion"]["counts"] == [[2, 0], [1, 1]]
    assert result["most_frequent"] == 0.5


def test_intervals_contain_the_value_and_are_wide_for_few_songs() -> None:
    few = song_metrics(CHANCES, ONE_EACH, MOODS, ARTISTS, multi_label=False)["accuracy"]
    many = song_metrics(
        np.tile(CHANCES, (50, 1)), np.tile(ONE_EACH, (50, 1)), MOODS, np.arange(200).astype(str), multi_label=False
    )["accuracy"]
    assert few["low"] < few["value"] < few["high"]
    assert many["high"] - many["low"] < (few["high"] - few["low"]) / 3


def test_many_songs_of_few_artists_are_no_more_certain_than_few_songs() -> None:
    repeated = [np.repeat(table, 50, axis=0) for table in (CHANCES, ONE_EACH)]
    result = song_metrics(*repeated, MOODS, np.repeat(ARTISTS, 50), multi_label=False)["accuracy"]
    assert result["high"] - result["low"] >= 0.5


def test_with_several_moods_each_mood_is_predicted_separately() -> None:
    chances = np.array([[0.9, 0.8], [0.3, 0.2]], np.float32)
    assert predicted_moods(chances, multi_label=True).tolist() == [
        [True, True],
        [True, False],
    ]  # the likeliest is always named
    assert predicted_moods(chances, multi_label=False).tolist() == [[True, False], [True, False]]
    result = song_metrics(chances, np.array([[1, 1], [0, 1]], bool), MOODS, ARTISTS[:2], multi_label=True)
    assert (result["accuracy"]["value"], result["exact"]["value"]) == (0.5, 0.5)


def test_a_song_with_two_moods_counts_in_two_rows() -> None:
    assert mood_confusion(np.array([[0.9, 0.8]]), np.array([[True, True]])).tolist() == [[1, 0], [1, 0]]


def test_coverage_starts_with_the_most_confident_song() -> None:
    points = coverage_points(np.array([0.9, 0.5, 0.7]), np.array([True, False, True]))
    assert points[0] == {"coverage": 0.3333, "confidence": 0.9, "accuracy": 1.0}
    assert points[-1] == {"coverage": 1.0, "confidence": 0.5, "accuracy": 0.6667}


def test_calibrated_confidence_has_about_the_expected_error() -> None:
    random = np.random.default_rng(0)
    sure = random.uniform(0.5, 1, 600)
    chances = np.stack([sure, 1 - sure], axis=1)
    true = random.random(600) < sure
    result = song_metrics(
        chances, np.stack([true, ~true], axis=1), MOODS, np.arange(600).astype(str), multi_label=False
    )
    assert result["calibration_error"] < 2 * result["calibration_expected"]
    wrong = song_metrics(chances, np.stack([~true, true], axis=1), MOODS, np.arange(600).astype(str), multi_label=False)
    assert wrong["calibration_error"] > 5 * wrong["calibration_expected"]
