"""Which differences hold: figures of two hearers on the same clips, artists drawn anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ml.training.evaluation.metrics import DRAWS, Figures


def draws_by_artist(artists: np.ndarray) -> list[np.ndarray]:
    """Indices of clips of DRAWS samples: as many artists as there are, drawn with replacement, with all their clips.

    Clips of one artist are alike, so that drawing clips one by one would find differences surer than they are (the
    cluster bootstrap, Davison and Hinkley 1997). The seed is fixed.
    """
    random = np.random.default_rng(0)
    order = np.argsort(artists, kind="stable")
    _, starts = np.unique(artists[order], return_index=True)
    clips = np.split(order, starts[1:])
    return [np.concatenate([clips[i] for i in random.integers(0, len(clips), len(clips))]) for _ in range(DRAWS)]


def differences(
    measured: Mapping[str, Callable[[np.ndarray], Figures]],
    pairs: list[tuple[str, str]],
    figures: Mapping[str, str],
    artists: np.ndarray,
) -> list[dict[str, Any]]:
    """Of each figure and pair of views: a's figure less b's over all clips, and its 95 % interval.

    `measured` holds a function of clip indices for each view; `figures` the names wanted, as the functions give them
    and as they are reported. All views are measured on the same draws.
    """
    samples = draws_by_artist(artists)
    every = np.arange(len(artists))
    points = {view: measure(every) for view, measure in measured.items()}
    drawn = {view: [measure(sample) for sample in samples] for view, measure in measured.items()}
    found = []
    for name, title in figures.items():
        for a, b in pairs:
            apart = [first[name] - second[name] for first, second in zip(drawn[a], drawn[b], strict=True)]
            found.append(
                {
                    "figure": title,
                    "a": a,
                    "b": b,
                    "difference": round(points[a][name] - points[b][name], 4),
                    "low": round(float(np.percentile(apart, 2.5)), 4),
                    "high": round(float(np.percentile(apart, 97.5)), 4),
                    "artists": len(np.unique(artists)),
                }
            )
    return found
