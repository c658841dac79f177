"""The quality section of a bundle's card, from out-of-fold scores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ml.calibration import Reference
from ml.features.names import NAMES
from ml.models.card import VIEWS
from ml.models.score_vector import AFFECT_MIDDLE, AFFECT_SCALE, HEADS
from ml.moods import CLUSTERS, EMOTION_NAMES, QUADRANTS, flat, sides
from ml.training.evaluation.composite_agreement import (
    SIDES,
    accuracy_by_mood,
    composite_metrics,
    most_frequent_pair,
    most_frequent_pairs,
)
from ml.training.evaluation.genre_breakdown import class_metrics_by_genre, share_metrics_by_genre
from ml.training.evaluation.genre_examples import genre_examples
from ml.training.evaluation.genre_frequency import GenreFrequencies, count_genres
from ml.training.evaluation.metrics import (
    Metrics,
    bootstrap_intervals,
    classification_metrics,
    confusion_counts,
    emotion_share_metrics,
    regression_metrics,
    top_two_metrics,
)
from ml.training.evaluation.out_of_fold import SVM_BASELINE, OutOfFoldScores
from ml.training.evaluation.reliability import expected_error_if_calibrated, reliability_bins
from ml.training.evaluation.significance import paired_differences
from ml.training.evaluation.tag_agreement import tag_agreement_report
from ml.training.product.confidence_calibration import (
    SideEvidence,
    coverage_curve,
    cross_fitted_confidences,
    fit_calibration,
)

HEAD = {head.name: head.part for head in HEADS}
THREE = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], float)
"""Quadrants to the three classes energetic, emotional, peaceful."""
COMPARED = {
    "4qaed": ("macro_f1", "three_class_accuracy", "r2_valence", "r2_arousal"),
    "mirex": ("macro_f1",),
    "emotify": ("mean_r", "mse", "pair_exact", "pair_at_least_one"),
}
"""The metrics that are tested for significant differences."""
MetricFunction = Callable[[np.ndarray], Metrics]
Card = dict[str, Any]


def report(oof: OutOfFoldScores) -> Card:
    """The card's values: combination, metrics, calibration, and the references that its rules need.

    Comparisons with the baseline are left out where its scores are missing.
    """
    medians = [np.median(oof.pack.frames_of(i), axis=0) for i in range(len(oof.clips))]
    references = {view: Reference.of(flat(scores) for scores in oof.scores(view)) for view in VIEWS}
    metrics = {view: view_metrics(oof, view) for view in VIEWS}
    composites = {view: _composite(oof, view) for view in VIEWS}
    genres = genre_frequencies(oof, references["both"])
    examples = genre_examples(oof.scores("both"), oof.clips, references["both"])
    return {
        "share_of_2d": oof.combination.heads["emotions"].share_of_2d,
        "combination": oof.combination.to_card(),
        "metrics": metrics,
        "composite": {
            view: {name: part for name, part in composite.items() if name not in ("calibration", "chances")}
            for view, composite in composites.items()
        },
        "calibration": {view: composite["calibration"] for view, composite in composites.items()},
        "reference": {view: _rounded(reference) for view, reference in references.items()},
        "feature_reference": _rounded(Reference.of(dict(zip(NAMES, map(float, row), strict=True)) for row in medians)),
        "confusion": {view: _confusion(oof, view) for view in VIEWS},
        "reliability": {view: _reliability(oof, view, composites[view]["chances"]) for view in VIEWS},
        "moods": _moods(oof, metrics["both"]["emotify"]),
        "words": _words(oof),
        "baselines": _baselines(oof),
        "by_genre": _by_genre(oof),
        "significance": _significance(oof),
        "genres": {**genres.to_json(), "examples": examples},
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


def genre_frequencies(oof: OutOfFoldScores, reference: Reference) -> GenreFrequencies:
    """How often each of the ten genres is predicted in each collection."""
    return count_genres(oof.scores("both"), [clip.collection for clip in oof.clips], reference)


def _listeners(oof: OutOfFoldScores) -> list[dict[str, float]]:
    return [dict(zip(EMOTION_NAMES, oof.clips[i].emotions or (), strict=True)) for i in oof.rows("emotify")]


def _predicted_emotions(oof: OutOfFoldScores, view: str, collection: str) -> list[dict[str, float]]:
    """The nine emotions that a view predicts for a collection's clips."""
    scores = oof.scores(view)
    return [scores[i]["emotions"] for i in oof.rows(collection)]


