"""The metrics of names in a bundle's card as Markdown tables. A card without them gives no tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ml.models.card import VIEWS
from ml.moods import MOODS
from ml.training.reports.markdown import interval, table

VIEW_TITLES = {"both": "both", "cnn1d": "1D", "cnn2d": "2D"}
BASELINES = {"plain_svm": "plain SVM", "most_frequent": "two most frequent terms", "chance": "by chance"}
NAMINGS = {
    "4qaed": "4Q",
    "mirex": "MIREX-like",
    "emotify": "Emotify, the likeliest two of its nine terms",
    "emotify_shares": "Emotify, the two emotions with the largest shares",
    "emotify_all_terms": "Emotify, any two of the sixteen terms",
}
FIGURES = {
    "first": "the first side is right",
    "second": "the second side is right",
    "one": "at least one side is right",
    "both": "both sides are right",
    "macro_recall": "recall, mean over terms",
    "macro_precision": "precision, mean over terms",
    "contrary_first": "the first side contradicts the quadrant",
    "contrary_any": "a side contradicts the quadrant",
}
JUDGED = ("4qaed", "mirex", "emotify_all_terms")
"""Namings for which the card has confidence and confusions: those of the answer itself."""


def name_tables(card: Mapping[str, Any]) -> str:
    """All tables of names: metrics, terms, confusions, examples and confidence; "" for a card without them."""
    if "names" not in card:
        return ""
    parts = [name_metrics_table(card, key) for key in NAMINGS]
    parts += [term_table(card, key) for key in ("4qaed", "mirex", "emotify")]
    parts += [confusion_table(card), calibration_table(card), coverage_table(card)]
    return "\n\n".join(part for part in parts if part)


def name_metrics_table(card: Mapping[str, Any], key: str) -> str:
    """The metrics of one naming by view and baseline, with the variety of pairs and the share of "Mixed"."""
    views = {view: card["names"][view][key] for view in VIEWS}
    baselines = {name: values for name in BASELINES if (values := _baseline(card, name, key))}
    rows = [
        [
            title,
            *[_value(one["figures"][name]) for one in views.values()],
            *[_value(b.get(name)) for b in baselines.values()],
        ]
        for name, title in FIGURES.items()
        if name in views["both"]["figures"]
    ]
    blank = ["-"] * len(baselines)
    rows.append(["different pairs", *[str(one["pairs"]) for one in views.values()], *blank])
    rows.append(["spread: 2 to the entropy of pairs", *[f"{one['spread']:.1f}" for one in views.values()], *blank])
    if "mixed" in views["both"]:
        rows.append(["“Mixed”", *[interval(one["mixed"]) for one in views.values()], *blank])
    head = f"{NAMINGS[key]}: {views['both']['songs']} songs"
    return table([head, *VIEW_TITLES.values(), *[BASELINES[name] for name in baselines]], rows)


def term_table(card: Mapping[str, Any], key: str) -> str:
    """Recall and precision of each term, of both networks."""
    rows = [
        [MOODS[term].adjective, str(one["songs"]), _value(one["recall"]), str(one["given"]), _value(one["precision"])]
        for term, one in card["names"]["both"][key]["terms"].items()
    ]
    return table([f"term, {NAMINGS[key]}", "songs with it", "recall", "given to", "precision"], rows)


def confusion_table(card: Mapping[str, Any]) -> str:
    """What is said instead of each term in 4Q, what people say where it is wrong, and example clips."""
    examples = card.get("name_examples", {})
    rows = [
        [
            MOODS[term].adjective,
            _counts(one["instead"], one["missed"]),
            _counts(one["people"], one["wrong"]),
            "; ".join(_example(example) for example in examples.get(term, ())) or "-",
        ]
        for term, one in card["names"]["both"]["4qaed"]["confusions"].items()
    ]
    heads = ["term, 4Q", "said instead, where it is missing", "people's terms, where it is wrong", "surest clips"]
    return table(heads, rows)


def calibration_table(card: Mapping[str, Any]) -> str:
    """The calibration error of each side, and that of a perfectly calibrated model."""
    rows = []
    for key in JUDGED:
        for side in ("first", "second"):
            errors = [card["names"][view][key]["calibration_error"] for view in VIEWS]
            cells = [
                f"{error[side]:.3f} (perfect: {error[f'{side}_expected']:.3f})" if side in error else "-"
                for error in errors
            ]
            rows.append([f"{NAMINGS[key]}, {side} side", *cells])
    return table(["calibration error of the confidence", *VIEW_TITLES.values()], rows)


def coverage_table(card: Mapping[str, Any]) -> str:
    """Accuracy of the first side in 4Q for the most confident songs, and the threshold of "Mixed"."""
    rows = [
        [f"{point['coverage']:.0%}", f"{point['confidence']:.2f}", f"{point['accuracy']:.0%}"]
        for point in card["names"]["both"]["4qaed"]["coverage"]
    ]
    heads = ["songs of 4Q, by confidence", "lowest confidence of the first side", "first side right"]
    threshold = card.get("calibration", {}).get("both", {}).get("threshold")
    text = table(heads, rows)
    return (
        text
        if threshold is None
        else f"{text}\n\nBelow a confidence of {threshold:.2f} the answer is “Mixed”, with candidates."
    )


def _baseline(card: Mapping[str, Any], name: str, key: str) -> Mapping[str, Any]:
    figures = card.get("baselines", {}).get(name, {}).get("names", {}).get(key, {})
    assert isinstance(figures, Mapping)
    return figures


def _value(figure: Mapping[str, float] | float | None) -> str:
    if isinstance(figure, Mapping):
        return interval(figure) if figure["value"] is not None else "-"
    return "-" if figure is None else f"{figure:.3f}"


def _counts(terms: Mapping[str, int], total: int) -> str:
    if not terms:
        return "-"
    return f"{total}: " + ", ".join(f"{MOODS[term].adjective} {count}" for term, count in terms.items())


def _example(example: Mapping[str, Any]) -> str:
    people = ", ".join(MOODS[term].adjective.lower() for term in example["people"])
    return f"{example['collection']}/{example['file']} {example['name']} ({people})"
