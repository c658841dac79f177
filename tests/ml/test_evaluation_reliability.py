"""Whether stated chances come true, and how much of an error is chance."""

from __future__ import annotations

import numpy as np
import pytest

from ml.training.evaluation.metrics import calibration_error, confusion, wilson
from ml.training.evaluation.reliability import bins, expected_error


def test_only_filled_bins_are_told_and_they_hold_all_songs() -> None:
    chances = np.array([0.05, 0.72, 0.78, 1.0])
    found = bins(chances, np.array([False, True, False, True]))
    assert [(one["low"], one["count"], one["right"]) for one in found] == [(0.0, 1, 0.0), (0.7, 2, 0.5), (0.9, 1, 1.0)]
    assert found[1]["chance"] == 0.75


def test_even_perfect_chances_show_an_error_which_shrinks_with_songs() -> None:
    random = np.random.default_rng(1)
    few, many = (expected_error(random.uniform(0.2, 0.9, count)) for count in (100, 10_000))
    assert 0.05 < few < 0.15
    assert many < 0.02


def test_a_perfectly_calibrated_model_shows_about_the_expected_error() -> None:
    random = np.random.default_rng(2)
    chances = random.uniform(0.2, 0.9, 400)
    shown = np.mean([calibration_error(chances, random.random(400) < chances) for _ in range(50)])
    assert expected_error(chances) == pytest.approx(shown, abs=0.005)


def test_sure_and_certain_chances_leave_nothing_to_chance() -> None:
    assert expected_error(np.ones(50)) == 0.0


def test_rows_of_a_confusion_are_what_people_said() -> None:
    assert confusion(np.array([0, 1, 1]), np.array([0, 0, 1]), 2) == [[1, 1], [0, 1]]


def test_an_interval_of_a_share_fits_few_songs() -> None:
    found = wilson(8, 10)
    assert (found["value"], found["low"], found["high"]) == (
        0.8,
        pytest.approx(0.490, abs=1e-3),
        pytest.approx(0.943, abs=1e-3),
    )
    assert wilson(0, 10)["low"] == pytest.approx(0, abs=1e-9)
    assert wilson(0, 0) == {"value": None, "low": None, "high": None}