def _composite(oof: OutOfFoldScores, view: str) -> Card:
    """Agreement of the composite with listeners, and the calibration of its confidence.

    `names` counts the distinct composites of all clips. `chances` holds the input of the reliability diagram.
    """
    listeners, predicted = _listeners(oof), _predicted_emotions(oof, view, "emotify")
    evidence = SideEvidence.of(predicted, listeners)
    chances, errors = cross_fitted_confidences(evidence, oof.folds(oof.rows("emotify")))
    expected = {f"{side}_expected": expected_error_if_calibrated(chances[:, i]) for i, side in enumerate(SIDES)}
    return {
        "figures": composite_metrics([sides(shares) for shares in predicted], listeners),
        "most_frequent_pair": most_frequent_pair(listeners),
        "calibration_error": errors | expected,
        "coverage": coverage_curve(chances[:, 0], evidence.right[:, 0]),
        "names": len({sides(scores["emotions"]) for scores in oof.scores(view)}),
        "calibration": fit_calibration(evidence).to_card(),
        "chances": (chances, evidence.right),
    }


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


def _reliability(oof: OutOfFoldScores, view: str, sides_of: tuple[np.ndarray, np.ndarray]) -> Card:
    """Reliability bins by output, and under "expected" the error of a perfectly calibrated model."""
    claimed = {}
    for collection in ("4qaed", "mirex"):
        chances, labels = _classes(oof, view, collection)
        claimed[collection] = (chances.max(axis=1), chances.argmax(axis=1) == labels)
    for i, side in enumerate(SIDES):
        claimed[f"{side}_side"] = (sides_of[0][:, i], sides_of[1][:, i])
    diagrams = {name: reliability_bins(chances, right) for name, (chances, right) in claimed.items()}
    return diagrams | {
        "expected": {name: expected_error_if_calibrated(chances) for name, (chances, _) in claimed.items()}
    }


def _moods(oof: OutOfFoldScores, emotify: dict[str, dict[str, float]]) -> Card:
    right = accuracy_by_mood([sides(shares) for shares in _predicted_emotions(oof, "both", "emotify")], _listeners(oof))
    return {mood: {**accuracy, "r": emotify[f"r_{mood}"]} for mood, accuracy in right.items()}


def _words(oof: OutOfFoldScores) -> Card:
    rows = oof.rows("4qaed")
    views = {view: _predicted_emotions(oof, view, "4qaed") for view in ("both", SVM_BASELINE) if view in oof.vectors}
    return tag_agreement_report(views, [oof.clips[i].words for i in rows], oof.folds(rows))


def _baselines(oof: OutOfFoldScores) -> Card:
    """Metrics of the SVM baseline, and of always predicting what is most frequent in the other folds."""
    listeners, folds = _listeners(oof), oof.folds(oof.rows("emotify"))
    pairs = most_frequent_pairs(listeners, folds)
    truth = np.array([[shares[name] for name in EMOTION_NAMES] for shares in listeners])
    predicted = np.array([[EMOTION_NAMES.index(side) for side in pair] for pair in pairs])
    frequent: Card = {
        "emotify": bootstrap_intervals(lambda at: top_two_metrics(predicted[at], truth[at]), len(truth)),
        "composite": composite_metrics(pairs, listeners),
    }
    for collection in ("4qaed", "mirex"):
        frequent[collection] = _most_frequent_class(oof, collection)
    if SVM_BASELINE not in oof.vectors:
        return {"most_frequent": frequent}
    composites = [sides(shares) for shares in _predicted_emotions(oof, SVM_BASELINE, "emotify")]
    svm = {**view_metrics(oof, SVM_BASELINE), "composite": composite_metrics(composites, listeners)}
    return {SVM_BASELINE: svm, "most_frequent": frequent}


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


def _significance(oof: OutOfFoldScores) -> list[Card]:
    pairs = [("both", "cnn1d"), ("both", "cnn2d")]
    if SVM_BASELINE in oof.vectors:
        pairs += [(view, SVM_BASELINE) for view in VIEWS]
    by_view = {view: metric_functions(oof, view) for view in {name for pair in pairs for name in pair}}
    comparisons = []
    for collection, names in COMPARED.items():
        measured = {view: by_collection[collection][0] for view, by_collection in by_view.items()}
        titles = {name: f"{collection}.{name}" for name in names}
        comparisons += paired_differences(measured, pairs, titles, oof.artists(oof.rows(collection)))
    return comparisons


def _rounded(reference: Reference) -> dict[str, list[float]]:
    return {name: [float(f"{knot:.6g}") for knot in knots] for name, knots in reference.to_card().items()}
