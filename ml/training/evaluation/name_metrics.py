"""How well the names of songs match the words that people used for them.

A name has two sides, each a mood term. A song's true terms are those of which its people used a word (`Clip.terms`).
Editors and critics wrote down only some of the words that fit, so a term that they did not use may still be right:
precision is a lower bound. Listeners of Emotify were asked about all nine of its emotions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ml.moods import MOODS, QUADRANTS, Pair
from ml.training.data.clips import Clip
from ml.training.evaluation.metrics import Metrics, wilson_interval

SHARES = ("first", "second", "one", "both", "contrary_first", "contrary_any")
TERMS = tuple(MOODS)
LEAST_SONGS = 10
"""A term counts for the means over terms if at least this many songs have it."""
CLEAR = 1.0
"""A term contradicts a quadrant only if its valence is at least this far from neutral, on the scale of 1 to 9."""
CONFUSED_TERMS = 3

NEUTRAL = 5.0
PLEASANT = {"Q1": 1, "Q2": -1, "Q3": -1, "Q4": 1}
PLEASANTNESS = np.array(
    [np.sign(mood.valence - NEUTRAL) * (abs(mood.valence - NEUTRAL) >= CLEAR) for mood in MOODS.values()], int
)
"""Of each term: 1 pleasant, -1 unpleasant, 0 neither."""


@dataclass(frozen=True)
class NamedSongs:
    """The names and the true terms of songs that have a true term."""

    names: np.ndarray
    """int (songs, 2): the term of the first and of the second side, as its place in `MOODS`."""
    truth: np.ndarray
    """bool (songs, terms)"""
    pleasantness: np.ndarray
    """int (songs,): 1 where people's quadrant is pleasant, -1 where it is not, 0 without a quadrant."""

    @classmethod
    def of(cls, pairs: Sequence[Pair], clips: Sequence[Clip]) -> NamedSongs:
        """Raises ValueError where a clip has no true term: leave such clips out."""
        if lacking := [clip.name for clip in clips if not clip.terms]:
            raise ValueError(f"{len(lacking)} clips have no true term, the first is {lacking[0]}.")
        names = [[TERMS.index(side) for side in pair] for pair in pairs]
        truth = [[term in clip.terms for term in TERMS] for clip in clips]
        quadrants = [0 if clip.quadrant is None else PLEASANT[QUADRANTS[clip.quadrant]] for clip in clips]
        return cls(np.array(names, int).reshape(len(clips), 2), np.array(truth, bool), np.array(quadrants, int))

    def renamed(self, names: np.ndarray) -> NamedSongs:
        """The same songs with other names."""
        return NamedSongs(names, self.truth, self.pleasantness)

    @cached_property
    def right(self) -> np.ndarray:
        """bool (songs, 2): whether each side is a true term."""
        return np.take_along_axis(self.truth, self.names, axis=1)

    @cached_property
    def given(self) -> np.ndarray:
        """bool (songs, terms): whether a term is one of the two sides."""
        given = np.zeros_like(self.truth)
        np.put_along_axis(given, self.names, True, axis=1)
        return given

    @cached_property
    def contrary(self) -> np.ndarray:
        """bool (songs, 2): whether each side is pleasant in an unpleasant quadrant, or the reverse."""
        return np.asarray(PLEASANTNESS[self.names] * self.pleasantness[:, None] < 0)

    def metrics(self, at: np.ndarray) -> Metrics:
        """The metrics of the songs with these indices, for `bootstrap_intervals`.

        first, second, one, both: the share of songs of which the first side, the second side, at least one or both are
        true. macro_recall: how many of the songs with a term carry it on either side; macro_precision: how often a term
        is true where it is given, 0 if it never is; both are means over terms that at least LEAST_SONGS songs have.
        contrary_first, contrary_any, where songs have quadrants: the share of songs with such a side.
        """
        weights = np.bincount(at, minlength=len(self.names))
        shares = dict(zip(SHARES, weights @ self._shares / len(at), strict=True))
        hits, true, given = (weights @ columns for columns in self._columns)
        if not self.pleasantness.any():
            del shares["contrary_first"], shares["contrary_any"]
        return {
            **{name: float(share) for name, share in shares.items()},
            # A bootstrap sample may have no song of a term: it says nothing about its recall.
            "macro_recall": _mean(hits[true > 0] / true[true > 0]),
            "macro_precision": _mean(np.divide(hits, given, out=np.zeros_like(hits), where=given > 0)),
        }

    @cached_property
    def _shares(self) -> np.ndarray:
        """float (songs, SHARES): 1 where it holds. The bootstrap needs sums over weighted songs, which are quick."""
        right, contrary = self.right, self.contrary
        columns = (*right.T, right.any(axis=1), right.all(axis=1), contrary[:, 0], contrary.any(axis=1))
        return np.stack(columns, axis=1).astype(float)

    @cached_property
    def _columns(self) -> tuple[np.ndarray, ...]:
        """Hits, truth and given, each float (songs, terms), of the terms that at least LEAST_SONGS songs have."""
        frequent = self.truth.sum(axis=0) >= LEAST_SONGS
        return tuple(part[:, frequent].astype(float) for part in (self.truth & self.given, self.truth, self.given))


