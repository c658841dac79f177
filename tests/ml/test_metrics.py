"""Figures have the values that hand-made tables say."""

from __future__ import annotations

import numpy as np
import pytest

from ml.moods import EMOTIONS
from ml.training.evaluation.metrics import (
    calibration_error,
    class_figures,
    regression_figures,
    share_figures,
    with_intervals,
)
from ml.training.product.confidence_calibration import Sides, coverage_curve, cross_fitted, fitted, lowest_threshold


def test_macro_f1_is_the_mean_over_classes_not_over_clips() -> None:
    said = np.eye(3)[[0, 0, 0, 0, 1, 1]]
    labels = np.array([0, 0, 0, 1, 1, 2])
    found = class_figures(said, labels)
    assert found["accuracy"] == pytest.approx(4 / 6)
    assert found["macro_f1"] == pytest.approx((6 / 7 + 1 / 2 + 0) / 3)


def test_a_sure_and_right_model_has_no_calibration_error_and_a_sure_and_wrong_one_has_all() -> None:
    sure = np.ones(8)
    assert calibration_error(sure, np.ones(8, bool)) == 0.0
    assert calibration_error(sure, np.zeros(8, bool)) == 1.0
    assert calibration_error(np.full(10, 0.7), np.arange(10) < 7) == pytest.approx(0.0)


def test_explained_variance_of_the_mean_is_none_and_of_the_truth_is_all() -> None:
    truth = np.array([[1.0], [2.0], [6.0]])
    assert regression_figures(truth, truth, ("valence",)) == {"r2_valence": 1.0, "r_valence": pytest.approx(1.0)}
    assert regression_figures(np.full((3, 1), 3.0), truth, ("valence",)) == {"r2_valence": 0.0, "r_valence": 0.0}


def test_pairs_count_when_both_moods_are_the_listeners_two() -> None:
    truth = np.tile(np.linspace(0.1, 0.9, 9), (2, 1))
    found = truth.copy()
    found[1, 0] = 1.0  # the second song: one of two right
    figures = share_figures(found, truth, EMOTIONS)
    assert figures["pair_exact"] == 0.5
    assert figures["pair_at_least_one"] == 1.0
    assert figures["top1"] == 0.5


def test_an_interval_holds_its_value_and_does_not_move_between_runs() -> None:
    values = np.arange(50.0)

    def mean(at: np.ndarray) -> dict[str, float]:
        return {"mean": float(values[at].mean())}

    found = with_intervals(mean, 50)["mean"]
    assert found["low"] < found["value"] < found["high"]
    assert found == with_intervals(mean, 50)["mean"]


def test_fitted_confidence_is_calibrated_on_songs_it_was_not_fitted_on() -> None:
    random = np.random.default_rng(5)
    shares = random.uniform(0.1, 0.8, (2000, 2))
    right = random.uniform(size=shares.shape) < 1 / (1 + np.exp(-(0.5 + 1.5 * np.log(shares / (1 - shares)))))
    known = Sides(shares, np.zeros_like(shares), right)
    chances, errors = cross_fitted(known, np.arange(2000) % 5)
    assert max(errors.values()) < 0.05
    assert fitted(known).first.logit_weight == pytest.approx(1.5, abs=0.25)
    assert np.corrcoef(chances[:, 0], right[:, 0])[0, 1] > 0.3


def test_moods_are_stated_only_where_two_of_three_are_right() -> None:
    chances = np.linspace(0.0, 1.0, 300)
    right = np.arange(300) >= 105  # of the surest 292, two thirds are right
    found = lowest_threshold(chances, right)
    assert right[chances >= found].mean() >= 2 / 3 - 0.005
    assert right[chances >= found - 0.02].mean() < 2 / 3


def test_a_model_that_is_seldom_right_still_states_three_moods_of_four() -> None:
    chances = np.linspace(0, 1, 101)
    assert (chances >= lowest_threshold(chances, np.zeros(101, bool))).mean() == pytest.approx(0.75, abs=0.01)


def test_the_coverage_curve_ends_with_all_songs() -> None:
    curve = coverage_curve(np.linspace(0, 1, 20), np.arange(20) >= 10)
    assert [point["coverage"] for point in curve][-1] == 1.0
    assert curve[0]["accuracy"] == 1.0
    assert curve[-1]["accuracy"] == 0.5
