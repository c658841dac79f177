"""All that a bundle's card says of its quality, from what its networks heard in clips that they never saw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ml.calibration import Reference
from ml.features.names import NAMES
from ml.models.card import VIEWS
from ml.models.score_vector import AFFECT_MIDDLE, AFFECT_SCALE, HEADS
from ml.moods import CLUSTERS, EMOTIONS, QUADRANTS, flat, sides
from ml.training.evaluation.composite_agreement import (
    SIDES,
    composite_figures,
    frequent_pairs,
    mood_rightness,
    most_frequent_pair,
)
from ml.training.evaluation.genre_breakdown import classes_by_genre, shares_by_genre
from ml.training.evaluation.genre_examples import genre_examples
from ml.training.evaluation.genre_frequency import GenreReport, genre_report
from ml.training.evaluation.metrics import (
    Figures,
    class_figures,
    confusion,
    pair_figures,
    regression_figures,
    share_figures,
    with_intervals,
)
from ml.training.evaluation.out_of_fold import PLAIN_SVM, Heard
from ml.training.evaluation.reliability import bins, expected_error
from ml.training.evaluation.significance import differences
from ml.training.evaluation.tag_agreement import words_report
from ml.training.product.confidence_calibration import Sides, coverage_curve, cross_fitted, fitted

HEAD = {head.name: head.part for head in HEADS}
THREE = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], float)
"""Quadrants to the three classes energetic, emotional, peaceful."""
COMPARED = {
    "4qaed": ("macro_f1", "three_class_accuracy", "r2_valence", "r2_arousal"),
    "mirex": ("macro_f1",),
    "emotify": ("mean_r", "mse", "pair_exact", "pair_at_least_one"),
}
"""The figures of which it is said whose lead holds."""
Measure = Callable[[np.ndarray], Figures]
Card = dict[str, Any]


def report(heard: Heard) -> Card:
    """The card's values: combination, figures, calibration, and the references that its rules need.

    Without the plain method's scores what is compared with it is left out.
    """
    medians = [np.median(heard.pack.frames_of(i), axis=0) for i in range(len(heard.clips))]
    references = {view: Reference.of(flat(scores) for scores in heard.scores(view)) for view in VIEWS}
    metrics = {view: figures(heard, view) for view in VIEWS}
    composites = {view: _composite(heard, view) for view in VIEWS}
    given = genres_given(heard, references["both"])
    examples = genre_examples(heard.scores("both"), heard.clips, references["both"])
    return {
        "share_of_2d": heard.combination.heads["emotions"].share_of_2d,
        "combination": heard.combination.to_card(),
        "metrics": metrics,
        "composite": {
            view: {name: part for name, part in found.items() if name not in ("calibration", "chances")}
            for view, found in composites.items()
        },
        "calibration": {view: found["calibration"] for view, found in composites.items()},
        "reference": {view: _rounded(reference) for view, reference in references.items()},
        "feature_reference": _rounded(Reference.of(dict(zip(NAMES, map(float, row), strict=True)) for row in medians)),
        "confusion": {view: _confusion(heard, view) for view in VIEWS},
        "reliability": {view: _reliability(heard, view, composites[view]["chances"]) for view in VIEWS},
        "moods": _moods(heard, metrics["both"]["emotify"]),
        "words": _words(heard),
        "baselines": _baselines(heard),
        "by_genre": _by_genre(heard),
        "significance": _significance(heard),
        "genres": {**given.to_json(), "examples": examples},
    }


def figures(heard: Heard, view: str) -> dict[str, dict[str, dict[str, float]]]:
    """All figures of one view by collection, each with its interval."""
    return {name: with_intervals(measure, count) for name, (measure, count) in measures(heard, view).items()}


def measures(heard: Heard, view: str) -> dict[str, tuple[Measure, int]]:
    """By collection, a function from places among its clips to the view's figures there, and how many places."""
    found, clips = heard.vectors[view], heard.clips
    rows = {name: heard.rows(name) for name in COMPARED}

    chances, labels = found[rows["4qaed"], HEAD["quadrants"]], np.array([clips[i].quadrant for i in rows["4qaed"]])
    affect = np.clip(found[rows["4qaed"], HEAD["affect"]] * AFFECT_SCALE + AFFECT_MIDDLE, 1, 9)
    truth = np.array([clips[i].valence_arousal for i in rows["4qaed"]])

    def quadrants(at: np.ndarray) -> Figures:
        three = class_figures(chances[at] @ THREE, THREE[labels[at]].argmax(axis=1))
        return {
            **class_figures(chances[at], labels[at]),
            "three_class_accuracy": three["accuracy"],
            **regression_figures(affect[at], truth[at], ("valence", "arousal")),
        }

    clusters, kinds = found[rows["mirex"], HEAD["clusters"]], np.array([clips[i].cluster for i in rows["mirex"]])
    shares, felt = found[rows["emotify"], HEAD["emotions"]], np.array([clips[i].emotions for i in rows["emotify"]])
    by_collection: dict[str, Measure] = {
        "4qaed": quadrants,
        "mirex": lambda at: class_figures(clusters[at], kinds[at]),
        "emotify": lambda at: share_figures(shares[at], felt[at], EMOTIONS),
    }
    return {name: (measure, len(rows[name])) for name, measure in by_collection.items()}