def term_metrics(songs: NamedSongs) -> dict[str, dict[str, Any]]:
    """For each term: `songs` that have it, songs it is `given` to, `recall` and `precision` with Wilson intervals."""
    hits, true, given = (part.sum(axis=0) for part in (songs.truth & songs.given, songs.truth, songs.given))
    return {
        term: {
            "songs": int(true[i]),
            "given": int(given[i]),
            "recall": wilson_interval(int(hits[i]), int(true[i])),
            "precision": wilson_interval(int(hits[i]), int(given[i])),
        }
        for i, term in enumerate(TERMS)
    }


def term_confusions(songs: NamedSongs) -> dict[str, dict[str, Any]]:
    """What is said in place of each term, and what it is said in place of; the most frequent terms first.

    missed: songs that have the term and do not carry it; `instead` counts the wrong terms that they carry. wrong:
    songs that carry the term and do not have it; `people` counts the terms that they have and do not carry.
    """
    wrong, missed = songs.given & ~songs.truth, songs.truth & ~songs.given
    return {
        term: {
            "missed": int(missed[:, i].sum()),
            "instead": _most_frequent(wrong[missed[:, i]]),
            "wrong": int(wrong[:, i].sum()),
            "people": _most_frequent(missed[wrong[:, i]]),
        }
        for i, term in enumerate(TERMS)
    }


def pair_variety(names: np.ndarray) -> dict[str, float]:
    """pairs: how many different pairs there are, in either order. spread: 2 to the power of their entropy, in bits.

    As many equally frequent pairs would have the same entropy. `names` is int (songs, 2).
    """
    _, counts = np.unique(np.sort(names, axis=1), axis=0, return_counts=True)
    shares = counts / counts.sum()
    return {"pairs": len(counts), "spread": round(float(2 ** -(shares * np.log2(shares)).sum()), 1)}


def most_frequent_names(truth: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """int (songs, 2): for each song the two terms that most songs of the other folds have.

    `truth` is bool (songs, terms), `folds` (songs,).
    """
    names = np.zeros((len(truth), 2), int)
    for fold in np.unique(folds):
        names[folds == fold] = np.argsort(-truth[folds != fold].sum(axis=0), kind="stable")[:2]
    return names


def metrics_by_chance(songs: NamedSongs, terms: Sequence[str] = TERMS) -> Metrics:
    """The expected metrics of two different terms drawn at random from `terms`."""
    among = np.array([term in terms for term in TERMS])
    count, true = len(terms), songs.truth[:, among].sum(axis=1)
    pairs = count * (count - 1)
    metrics = {
        "first": float(np.mean(true / count)),
        "second": float(np.mean(true / count)),
        "one": float(np.mean(1 - (count - true) * (count - true - 1) / pairs)),
        "both": float(np.mean(true * (true - 1) / pairs)),
        "macro_recall": 2 / count,
    }
    if songs.pleasantness.any():
        against = (PLEASANTNESS[among][None, :] * songs.pleasantness[:, None] < 0).sum(axis=1)
        metrics["contrary_first"] = float(np.mean(against / count))
        metrics["contrary_any"] = float(np.mean(1 - (count - against) * (count - against - 1) / pairs))
    return {name: round(value, 4) for name, value in metrics.items()}


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else 0.0


def _most_frequent(carried: np.ndarray) -> dict[str, int]:
    """The most frequent terms of bool (songs, terms), with their number of songs."""
    counts = carried.sum(axis=0)
    order = np.argsort(-counts, kind="stable")[:CONFUSED_TERMS]
    return {TERMS[i]: int(counts[i]) for i in order if counts[i]}
