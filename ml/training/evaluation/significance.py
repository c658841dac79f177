"""Paired differences between models on the same clips, with bootstrap intervals by artist."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ml.training.evaluation.metrics import DRAWS, Metrics


def artist_bootstrap_samples(artists: np.ndarray) -> list[np.ndarray]:
    """Clip indices of DRAWS bootstrap samples: artists drawn with replacement, with all their clips. Fixed seed.

    Clips of one artist are alike, so drawing single clips gives intervals that are too narrow (cluster bootstrap,
    Davison and Hinkley 1997). `scipy.stats.bootstrap` has no groups.
    """
    random = np.random.default_rng(0)
    order = np.argsort(artists, kind="stable")
    _, starts = np.unique(artists[order], return_index=True)
    clips = np.split(order, starts[1:])
    return [np.concatenate([clips[i] for i in random.integers(0, len(clips), len(clips))]) for _ in range(DRAWS)]


def paired_differences(
    measured: Mapping[str, Callable[[np.ndarray], Metrics]],
    pairs: list[tuple[str, str]],
    titles: Mapping[str, str],
    artists: np.ndarray,
) -> list[dict[str, Any]]:
    """For each metric and pair of views (a, b): the metric of a minus that of b, with its 95 % interval.

    `measured` holds a function of clip indices for each view. `titles` maps metric names to the names in the report.
    All views use the same bootstrap samples.
    """
    samples = artist_bootstrap_samples(artists)
    every = np.arange(len(artists))
    points = {view: measure(every) for view, measure in measured.items()}
    resampled = {view: [measure(sample) for sample in samples] for view, measure in measured.items()}
    rows = []
    for name, title in titles.items():
        for a, b in pairs:
            spread = [first[name] - second[name] for first, second in zip(resampled[a], resampled[b], strict=True)]
            rows.append(
                {
                    "figure": title,
                    "a": a,
                    "b": b,
                    "difference": round(points[a][name] - points[b][name], 4),
                    "low": round(float(np.percentile(spread, 2.5)), 4),
                    "high": round(float(np.percentile(spread, 97.5)), 4),
                    "artists": len(np.unique(artists)),
                }
            )
    return rows
