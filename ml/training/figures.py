"""A bundle's figures as the tables of its model card.

    python -m ml.training.figures ml/bundles/mood-3

Prints every table that the card has figures for: older cards hold fewer.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ml.models.card import VIEWS, Card
from ml.moods import EMOTIONS, GENRES, MOODS
from ml.training.reports.card_tables import by_genre, confusions, differences, genre_examples, interval, table, words

# Collection, figure, what it is, and what the plain method reaches that came with the data: a support vector machine on
# summary statistics of spectral features over the full band, same folds, scored by the same formulas.
ROWS = (
    ("4qaed", "macro_f1", "4Q quadrants, macro-F1", 0.628),
    ("4qaed", "three_class_accuracy", "4Q three classes, accuracy", 0.710),
    ("4qaed", "r2_valence", "4Q valence, R²", 0.234),
    ("4qaed", "r2_arousal", "4Q arousal, R²", 0.500),
    ("4qaed", "calibration_error", "4Q quadrants, calibration error", None),
    ("mirex", "macro_f1", "MIREX-like clusters, macro-F1", 0.388),
    ("emotify", "mean_r", "Emotify, mean correlation of nine emotions", 0.490),
    ("emotify", "mse", "Emotify, mean squared error", 0.024),
    ("emotify", "pair_exact", "Emotify, the strongest two, both right", 0.191),
    ("emotify", "pair_at_least_one", "Emotify, the strongest two, one right", 0.791),
)
COMPOSITE = (
    ("pair_exact", "The composite is one that the listeners' shares give"),
    ("first_side_right", "Its first side is among the two moods they name most"),
    ("one_side_right", "At least one side is"),
)
VIEW_NAMES = ("both", "1D", "2D")
BASELINES = {"plain_svm": "plain SVM", "most_frequent": "most frequent"}


def tables(card: Card) -> str:
    """The figures of a card as Markdown."""
    values = card.values
    parts = (
        _measures(values),
        _composite(values),
        _coverage(values),
        _genres(values),
        confusions(values),
        words(values),
        _moods(values),
        by_genre(values),
        differences(values),
        genre_examples(values),
    )
    return "\n\n".join(part for part in parts if part)


def _measures(card: Mapping[str, Any]) -> str:
    baselines = card.get("baselines", {})
    kept = {name: title for name, title in BASELINES.items() if name in baselines}
    rows = []
    for collection, figure, text, plain in ROWS:
        views = [interval(card["metrics"][view][collection][figure]) for view in VIEWS]
        beside = [interval(baselines[name].get(collection, {}).get(figure)) for name in kept]
        rows.append([text, *views, *beside, "-" if plain is None else f"{plain:.3f}"])
    given = "plain method, full band" if kept else "plain method"
    return table(["measure", *VIEW_NAMES, *kept.values(), given], rows)


def _composite(card: Mapping[str, Any]) -> str:
    composites = [card["composite"][view] for view in VIEWS]
    kept = {name: title for name, title in BASELINES.items() if name in card.get("baselines", {})}
    rows = []
    for figure, text in COMPOSITE:
        beside = [interval(card["baselines"][name]["composite"][figure]) for name in kept]
        rows.append([text, *[interval(found["figures"][figure]) for found in composites], *beside])
    for side in ("first", "second"):
        errors = [found["calibration_error"] for found in composites]
        shown = [f"{error[side]:.3f}{_perfect(error.get(f'{side}_expected'))}" for error in errors]
        rows.append([f"Calibration error of the {side} side's confidence", *shown, *["-"] * len(kept)])
    frequent = composites[0]["most_frequent_pair"]
    always = f"{' and '.join(frequent['pair'])}, is right for {frequent['pair_exact']:.3f}"
    return "\n".join(
        [
            table(["the composite mood, on Emotify", *VIEW_NAMES, *kept.values()], rows),
            "",
            f"Always answering the most frequent pair, {always} of these songs.",
        ]
    )


def _perfect(expected: float | None) -> str:
    return "" if expected is None else f" (a perfect model: {expected:.3f})"


def _coverage(card: Mapping[str, Any]) -> str:
    rows = [
        [f"{point['coverage']:.0%}", f"{point['confidence']:.2f}", f"{point['accuracy']:.0%}"]
        for point in card["composite"]["both"]["coverage"]
    ]
    heads = ["of the songs, the surest", "have a first side at least so sure", "and it is right for"]
    threshold = card["calibration"]["both"]["threshold"]
    return f"{table(heads, rows)}\n\nBelow {threshold:.2f} the answer is “Mixed”, with its candidates."


def _genres(card: Mapping[str, Any]) -> str:
    shares = card["genres"]["shares"]
    return table(["genre", *shares], [[genre, *[f"{shares[name][genre]:.1%}" for name in shares]] for genre in GENRES])


def _moods(card: Mapping[str, Any]) -> str:
    """How often each mood is right, as a first and as a second side."""
    if "moods" not in card:
        return ""
    found = card["moods"]
    rows = [
        [MOODS[mood].adjective, _right(found[mood]["first"]), _right(found[mood]["second"]), interval(found[mood]["r"])]
        for mood in EMOTIONS
    ]
    return table(["mood", "right as first side", "right as second side", "correlation with listeners"], rows)


def _right(side: Mapping[str, Any]) -> str:
    if not side["count"]:
        return "never said"
    return f"{side['right']:.0%} of {side['count']} [{side['low']:.0%}, {side['high']:.0%}]"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path)
    print(tables(Card.read(parser.parse_args(arguments).bundle)))


if __name__ == "__main__":
    main()