def genres_given(heard: Heard, reference: Reference) -> GenreReport:
    """How often each of the ten genres is given to the clips of each collection."""
    return genre_report(heard.scores("both"), [clip.collection for clip in heard.clips], reference)


def _listeners(heard: Heard) -> list[dict[str, float]]:
    return [dict(zip(EMOTIONS, heard.clips[i].emotions or (), strict=True)) for i in heard.rows("emotify")]


def _felt(heard: Heard, view: str, collection: str) -> list[dict[str, float]]:
    """The nine emotions that a view hears in a collection's clips."""
    scores = heard.scores(view)
    return [scores[i]["emotions"] for i in heard.rows(collection)]


def _composite(heard: Heard, view: str) -> Card:
    """The composite against the listeners' own mixtures, and how well its confidence is calibrated.

    `names` counts the different composites given to all clips. `chances` is no figure: it is what bins are made of.
    """
    listeners, found = _listeners(heard), _felt(heard, view, "emotify")
    known = Sides.of(found, listeners)
    chances, errors = cross_fitted(known, heard.folds(heard.rows("emotify")))
    expected = {f"{side}_expected": expected_error(chances[:, i]) for i, side in enumerate(SIDES)}
    return {
        "figures": composite_figures([sides(shares) for shares in found], listeners),
        "most_frequent_pair": most_frequent_pair(listeners),
        "calibration_error": errors | expected,
        "coverage": coverage_curve(chances[:, 0], known.right[:, 0]),
        "names": len({sides(scores["emotions"]) for scores in heard.scores(view)}),
        "calibration": fitted(known).to_card(),
        "chances": (chances, known.right),
    }


def _classes(heard: Heard, view: str, collection: str) -> tuple[np.ndarray, np.ndarray]:
    """Chances (clips, classes) and people's labels (clips,) of 4qaed or mirex."""
    rows, head = heard.rows(collection), {"4qaed": "quadrants", "mirex": "clusters"}[collection]
    clips = [heard.clips[i] for i in rows]
    labels = [clip.quadrant if collection == "4qaed" else clip.cluster for clip in clips]
    return heard.vectors[view][rows, HEAD[head]], np.array(labels, int)


def _confusion(heard: Heard, view: str) -> Card:
    out = {}
    for collection, names in (("4qaed", QUADRANTS), ("mirex", CLUSTERS)):
        chances, labels = _classes(heard, view, collection)
        out[collection] = {"labels": list(names), "counts": confusion(chances.argmax(axis=1), labels, len(names))}
    return out


def _reliability(heard: Heard, view: str, sides_of: tuple[np.ndarray, np.ndarray]) -> Card:
    """Bins by what is claimed, and under "expected" the error that perfect calibration would show there."""
    claimed = {}
    for collection in ("4qaed", "mirex"):
        chances, labels = _classes(heard, view, collection)
        claimed[collection] = (chances.max(axis=1), chances.argmax(axis=1) == labels)
    for i, side in enumerate(SIDES):
        claimed[f"{side}_side"] = (sides_of[0][:, i], sides_of[1][:, i])
    diagrams = {name: bins(chances, right) for name, (chances, right) in claimed.items()}
    return diagrams | {"expected": {name: expected_error(chances) for name, (chances, _) in claimed.items()}}


