"""A bundle's figures as the tables of its model card.

python -m ml.training.figures ml/bundles/mood-1
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ml.models.card import Card
from ml.moods import GENRES

# Collection, figure, what it is, and the plain method it is measured beside: a support vector machine on summary
# statistics of spectral features, same folds, scored by the same formulas.
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


def tables(card: Card) -> str:
    """The figures of a card as Markdown."""
    return "\n\n".join((_measures(card.values), _composite(card.values), _coverage(card.values), _genres(card.values)))


def _measures(card: dict[str, Any]) -> str:
    lines = ["| measure | both | 1D | 2D | plain method |", "| --- | --- | --- | --- | --- |"]
    for collection, figure, text, plain in ROWS:
        views = [_interval(card["metrics"][view][collection][figure]) for view in ("both", "cnn1d", "cnn2d")]
        lines.append(f"| {text} | {' | '.join(views)} | {'-' if plain is None else f'{plain:.3f}'} |")
    return "\n".join(lines)


def _composite(card: dict[str, Any]) -> str:
    lines = ["| the composite mood, on Emotify | both | 1D | 2D |", "| --- | --- | --- | --- |"]
    for figure, text in COMPOSITE:
        views = [_interval(card["composite"][view]["figures"][figure]) for view in ("both", "cnn1d", "cnn2d")]
        lines.append(f"| {text} | {' | '.join(views)} |")
    for side in ("first", "second"):
        views = [f"{card['composite'][view]['calibration_error'][side]:.3f}" for view in ("both", "cnn1d", "cnn2d")]
        lines.append(f"| Calibration error of the {side} side's confidence | {' | '.join(views)} |")
    frequent = card["composite"]["both"]["most_frequent_pair"]
    always = f"{' and '.join(frequent['pair'])}, is right for {frequent['pair_exact']:.3f}"
    return "\n".join([*lines, "", f"Always answering the most frequent pair, {always} of these songs."])


def _coverage(card: dict[str, Any]) -> str:
    lines = [
        "| of the songs, the surest | have a first side at least so sure | and it is right for |",
        "| --- | --- | --- |",
    ]
    for point in card["composite"]["both"]["coverage"]:
        lines.append(f"| {point['coverage']:.0%} | {point['confidence']:.2f} | {point['accuracy']:.0%} |")
    threshold = card["calibration"]["both"]["threshold"]
    return "\n".join([*lines, "", f"Below {threshold:.2f} the answer is “Mixed”, with its candidates."])


def _genres(card: dict[str, Any]) -> str:
    shares = card["genres"]["shares"]
    sets = list(shares)
    lines = [f"| genre | {' | '.join(sets)} |", f"| --- |{' --- |' * len(sets)}"]
    for genre in GENRES:
        lines.append(f"| {genre} | {' | '.join(f'{shares[name][genre]:.1%}' for name in sets)} |")
    return "\n".join(lines)


def _interval(figure: dict[str, float]) -> str:
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path)
    print(tables(Card.read(parser.parse_args().bundle)))


if __name__ == "__main__":
    main()
