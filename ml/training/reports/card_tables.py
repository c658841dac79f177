"""The metrics of a bundle's card as Markdown tables.

Older cards hold fewer metrics; a table without its metrics is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ml.models.card import VIEWS, Card
from ml.moods import GENRES
from ml.training.reports.markdown import interval, table
from ml.training.reports.name_tables import name_tables

COLLECTIONS = {"4qaed": "4Q", "mirex": "MIREX-like", "emotify": "Emotify"}
VIEW_TITLES = {"both": "both", "cnn1d": "1D", "cnn2d": "2D", "plain_svm": "plain SVM", "most_frequent": "most frequent"}
# Collection, metric, title, and the result of the baseline that came with the data: a support vector machine on summary
# statistics of spectral features over the full band, on the same folds and with the same formulas.
ROWS = (
    ("4qaed", "macro_f1", "4Q quadrants, macro-F1", 0.628),
    ("4qaed", "three_class_accuracy", "4Q three classes, accuracy", 0.710),
    ("4qaed", "r2_valence", "4Q valence, R²", 0.234),
    ("4qaed", "r2_arousal", "4Q arousal, R²", 0.500),
    ("4qaed", "calibration_error", "4Q quadrants, calibration error", None),
    ("mirex", "macro_f1", "MIREX-like clusters, macro-F1", 0.388),
    ("emotify", "mean_r", "Emotify, mean correlation of nine emotions", 0.490),
    ("emotify", "mse", "Emotify, mean squared error", 0.024),
)
METRIC_TITLES = {
    "first": "names, first side right",
    "one": "names, one side right",
    "both": "names, both sides right",
    "macro_recall": "names, mean recall over terms",
    "contrary_first": "names, first side contradicts the quadrant",
}
VIEW_NAMES = ("both", "1D", "2D")
BASELINES = {"plain_svm": "plain SVM", "most_frequent": "most frequent"}


def page_texts(card: Card) -> dict[str, str]:
    """The marked parts of docs/model-card.md: tables of all figures, and the limitations as a list."""
    limitations = card.values.get("limitations", ())
    return {"figures": card_tables(card), "limitations": "\n".join(f"- {text}" for text in limitations)}


def card_tables(card: Card) -> str:
    """All tables of a card."""
    values = card.values
    parts = (
        name_tables(values),
        _measures(values),
        _genres(values),
        confusion_tables(values),
        music_genre_tables(values),
        significance_table(values),
        genre_example_table(values),
    )
    return "\n\n".join(part for part in parts if part)


def _measures(card: Mapping[str, Any]) -> str:
    baselines = card.get("baselines", {})
    baseline_titles = {name: title for name, title in BASELINES.items() if name in baselines}
    rows = []
    for collection, metric, text, published in ROWS:
        views = [interval(card["metrics"][view][collection][metric]) for view in VIEWS]
        baseline_values = [interval(baselines[name].get(collection, {}).get(metric)) for name in baseline_titles]
        rows.append([text, *views, *baseline_values, "-" if published is None else f"{published:.3f}"])
    reference = "baseline, full band" if baseline_titles else "baseline"
    return table(["measure", *VIEW_NAMES, *baseline_titles.values(), reference], rows)


def _genres(card: Mapping[str, Any]) -> str:
    shares = card["genres"]["shares"]
    return table(["genre", *shares], [[genre, *[f"{shares[name][genre]:.1%}" for name in shares]] for genre in GENRES])


def confusion_tables(card: Mapping[str, Any]) -> str:
    if "confusion" not in card:
        return ""
    parts = []
    for collection, matrix in card["confusion"]["both"].items():
        names = matrix["labels"]
        rows = [[name, *map(str, counts)] for name, counts in zip(names, matrix["counts"], strict=True)]
        parts.append(table([f"{COLLECTIONS[collection]}: label ↓, prediction →", *names], rows))
    return "\n\n".join(parts)


def music_genre_tables(card: Mapping[str, Any]) -> str:
    if "by_genre" not in card:
        return ""
    genres = card["by_genre"]
    quadrants = [
        [genre, str(one["count"]), interval(one["accuracy"]), f"{one['macro_f1']['value']:.3f}"]
        for genre, one in sorted(genres["4qaed"].items(), key=lambda pair: -pair[1]["accuracy"]["value"])
    ]
    emotions = [
        [genre, str(one["count"]), interval(one["mean_r"])]
        for genre, one in sorted(genres["emotify"].items(), key=lambda pair: -pair[1]["mean_r"]["value"])
    ]
    return "\n\n".join(
        (
            table(["genre in 4Q", "clips", "quadrants, accuracy", "macro-F1"], quadrants),
            table(["genre in Emotify", "clips", "mean correlation of nine emotions"], emotions),
        )
    )


def significance_table(card: Mapping[str, Any]) -> str:
    """Differences between models; significant where the interval excludes 0."""
    if not card.get("significance"):
        return ""
    rows = []
    for one in card["significance"]:
        collection, _, metric = one["figure"].partition(".")
        holds = "yes" if one["low"] > 0 or one["high"] < 0 else "no"
        difference = f"{one['difference']:+.3f} [{one['low']:+.3f}, {one['high']:+.3f}]"
        rows.append(
            [
                f"{COLLECTIONS[collection]} {METRIC_TITLES.get(metric, metric)}",
                f"{VIEW_TITLES[one['a']]} - {VIEW_TITLES[one['b']]}",
                difference,
                holds,
            ]
        )
    return table(["metric", "models", "difference, interval by artist", "significant"], rows)


def genre_example_table(card: Mapping[str, Any]) -> str:
    genres = card.get("genres", {})
    if "examples" not in genres:
        return ""
    rows = []
    for genre, examples in genres["examples"].items():
        nearest = list(genres["confused_with"].get(genre, {}).items())[:2]
        clips = "; ".join(f"{one['collection']}/{one['file']} ({one['labels']})" for one in examples)
        rows.append([genre, ", ".join(f"{name} {share:.0%}" for name, share in nearest) or "-", clips or "-"])
    return table(["genre", "nearest other rule", "highest-scoring clips, with people's labels"], rows)