def _moods(heard: Heard, emotify: dict[str, dict[str, float]]) -> Card:
    right = mood_rightness([sides(shares) for shares in _felt(heard, "both", "emotify")], _listeners(heard))
    return {mood: {**found, "r": emotify[f"r_{mood}"]} for mood, found in right.items()}


def _words(heard: Heard) -> Card:
    rows = heard.rows("4qaed")
    views = {view: _felt(heard, view, "4qaed") for view in ("both", PLAIN_SVM) if view in heard.vectors}
    return words_report(views, [heard.clips[i].words for i in rows], heard.folds(rows))


def _baselines(heard: Heard) -> Card:
    """The plain method, and always answering what is most frequent in the other folds."""
    listeners, folds = _listeners(heard), heard.folds(heard.rows("emotify"))
    pairs = frequent_pairs(listeners, folds)
    truth = np.array([[shares[name] for name in EMOTIONS] for shares in listeners])
    said = np.array([[EMOTIONS.index(side) for side in pair] for pair in pairs])
    frequent: Card = {
        "emotify": with_intervals(lambda at: pair_figures(said[at], truth[at]), len(truth)),
        "composite": composite_figures(pairs, listeners),
    }
    for collection in ("4qaed", "mirex"):
        frequent[collection] = _most_frequent_class(heard, collection)
    if PLAIN_SVM not in heard.vectors:
        return {"most_frequent": frequent}
    composites = [sides(shares) for shares in _felt(heard, PLAIN_SVM, "emotify")]
    plain = {**figures(heard, PLAIN_SVM), "composite": composite_figures(composites, listeners)}
    return {PLAIN_SVM: plain, "most_frequent": frequent}


def _most_frequent_class(heard: Heard, collection: str) -> dict[str, dict[str, float]]:
    chances, labels = _classes(heard, "both", collection)
    folds = heard.folds(heard.rows(collection))
    prior = np.zeros_like(chances)
    for fold in np.unique(folds):
        prior[folds == fold] = np.bincount(labels[folds != fold], minlength=chances.shape[1]) / np.sum(folds != fold)

    def measured(at: np.ndarray) -> Figures:
        found = class_figures(prior[at], labels[at])
        if collection == "4qaed":
            three = class_figures(prior[at] @ THREE, THREE[labels[at]].argmax(axis=1))
            found["three_class_accuracy"] = three["accuracy"]
        return found

    return with_intervals(measured, len(labels))


def _by_genre(heard: Heard) -> Card:
    chances, labels = _classes(heard, "both", "4qaed")
    rows = heard.rows("emotify")
    truth = np.array([heard.clips[i].emotions for i in rows])
    genres = {name: [heard.clips[i].genre for i in heard.rows(name)] for name in ("4qaed", "emotify")}
    return {
        "4qaed": classes_by_genre(chances, labels, genres["4qaed"]),
        "emotify": shares_by_genre(heard.vectors["both"][rows, HEAD["emotions"]], truth, genres["emotify"]),
    }


def _significance(heard: Heard) -> list[Card]:
    pairs = [("both", "cnn1d"), ("both", "cnn2d")]
    if PLAIN_SVM in heard.vectors:
        pairs += [(view, PLAIN_SVM) for view in VIEWS]
    by_view = {view: measures(heard, view) for view in {name for pair in pairs for name in pair}}
    found = []
    for collection, names in COMPARED.items():
        measured = {view: by_collection[collection][0] for view, by_collection in by_view.items()}
        titles = {name: f"{collection}.{name}" for name in names}
        found += differences(measured, pairs, titles, heard.artists(heard.rows(collection)))
    return found


def _rounded(reference: Reference) -> dict[str, list[float]]:
    return {name: [float(f"{knot:.6g}") for knot in knots] for name, knots in reference.to_card().items()}
