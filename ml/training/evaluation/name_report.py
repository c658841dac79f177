"""The part of a card about names: how well each view names the songs of each collection, out of fold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml.models.card import VIEWS
from ml.moods import EMOTIONS, Composite, Pair, term_of
from ml.training.evaluation.metrics import Metrics, bootstrap_intervals, calibration_error, wilson_interval
from ml.training.evaluation.name_metrics import (
    TERMS,
    NamedSongs,
    metrics_by_chance,
    most_frequent_names,
    pair_variety,
    term_confusions,
    term_metrics,
)
from ml.training.evaluation.out_of_fold import SVM_BASELINE, OutOfFoldScores
from ml.training.evaluation.reliability import coverage_curve, expected_error_if_calibrated, reliability_bins
from ml.training.evaluation.significance import paired_differences
from ml.training.product.confidence_calibration import SIDES

NINE = tuple(emotion.term for emotion in EMOTIONS.values())
"""The terms that have an emotion, which are all that listeners of Emotify could say."""
COMPARED = {
    "4qaed": ("first", "one", "both", "macro_recall", "contrary_first"),
    "mirex": ("first", "one"),
    "emotify": ("first", "one"),
}
"""The metrics of names that are tested for significant differences."""


@dataclass(frozen=True)
class Naming:
    """A way to name the songs of a collection."""

    collection: str
    pair: Callable[[Mapping[str, Any], Composite], Pair]
    """From a song's scores and its composite mood."""
    terms: tuple[str, ...] = TERMS
    """All terms that a name of this kind can have."""


def as_named(scores: Mapping[str, Any], composite: Composite) -> Pair:
    return composite.primary, composite.secondary


def best_two_by_chance(scores: Mapping[str, Any], composite: Composite) -> Pair:
    """The two likeliest of the nine terms that listeners of Emotify could say."""
    return _largest_two({term: scores["moods"][term] for term in NINE})


def best_two_by_share(scores: Mapping[str, Any], composite: Composite) -> Pair:
    """The terms of the two emotions with the largest shares."""
    return _largest_two({term_of(emotion): share for emotion, share in scores["emotions"].items()})


NAMINGS = {
    "4qaed": Naming("4qaed", as_named),
    "mirex": Naming("mirex", as_named),
    "emotify": Naming("emotify", best_two_by_chance, NINE),
    "emotify_shares": Naming("emotify", best_two_by_share, NINE),
    "emotify_all_terms": Naming("emotify", as_named),
}
"""By their key in the card. Listeners of Emotify could say nine of the sixteen terms, so its songs are also named with
these alone; a name with another term is wrong."""


@dataclass(frozen=True)
class Answers:
    """What one view says about all clips."""

    scores: list[dict[str, Any]]
    composites: list[Composite]


@dataclass(frozen=True)
class Named:
    """The songs with a true term of one collection, as one view names them."""

    rows: np.ndarray
    """int (songs,): their clips."""
    songs: NamedSongs
    composites: list[Composite]
    """Of each song, whatever the naming."""

    @classmethod
    def of(cls, oof: OutOfFoldScores, answers: Answers, naming: Naming) -> Named:
        rows = np.array([i for i in oof.rows(naming.collection) if oof.clips[i].terms], int)
        pairs = [naming.pair(answers.scores[i], answers.composites[i]) for i in rows]
        songs = NamedSongs.of(pairs, [oof.clips[i] for i in rows])
        return cls(rows, songs, [answers.composites[i] for i in rows])


def answers_of(oof: OutOfFoldScores) -> dict[str, Answers]:
    """The answers of all views, the baseline's too if it is there."""
    return {view: Answers(oof.scores(view), oof.names(view)) for view in oof.vectors}


def name_report(oof: OutOfFoldScores, answers: Mapping[str, Answers]) -> dict[str, dict[str, Any]]:
    """By view and naming: metrics with intervals, terms, variety; confidence where the answer itself is judged.

    The view of both networks also has confusions of terms.
    """
    return {
        view: {
            key: _named_report(Named.of(oof, answers[view], naming), naming, view) for key, naming in NAMINGS.items()
        }
        for view in VIEWS
    }


def name_baselines(oof: OutOfFoldScores, answers: Mapping[str, Answers]) -> dict[str, dict[str, Any]]:
    """By baseline and naming, the metrics of the SVM baseline, of the two most frequent terms, and by chance."""
    baselines: dict[str, dict[str, Any]] = {"most_frequent": {}, "chance": {}}
    for key, naming in NAMINGS.items():
        named = Named.of(oof, answers["both"], naming)
        songs = named.songs
        frequent = songs.renamed(most_frequent_names(songs.truth, oof.folds(named.rows)))
        baselines["most_frequent"][key] = _intervals(frequent)
        baselines["chance"][key] = metrics_by_chance(songs, naming.terms)
    if SVM_BASELINE in answers:
        svm = answers[SVM_BASELINE]
        baselines[SVM_BASELINE] = {key: _intervals(Named.of(oof, svm, naming).songs) for key, naming in NAMINGS.items()}
    return baselines


def name_differences(
    oof: OutOfFoldScores, answers: Mapping[str, Answers], pairs: list[tuple[str, str]]
) -> list[dict[str, Any]]:
    """Paired differences of the views in `pairs`, as `ml.training.evaluation.significance` gives them."""
    views = dict.fromkeys(view for pair in pairs for view in pair)
    differences = []
    for key, names in COMPARED.items():
        named = {view: Named.of(oof, answers[view], NAMINGS[key]) for view in views}
        measured: dict[str, Callable[[np.ndarray], Metrics]] = {view: one.songs.metrics for view, one in named.items()}
        rows = next(iter(named.values())).rows
        titles = {name: f"{key}.{name}" for name in names}
        differences += paired_differences(measured, pairs, titles, oof.artists(rows))
    return differences


def _named_report(named: Named, naming: Naming, view: str) -> dict[str, Any]:
    songs = named.songs
    report = {
        "songs": len(named.rows),
        "figures": _intervals(songs),
        **pair_variety(songs.names),
        "terms": {term: values for term, values in term_metrics(songs).items() if term in naming.terms},
    }
    if naming.pair is not as_named:
        return report
    mixed = sum(not composite.certain for composite in named.composites)
    report["mixed"] = wilson_interval(mixed, len(named.rows))
    report |= _confidence(named, NINE if naming.collection == "emotify" else TERMS)
    if view == "both":
        report["confusions"] = term_confusions(songs)
    return report


def _confidence(named: Named, possible: Sequence[str]) -> dict[str, Any]:
    """Calibration of each side over the songs where people could say its term, and coverage by the first side."""
    chances = np.array([(one.confidence, one.secondary_confidence) for one in named.composites])
    right = named.songs.right
    could_be_said = np.isin(named.songs.names, [TERMS.index(term) for term in possible])
    errors, bins = {}, {}
    for i, side in enumerate(SIDES):
        at = could_be_said[:, i]
        if at.any():
            errors[side] = round(calibration_error(chances[at, i], right[at, i]), 4)
            errors[f"{side}_expected"] = expected_error_if_calibrated(chances[at, i])
            bins[side] = reliability_bins(chances[at, i], right[at, i])
    return {"calibration_error": errors, "reliability": bins, "coverage": coverage_curve(chances[:, 0], right[:, 0])}


def _intervals(songs: NamedSongs) -> dict[str, dict[str, float]]:
    return bootstrap_intervals(songs.metrics, len(songs.names))


def _largest_two(values: Mapping[str, float]) -> Pair:
    first, second = sorted(values, key=lambda term: -values[term])[:2]
    return first, second
