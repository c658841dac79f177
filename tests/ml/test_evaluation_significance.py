"""Which differences hold, when songs of one artist are alike."""

from __future__ import annotations

import numpy as np

from ml.training.evaluation.metrics import Figures
from ml.training.evaluation.significance import differences, draws_by_artist


def share(right: np.ndarray):
    def measure(at: np.ndarray) -> Figures:
        return {"right": float(right[at].mean())}

    return measure


def apart(first: np.ndarray, second: np.ndarray, artists: np.ndarray) -> dict:
    measured = {"a": share(first), "b": share(second)}
    return differences(measured, [("a", "b")], {"right": "set.right"}, artists)[0]


def test_an_artist_is_drawn_with_all_clips_or_not_at_all() -> None:
    artists = np.array(["x", "y", "x", "z", "x"])
    for sample in draws_by_artist(artists)[:50]:
        counts = np.bincount(sample, minlength=5)
        assert counts[0] == counts[2] == counts[4]
        assert len({*artists[sample]}) <= 3


def test_the_same_hearer_twice_differs_by_nothing() -> None:
    right = np.arange(40) % 3 == 0
    found = apart(right, right, np.arange(40))
    assert (found["difference"], found["low"], found["high"]) == (0.0, 0.0, 0.0)


def test_a_clear_gain_over_many_artists_holds() -> None:
    second = np.arange(200) % 2 == 0
    first = second | (np.arange(200) % 4 == 1)
    found = apart(first, second, np.arange(200))
    assert found["difference"] == 0.25
    assert found["low"] > 0.15
    assert found["artists"] == 200


def test_the_same_gain_owed_to_one_artist_of_two_does_not_hold() -> None:
    artists = np.arange(200) < 100
    assert apart(artists, np.zeros(200, bool), artists)["low"] == 0.0
