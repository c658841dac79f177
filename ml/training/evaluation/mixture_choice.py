"""Whether songs that are chosen for a mixture of two moods carry people's words for both.

The 20 songs with the largest product of both chances, as the product's playlists choose them, against three other ways:
the songs nearest to the middle of both moods in the valence-arousal plane; those nearest to where songs with both words
lie on average; and any songs. Precision at 20 is the share of the chosen songs that carry a word of both moods.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml.moods import MOOD_NAMES, MOODS, composite_name
from ml.training.data.clips import Clip
from ml.training.evaluation.metrics import Metrics
from ml.training.evaluation.significance import artist_bootstrap_samples, paired_differences
from ml.training.reports.markdown import table

CHOSEN = 20
MIXTURES = (
    ("sad", "tender"), ("calm", "powerful"), ("dark", "dreamy"), ("sad", "calm"), ("angry", "sad"),
    ("playful", "gritty"), ("elegant", "sensual"), ("nostalgic", "tender"), ("tender", "powerful"),
    ("energetic", "angry"),
)  # fmt: skip
"""Pairs of moods with between 20 and 45 of 720 songs of 4QAED, chosen by these counts alone and not by results."""
MOODS_WAY, PLANE_WAY, FITTED_WAY, CHANCE = "moods", "plane", "fitted plane", "chance"
MEAN = "mean"


@dataclass(frozen=True)
class ScoredSongs:
    """Songs with a model's scores and people's words."""

    moods: np.ndarray
    """float (songs, 16): chances of the mood terms."""
    plane: np.ndarray
    """float (songs, 2): valence and arousal as the model gives them, 1..9."""
    terms: np.ndarray
    """bool (songs, 16): the terms of people's words."""
    folds: np.ndarray
    artists: np.ndarray

    @classmethod
    def of(cls, clips: Sequence[Clip], scores: Sequence[Mapping[str, float]]) -> ScoredSongs:
        """`scores` holds the sixteen terms, valence and arousal of each clip. Raises KeyError."""
        return cls(
            np.array([[float(one[term]) for term in MOOD_NAMES] for one in scores]),
            np.array([[float(one["valence"]), float(one["arousal"])] for one in scores]),
            np.array([[term in clip.terms for term in MOOD_NAMES] for clip in clips]),
            np.array([clip.fold for clip in clips]),
            np.array([clip.artist for clip in clips]),
        )

    def with_both(self, mixture: tuple[str, str]) -> np.ndarray:
        """bool (songs,)"""
        return np.asarray(self.terms[:, _columns(mixture)].all(axis=1))


def ranks(songs: ScoredSongs, mixture: tuple[str, str]) -> dict[str, np.ndarray]:
    """int (songs,) for each way: 0 is chosen first. Songs that tie keep their order."""
    places = np.array([(MOODS[term].valence, MOODS[term].arousal) for term in mixture])
    return {
        MOODS_WAY: _ranks(-songs.moods[:, _columns(mixture)].prod(axis=1)),
        PLANE_WAY: _ranks(_distances(songs.plane, places.mean(axis=0))),
        FITTED_WAY: _ranks(_distances(songs.plane, _fitted_places(songs, mixture))),
    }


def precision_metrics(songs: ScoredSongs) -> dict[str, Any]:
    """By way, a function from song indices to the precision of each mixture and their mean.

    A bootstrap sample may have a song several times; each counts as a song.
    """
    hits = {mixture: songs.with_both(mixture) for mixture in MIXTURES}
    by_mixture = {mixture: ranks(songs, mixture) for mixture in MIXTURES}

    def measured(way: str) -> Any:
        def metrics(sample: np.ndarray) -> Metrics:
            each = {}
            for mixture in MIXTURES:
                carried = hits[mixture][sample]
                if way == CHANCE:
                    each[_name(mixture)] = float(carried.mean())
                    continue
                order = by_mixture[mixture][way][sample]
                chosen = np.argpartition(order, CHOSEN - 1)[:CHOSEN]
                each[_name(mixture)] = float(carried[chosen].mean())
            return each | {MEAN: float(np.mean(list(each.values())))}

        return metrics

    return {way: measured(way) for way in (MOODS_WAY, PLANE_WAY, FITTED_WAY, CHANCE)}


def report(songs: ScoredSongs) -> str:
    """Markdown: precision at 20 by mixture and way with 95 % intervals by artist, and the differences of the means."""
    measured = precision_metrics(songs)
    samples = artist_bootstrap_samples(songs.artists)
    every = np.arange(len(songs.folds))
    points = {way: metrics(every) for way, metrics in measured.items()}
    draws = {way: [metrics(sample) for sample in samples] for way, metrics in measured.items()}

    def cell(way: str, name: str) -> str:
        low, high = np.percentile([draw[name] for draw in draws[way]], (2.5, 97.5))
        return f"{points[way][name]:.2f} [{low:.2f}, {high:.2f}]"

    ways = (MOODS_WAY, PLANE_WAY, FITTED_WAY)
    rows = [
        [composite_name(*mixture), str(int(songs.with_both(mixture).sum())),
         *(cell(way, _name(mixture)) for way in ways), f"{points[CHANCE][_name(mixture)]:.2f}"]
        for mixture in MIXTURES
    ]  # fmt: skip
    rows.append(["mean of the ten", "", *(cell(way, MEAN) for way in ways), f"{points[CHANCE][MEAN]:.2f}"])
    heads = ("mixture", "songs with both words", "by moods", "by the plane", "by the fitted plane", "chance")
    pairs = [(MOODS_WAY, way) for way in (PLANE_WAY, FITTED_WAY, CHANCE)]
    differences = paired_differences(measured, pairs, {MEAN: MEAN}, songs.artists)
    sentences = [
        f"By {one['a']} minus by {one['b']}: {one['difference']:+.3f} [{one['low']:+.3f}, {one['high']:+.3f}]"
        for one in differences
    ]
    return "\n\n".join([table(heads, rows), *sentences])


def _fitted_places(songs: ScoredSongs, mixture: tuple[str, str]) -> np.ndarray:
    """float (songs, 2): where the songs of the other folds that carry both words lie on average."""
    both = songs.with_both(mixture)
    places = np.empty_like(songs.plane)
    for fold in np.unique(songs.folds):
        others = both & (songs.folds != fold)
        places[songs.folds == fold] = songs.plane[others].mean(axis=0) if others.any() else songs.plane.mean(axis=0)
    return places


def _distances(places: np.ndarray, targets: np.ndarray) -> np.ndarray:
    distances: np.ndarray = np.linalg.norm(places - targets, axis=1)
    return distances


def _ranks(costs: np.ndarray) -> np.ndarray:
    placed = np.empty(len(costs), int)
    placed[np.argsort(costs, kind="stable")] = np.arange(len(costs))
    return placed


def _columns(mixture: tuple[str, str]) -> list[int]:
    return [MOOD_NAMES.index(term) for term in mixture]


def _name(mixture: tuple[str, str]) -> str:
    return " ".join(mixture)
