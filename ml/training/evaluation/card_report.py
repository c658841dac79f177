"""The quality section of a bundle's card, from out-of-fold scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ml.calibration import Reference
from ml.features.names import NAMES
from ml.models.card import VIEWS
from ml.models.score_vector import AFFECT_MIDDLE, AFFECT_SCALE, HEADS
from ml.moods import CLUSTERS, EMOTION_NAMES, QUADRANTS
from ml.training.evaluation.genre_breakdown import class_metrics_by_genre, share_metrics_by_genre
from ml.training.evaluation.genre_examples import genre_examples
from ml.training.evaluation.genre_frequency import count_genres
from ml.training.evaluation.limitations import limitations
from ml.training.evaluation.metrics import (
    Metrics,
    bootstrap_intervals,
    classification_metrics,
    confusion_counts,
    emotion_share_metrics,
    regression_metrics,
)
from ml.training.evaluation.name_examples import name_examples
from ml.training.evaluation.name_report import Answers, name_baselines, name_differences, name_report
from ml.training.evaluation.out_of_fold import SVM_BASELINE, OutOfFoldScores
from ml.training.evaluation.reliability import expected_error_if_calibrated, reliability_bins
from ml.training.evaluation.significance import paired_differences

HEAD = {head.name: head.part for head in HEADS}
THREE = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], float)
"""Quadrants to the three classes energetic, emotional, peaceful."""
COMPARED = {
    "4qaed": ("macro_f1", "three_class_accuracy", "r2_valence", "r2_arousal"),
    "mirex": ("macro_f1",),
    "emotify": ("mean_r", "mse"),
}
"""The metrics that are tested for significant differences."""
MetricFunction = Callable[[np.ndarray], Metrics]
Card = dict[str, Any]


def report(oof: OutOfFoldScores, answers: Mapping[str, Answers]) -> Card:
    """The card's values: rules for serving, metrics of scores and names, limitations, and references.

    `answers` are those of `answers_of(oof)`. Comparisons with the baseline are left out where its scores are missing.
    """
    medians = [np.median(oof.pack.frames_of(i), axis=0) for i in range(len(oof.clips))]
    metrics = {view: view_metrics(oof, view) for view in VIEWS}
    names = name_report(oof, answers)
    strengths = [composite.genres for composite in answers["both"].composites]
    genres = count_genres(strengths, [clip.collection for clip in oof.clips])
    return {
        **_rules(oof),
        "limitations": limitations(len(oof.clips), names, metrics),
        "names": names,
        "name_examples": name_examples(answers["both"].composites, oof.clips),
        "metrics": metrics,
        "feature_reference": _rounded(Reference.of(dict(zip(NAMES, map(float, row), strict=True)) for row in medians)),
        "confusion": {view: _confusion(oof, view) for view in VIEWS},
        "reliability": {view: _reliability(oof, view) for view in VIEWS},
        "baselines": _baselines(oof, answers),
        "by_genre": _by_genre(oof),
        "significance": _significance(oof, answers),
        "genres": {**genres.to_json(), "examples": genre_examples(strengths, oof.clips)},
    }


def _rules(oof: OutOfFoldScores) -> Card:
    """Everything that makes an answer from the networks' scores, fitted on all clips."""
    rules = {view: oof.rules(view) for view in VIEWS}
    naming = {view: one.naming.to_card() for view, one in rules.items()}
    return {
        "share_of_2d": oof.combination.heads["emotions"].share_of_2d,
        "combination": oof.combination.to_card(),
        "mood_readout": {view: readout.to_card() for view, readout in oof.readouts.items()},
        "near_synonyms": naming["both"]["near_synonyms"],
        "naming": naming,
        "calibration": {view: one.calibration.to_card() for view, one in rules.items()},
        "genre_rules": rules["both"].genre_rules.to_card(),
        "reference": {view: _rounded(one.reference) for view, one in rules.items()},
    }


def view_metrics(oof: OutOfFoldScores, view: str) -> dict[str, dict[str, dict[str, float]]]:
    """All metrics of one view by collection, with intervals."""
    return {name: bootstrap_intervals(measure, count) for name, (measure, count) in metric_functions(oof, view).items()}


def metric_functions(oof: OutOfFoldScores, view: str) -> dict[str, tuple[MetricFunction, int]]:
    """By collection: a function of clip indices that returns the view's metrics, and the number of clips."""
    vectors, clips = oof.vectors[view], oof.clips
    rows = {name: oof.rows(name) for name in COMPARED}

    chances, labels = vectors[rows["4qaed"], HEAD["quadrants"]], np.array([clips[i].quadrant for i in rows["4qaed"]])
    affect = np.clip(vectors[rows["4qaed"], HEAD["affect"]] * AFFECT_SCALE + AFFECT_MIDDLE, 1, 9)
    truth = np.array([clips[i].valence_arousal for i in rows["4qaed"]])

    def quadrants(at: np.ndarray) -> Metrics:
        three = classification_metrics(chances[at] @ THREE, THREE[labels[at]].argmax(axis=1))
        return {
            **classification_metrics(chances[at], labels[at]),
            "three_class_accuracy": three["accuracy"],
            **regression_metrics(affect[at], truth[at], ("valence", "arousal")),
        }

    clusters, kinds = vectors[rows["mirex"], HEAD["clusters"]], np.array([clips[i].cluster for i in rows["mirex"]])
    shares, felt = vectors[rows["emotify"], HEAD["emotions"]], np.array([clips[i].emotions for i in rows["emotify"]])
    by_collection: dict[str, MetricFunction] = {
        "4qaed": quadrants,
        "mirex": lambda at: classification_metrics(clusters[at], kinds[at]),
        "emotify": lambda at: emotion_share_metrics(shares[at], felt[at], EMOTION_NAMES),
    }
    return {name: (measure, len(rows[name])) for name, measure in by_collection.items()}


