"""Reliability diagrams and the expected calibration error."""

from __future__ import annotations

import numpy as np
import pytest

from ml.training.evaluation.metrics import calibration_error, confusion_counts, wilson_interval
from ml.training.evaluation.reliability import expected_error_if_calibrated, reliability_bins


def test_empty_bins_are_left_out_and_the_others_hold_all_songs() -> None:
    chances = np.array([0.05, 0.72, 0.78, 1.0])
    result = reliability_bins(chances, np.array([False, True, False, True]))
    assert [(one["low"], one["count"], one["right"]) for one in result] == [(0.0, 1, 0.0), (0.7, 2, 0.5), (0.9, 1, 1.0)]
    assert result[1]["chance"] == 0.75


def test_perfect_calibration_has_an_error_that_shrinks_with_more_songs() -> None:
    random = np.random.default_rng(1)
    few, many = (expected_error_if_calibrated(random.uniform(0.2, 0.9, count)) for count in (100, 10_000))
    assert 0.05 < few < 0.15
    assert many < 0.02


def test_a_perfectly_calibrated_model_has_the_expected_error() -> None:
    random = np.random.default_rng(2)
    chances = random.uniform(0.2, 0.9, 400)
    mean_error = np.mean([calibration_error(chances, random.random(400) < chances) for _ in range(50)])
    assert expected_error_if_calibrated(chances) == pytest.approx(mean_error, abs=0.005)


def test_certain_predictions_have_no_expected_error() -> None:
    assert expected_error_if_calibrated(np.ones(50)) == 0.0


def test_rows_of_a_confusion_matrix_are_labels() -> None:
    assert confusion_counts(np.array([0, 1, 1]), np.array([0, 0, 1]), 2) == [[1, 1], [0, 1]]


def test_wilson_interval_of_few_songs() -> None:
    result = wilson_interval(8, 10)
    assert (result["value"], result["low"], result["high"]) == (
        0.8,
        pytest.approx(0.490, abs=1e-3),
        pytest.approx(0.943, abs=1e-3),
    )
    assert wilson_interval(0, 10)["low"] == pytest.approx(0, abs=1e-9)
    assert wilson_interval(0, 0) == {"value": None, "low": None, "high": None}
