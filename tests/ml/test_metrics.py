"""Metrics have the values of hand-made tables."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score

from ml.moods import EMOTION_NAMES
from ml.training.evaluation.metrics import (
    bootstrap_intervals,
    calibration_error,
    classification_metrics,
    emotion_share_metrics,
    regression_metrics,
)
from ml.training.evaluation.reliability import coverage_curve
from ml.training.product.confidence_calibration import (
    SideEvidence,
    fit_calibration,
    lowest_threshold,
)


def test_macro_f1_is_the_mean_over_classes_not_over_clips() -> None:
    predictions = np.eye(3)[[0, 0, 0, 0, 1, 1]]
    labels = np.array([0, 0, 0, 1, 1, 2])
    result = classification_metrics(predictions, labels)
    assert result["accuracy"] == pytest.approx(4 / 6)
    assert result["macro_f1"] == pytest.approx((6 / 7 + 1 / 2 + 0) / 3)


def test_macro_f1_is_that_of_scikit_learn() -> None:
    random = np.random.default_rng(3)
    labels, chances = random.integers(0, 5, 60), random.random((60, 5))
    chances[:, 4] = 0.0  # never predicted
    expected = f1_score(labels, chances.argmax(axis=1), average="macro", labels=range(5), zero_division=0)
    assert classification_metrics(chances, labels)["macro_f1"] == pytest.approx(expected)


def test_calibration_error_is_0_for_certain_hits_and_1_for_certain_misses() -> None:
    sure = np.ones(8)
    assert calibration_error(sure, np.ones(8, bool)) == 0.0
    assert calibration_error(sure, np.zeros(8, bool)) == 1.0
    assert calibration_error(np.full(10, 0.7), np.arange(10) < 7) == pytest.approx(0.0)


def test_r2_is_0_for_the_mean_and_1_for_the_truth() -> None:
    truth = np.array([[1.0], [2.0], [6.0]])
    assert regression_metrics(truth, truth, ("valence",)) == {"r2_valence": 1.0, "r_valence": pytest.approx(1.0)}
    assert regression_metrics(np.full((3, 1), 3.0), truth, ("valence",)) == {"r2_valence": 0.0, "r_valence": 0.0}


def test_pair_is_exact_if_both_moods_are_the_listeners_two() -> None:
    truth = np.tile(np.linspace(0.1, 0.9, 9), (2, 1))
    result = truth.copy()
    result[1, 0] = 1.0  # the second song: one of two right
    figures = emotion_share_metrics(result, truth, EMOTION_NAMES)
    assert figures["pair_exact"] == 0.5
    assert figures["pair_at_least_one"] == 1.0
    assert figures["top1"] == 0.5


def test_bootstrap_interval_contains_the_value_and_is_reproducible() -> None:
    values = np.arange(50.0)

    def mean(at: np.ndarray) -> dict[str, float]:
        return {"mean": float(values[at].mean())}

    result = bootstrap_intervals(mean, 50)["mean"]
    assert result["low"] < result["value"] < result["high"]
    assert result == bootstrap_intervals(mean, 50)["mean"]


def test_fitted_confidence_is_calibrated_on_other_songs() -> None:
    random = np.random.default_rng(5)
    shares = random.uniform(0.1, 0.8, (2000, 2))
    right = random.uniform(size=shares.shape) < 1 / (1 + np.exp(-(0.5 + 1.5 * np.log(shares / (1 - shares)))))
    data = SideEvidence(shares, np.zeros_like(shares), right)
    chances = data[np.arange(1000, 2000)].chances(fit_calibration(data[np.arange(1000)]))
    assert max(calibration_error(chances[:, i], right[1000:, i]) for i in (0, 1)) < 0.05
    assert fit_calibration(data).first.logit_weight == pytest.approx(1.5, abs=0.25)
    assert np.corrcoef(chances[:, 0], right[1000:, 0])[0, 1] > 0.3


def test_moods_are_stated_only_if_two_of_three_are_right() -> None:
    chances = np.linspace(0.0, 1.0, 300)
    right = np.arange(300) >= 105  # of the surest 292, two thirds are right
    result = lowest_threshold(chances, right)
    assert right[chances >= result].mean() >= 2 / 3 - 0.005
    assert right[chances >= result - 0.02].mean() < 2 / 3


def test_a_poor_model_still_states_three_moods_of_four() -> None:
    chances = np.linspace(0, 1, 101)
    assert (chances >= lowest_threshold(chances, np.zeros(101, bool))).mean() == pytest.approx(0.75, abs=0.01)


def test_the_coverage_curve_ends_with_all_songs() -> None:
    curve = coverage_curve(np.linspace(0, 1, 20), np.arange(20) >= 10)
    assert [point["coverage"] for point in curve][-1] == 1.0
    assert curve[0]["accuracy"] == 1.0
    assert curve[-1]["accuracy"] == 0.5
