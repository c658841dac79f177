"""Whether stated chances come true: bins of a reliability diagram, and what error perfection would show."""

from __future__ import annotations

import numpy as np

from ml.training.evaluation.metrics import BINS, calibration_error

DRAWS = 500

Bin = dict[str, float | int]


def bins(chances: np.ndarray, right: np.ndarray) -> list[Bin]:
    """Ten bins of equal width over the chances (songs,), those that hold songs; after DeGroot and Fienberg 1983.

    `chance` is their mean chance, `right` the share of them that came true.
    """
    which = np.minimum((chances * BINS).astype(int), BINS - 1)
    return [
        {
            "low": number / BINS,
            "high": (number + 1) / BINS,
            "count": int(np.sum(which == number)),
            "chance": round(float(chances[which == number].mean()), 4),
            "right": round(float(right[which == number].mean()), 4),
        }
        for number in range(BINS)
        if np.any(which == number)
    ]


def expected_error(chances: np.ndarray) -> float:
    """The calibration error that chances (songs,) show on average if each comes true exactly as often as it says.

    It is above 0, since few songs a bin never come out even; mean over simulated outcomes, seed fixed. Beside it a
    measured error can be judged (Broecker and Smith 2007 draw such outcomes as consistency bars).
    """
    random = np.random.default_rng(0)
    errors = [calibration_error(chances, random.random(len(chances)) < chances) for _ in range(DRAWS)]
    return round(float(np.mean(errors)), 4)
