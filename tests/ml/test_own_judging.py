"""Figures of a network of one's own mean what their names say."""

from __future__ import annotations

import numpy as np
import pytest

from ml.training.own.song_metrics import coverage_points, mood_confusion, predicted_moods, song_metrics

MOODS = ("calm", "sad")
CHANCES = np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.7, 0.3]], np.float32)
ONE_EACH = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], bool)
"""Right of three in four: the last is taken for calm."""
ARTISTS = np.array(["a", "b", "c", "d"])


def test_accuracy_recall_and_f1_of_a_known_case() -> None:
    found = song_metrics(CHANCES, ONE_EACH, MOODS, ARTISTS, multi_label=False)
    assert found["accuracy"]["value"] == found["exact"]["value"] == 0.75
    assert found["by_mood"]["calm"] == {"songs": 2, "named": 3, "precision": 0.6667, "recall": 1.0, "f1": 0.8}
    assert found["by_mood"]["sad"] == {"songs": 2, "named": 1, "precision": 1.0, "recall": 0.5, "f1": 0.6667}
    assert found["macro_f1"]["value"] == pytest.approx((0.8 + 2 / 3) / 2, abs=1e-4)
    assert found["confusion"]["counts"] == [[2, 0], [1, 1]]
    assert found["most_frequent"] == 0.5


def test_an_interval_holds_its_value_and_few_songs_make_it_wide() -> None:
    few = song_metrics(CHANCES, ONE_EACH, MOODS, ARTISTS, multi_label=False)["accuracy"]
    many = song_metrics(
        np.tile(CHANCES, (50, 1)), np.tile(ONE_EACH, (50, 1)), MOODS, np.arange(200).astype(str), multi_label=False
    )["accuracy"]
    assert few["low"] < few["value"] < few["high"]
    assert many["high"] - many["low"] < (few["high"] - few["low"]) / 3


def test_many_songs_of_few_artists_are_no_more_certain_than_few_songs() -> None:
    repeated = [np.repeat(table, 50, axis=0) for table in (CHANCES, ONE_EACH)]
    found = song_metrics(*repeated, MOODS, np.repeat(ARTISTS, 50), multi_label=False)["accuracy"]
    assert found["high"] - found["low"] >= 0.5


def test_where_songs_carry_several_moods_each_mood_is_a_question_of_its_own() -> None:
    chances = np.array([[0.9, 0.8], [0.3, 0.2]], np.float32)
    assert predicted_moods(chances, multi_label=True).tolist() == [
        [True, True],
        [True, False],
    ]  # the likeliest is always named
    assert predicted_moods(chances, multi_label=False).tolist() == [[True, False], [True, False]]
    found = song_metrics(chances, np.array([[1, 1], [0, 1]], bool), MOODS, ARTISTS[:2], multi_label=True)
    assert (found["accuracy"]["value"], found["exact"]["value"]) == (0.5, 0.5)


def test_a_song_of_two_moods_stands_in_two_rows() -> None:
    assert mood_confusion(np.array([[0.9, 0.8]]), np.array([[True, True]])).tolist() == [[1, 0], [1, 0]]


def test_coverage_begins_with_the_surest_song_and_ends_with_all() -> None:
    points = coverage_points(np.array([0.9, 0.5, 0.7]), np.array([True, False, True]))
    assert points[0] == {"coverage": 0.3333, "confidence": 0.9, "accuracy": 1.0}
    assert points[-1] == {"coverage": 1.0, "confidence": 0.5, "accuracy": 0.6667}


def test_true_confidence_has_hardly_more_error_than_is_expected_of_it() -> None:
    random = np.random.default_rng(0)
    sure = random.uniform(0.5, 1, 600)
    chances = np.stack([sure, 1 - sure], axis=1)
    true = random.random(600) < sure
    found = song_metrics(chances, np.stack([true, ~true], axis=1), MOODS, np.arange(600).astype(str), multi_label=False)
    assert found["calibration_error"] < 2 * found["calibration_expected"]
    wrong = song_metrics(chances, np.stack([~true, true], axis=1), MOODS, np.arange(600).astype(str), multi_label=False)
    assert wrong["calibration_error"] > 5 * wrong["calibration_expected"]