def _classes(oof: OutOfFoldScores, view: str, collection: str) -> tuple[np.ndarray, np.ndarray]:
    """Chances (clips, classes) and labels (clips,) of 4qaed or mirex."""
    rows, head = oof.rows(collection), {"4qaed": "quadrants", "mirex": "clusters"}[collection]
    clips = [oof.clips[i] for i in rows]
    labels = [clip.quadrant if collection == "4qaed" else clip.cluster for clip in clips]
    return oof.vectors[view][rows, HEAD[head]], np.array(labels, int)


def _confusion(oof: OutOfFoldScores, view: str) -> Card:
    out = {}
    for collection, names in (("4qaed", QUADRANTS), ("mirex", CLUSTERS)):
        chances, labels = _classes(oof, view, collection)
        out[collection] = {
            "labels": list(names),
            "counts": confusion_counts(chances.argmax(axis=1), labels, len(names)),
        }
    return out


def _reliability(oof: OutOfFoldScores, view: str) -> Card:
    """Reliability bins of quadrants and clusters, and under "expected" the error of a perfectly calibrated model.

    Those of names are in the part about names.
    """
    bins, expected = {}, {}
    for collection in ("4qaed", "mirex"):
        chances, labels = _classes(oof, view, collection)
        largest = chances.max(axis=1)
        bins[collection] = reliability_bins(largest, chances.argmax(axis=1) == labels)
        expected[collection] = expected_error_if_calibrated(largest)
    return {**bins, "expected": expected}


def _baselines(oof: OutOfFoldScores, answers: Mapping[str, Answers]) -> Card:
    """Metrics of the SVM baseline, of what is most frequent in the other folds, and of names by chance."""
    baselines = {name: {"names": names} for name, names in name_baselines(oof, answers).items()}
    baselines["most_frequent"] |= {name: _most_frequent_class(oof, name) for name in ("4qaed", "mirex")}
    if SVM_BASELINE in oof.vectors:
        baselines[SVM_BASELINE] |= view_metrics(oof, SVM_BASELINE)
    return baselines


def _most_frequent_class(oof: OutOfFoldScores, collection: str) -> dict[str, dict[str, float]]:
    chances, labels = _classes(oof, "both", collection)
    folds = oof.folds(oof.rows(collection))
    prior = np.zeros_like(chances)
    for fold in np.unique(folds):
        prior[folds == fold] = np.bincount(labels[folds != fold], minlength=chances.shape[1]) / np.sum(folds != fold)

    def metrics_of(at: np.ndarray) -> Metrics:
        metrics = classification_metrics(prior[at], labels[at])
        if collection == "4qaed":
            three = classification_metrics(prior[at] @ THREE, THREE[labels[at]].argmax(axis=1))
            metrics["three_class_accuracy"] = three["accuracy"]
        return metrics

    return bootstrap_intervals(metrics_of, len(labels))


def _by_genre(oof: OutOfFoldScores) -> Card:
    chances, labels = _classes(oof, "both", "4qaed")
    rows = oof.rows("emotify")
    truth = np.array([oof.clips[i].emotions for i in rows])
    genres = {name: [oof.clips[i].genre for i in oof.rows(name)] for name in ("4qaed", "emotify")}
    return {
        "4qaed": class_metrics_by_genre(chances, labels, genres["4qaed"]),
        "emotify": share_metrics_by_genre(oof.vectors["both"][rows, HEAD["emotions"]], truth, genres["emotify"]),
    }


def _significance(oof: OutOfFoldScores, answers: Mapping[str, Answers]) -> list[Card]:
    pairs = [("both", "cnn1d"), ("both", "cnn2d")]
    if SVM_BASELINE in oof.vectors:
        pairs += [(view, SVM_BASELINE) for view in VIEWS]
    by_view = {view: metric_functions(oof, view) for view in {name for pair in pairs for name in pair}}
    comparisons = name_differences(oof, answers, pairs)
    for collection, names in COMPARED.items():
        measured = {view: by_collection[collection][0] for view, by_collection in by_view.items()}
        titles = {name: f"{collection}.{name}" for name in names}
        comparisons += paired_differences(measured, pairs, titles, oof.artists(oof.rows(collection)))
    return comparisons


def _rounded(reference: Reference) -> dict[str, list[float]]:
    return {name: [float(f"{knot:.6g}") for knot in knots] for name, knots in reference.to_card().items()}
