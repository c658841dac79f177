"""Confusion matrices: a square for each pair of labelled and predicted class, the darker the more frequent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_noop

from classifier import ml_gateway
from classifier.charts.metric_text import card_value
from classifier.charts.number_text import percent

LEFT, TOP, SIDE = 76, 34, 324
DARK = 0.5
"""From this opacity on, the number in a square is light on dark."""
DATASETS = (
    ("4qaed", gettext_noop("Four mood quadrants"), ml_gateway.QUADRANT_WORDS),
    ("mirex", gettext_noop("Five clusters of mood words"), ml_gateway.CLUSTER_WORDS),
)


@dataclass(frozen=True)
class Cell:
    x: float
    y: float
    middle_x: float
    middle_y: float
    count: int
    percent: int
    opacity: str
    """The share of the row, 0..1."""
    is_dark: bool
    is_correct: bool


@dataclass(frozen=True)
class MatrixRow:
    label: str
    text: str
    short_text: str
    y: float
    x: float
    """Of the column with the same label."""
    cells: list[Cell]
    count: int


@dataclass(frozen=True)
class ConfusionMatrix:
    title: str
    width: int
    height: int
    left: int
    cell_size: float
    rows: list[MatrixRow]
    text: str
    """The two most frequent mistakes, as a sentence."""


def confusion_matrices(card: Mapping[str, Any], view: str = "both") -> list[ConfusionMatrix]:
    matrices = [(key, title, texts, card_value(card, "confusion", view, key)) for key, title, texts in DATASETS]
    return [_matrix(key, gettext(title), texts, matrix) for key, title, texts, matrix in matrices if matrix]


def _matrix(key: str, title: str, texts: Mapping[str, str], matrix: Mapping[str, Any]) -> ConfusionMatrix:
    labels, counts = list(matrix["labels"]), [[int(count) for count in row] for row in matrix["counts"]]
    if len(counts) != len(labels) or any(len(row) != len(labels) for row in counts):
        raise ValueError(f"The confusion matrix of {key} is not square.")
    size = SIDE / len(labels)
    rows = []
    for i, (label, row) in enumerate(zip(labels, counts, strict=True)):
        total = sum(row)
        text = gettext(texts[label]) if label in texts else label
        rows.append(
            MatrixRow(
                label=label,
                text=text,
                short_text=text.partition(",")[0],
                y=_y(i + 0.5, size),
                x=_x(i + 0.5, size),
                cells=[_cell(i, j, count, total, size) for j, count in enumerate(row)],
                count=total,
            )
        )
    return ConfusionMatrix(title, LEFT + SIDE, TOP + SIDE, LEFT, round(size, 1), rows, _mistakes_text(rows))


def _cell(row: int, column: int, count: int, total: int, size: float) -> Cell:
    share = count / total if total else 0.0
    return Cell(
        x=_x(column, size),
        y=_y(row, size),
        middle_x=_x(column + 0.5, size),
        middle_y=_y(row + 0.5, size),
        count=count,
        percent=percent(share),
        opacity=f"{share:.2f}",
        is_dark=share >= DARK,
        is_correct=row == column,
    )


def _mistakes_text(rows: list[MatrixRow]) -> str:
    mistakes = [(cell.percent, row, rows[j]) for row in rows for j, cell in enumerate(row.cells) if not cell.is_correct]
    mistakes.sort(key=lambda mistake: -mistake[0])
    texts = [
        gettext("%(count)s of 100 %(label)s recordings are predicted as %(prediction)s")
        % {"count": share, "label": labelled.short_text, "prediction": predicted.short_text}
        for share, labelled, predicted in mistakes[:2]
        if share
    ]
    if not texts:
        return gettext("It makes no mistakes here.")
    if len(texts) == 1:
        return gettext("Most frequent mistakes: %(first)s.") % {"first": texts[0]}
    return gettext("Most frequent mistakes: %(first)s, and %(second)s.") % {"first": texts[0], "second": texts[1]}


def _x(column: float, size: float) -> float:
    return round(LEFT + column * size, 1)


def _y(row: float, size: float) -> float:
    return round(TOP + row * size, 1)
