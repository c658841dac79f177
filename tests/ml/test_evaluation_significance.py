"""Significance of differences, where songs of one artist are alike."""

from __future__ import annotations

import numpy as np

from ml.training.evaluation.metrics import Metrics
from ml.training.evaluation.significance import artist_bootstrap_samples, paired_differences


def share(right: np.ndarray):
    def measure(at: np.ndarray) -> Metrics:
        return {"right": float(right[at].mean())}

    return measure


def difference(first: np.ndarray, second: np.ndarray, artists: np.ndarray) -> dict:
    measured = {"a": share(first), "b": share(second)}
    return paired_differences(measured, [("a", "b")], {"right": "set.right"}, artists)[0]


def test_bootstrap_draws_all_clips_of_an_artist_or_none() -> None:
    artists = np.array(["x", "y", "x", "z", "x"])
    for sample in artist_bootstrap_samples(artists)[:50]:
        counts = np.bincount(sample, minlength=5)
        assert counts[0] == counts[2] == counts[4]
        assert len({*artists[sample]}) <= 3


def test_a_model_does_not_differ_from_itself() -> None:
    right = np.arange(40) % 3 == 0
    result = difference(right, right, np.arange(40))
    assert (result["difference"], result["low"], result["high"]) == (0.0, 0.0, 0.0)


def test_a_clear_gain_over_many_artists_is_significant() -> None:
    second = np.arange(200) % 2 == 0
    first = second | (np.arange(200) % 4 == 1)
    result = difference(first, second, np.arange(200))
    assert result["difference"] == 0.25
    assert result["low"] > 0.15
    assert result["artists"] == 200


def test_the_same_gain_from_one_of_two_artists_is_not_significant() -> None:
    artists = np.arange(200) < 100
    assert difference(artists, np.zeros(200, bool), artists)["low"] == 0.0
