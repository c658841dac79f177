"""What is mistaken for what: a square for each kind people said and each kind heard, the darker the more often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifier import ml_gateway
from classifier.charts.metric_text import part
from classifier.charts.number_text import percent

LEFT, TOP, SIDE = 76, 34, 324
HALF_TURN = 0.5
"""From this darkness on, writing in a square is light on dark."""
SETS = (
    ("4qaed", "Four quadrants of mood", ml_gateway.QUADRANT_WORDS),
    ("mirex", "Five clusters of mood words", ml_gateway.CLUSTER_WORDS),
)


@dataclass(frozen=True)
class Cell:
    x: float
    y: float
    middle_x: float
    middle_y: float
    count: int
    percent: int
    depth: str
    """How dark, 0..1: the share of the row."""
    on_dark: bool
    right: bool


@dataclass(frozen=True)
class Line:
    label: str
    words: str
    short: str
    y: float
    x: float
    cells: list[Cell]
    count: int


@dataclass(frozen=True)
class Confusion:
    title: str
    width: int
    height: int
    left: int
    size: float
    lines: list[Line]
    words: str
    """The two commonest mistakes, as a sentence."""


def confusions(card: Mapping[str, Any], view: str = "both") -> list[Confusion]:
    found = [(key, title, words, part(card, "confusion", view, key)) for key, title, words in SETS]
    return [_confusion(key, title, words, matrix) for key, title, words, matrix in found if matrix]


def _confusion(key: str, title: str, words: Mapping[str, str], matrix: Mapping[str, Any]) -> Confusion:
    labels, counts = list(matrix["labels"]), [[int(count) for count in row] for row in matrix["counts"]]
    if len(counts) != len(labels) or any(len(row) != len(labels) for row in counts):
        raise ValueError(f"The confusion matrix of {key} is not square.")
    size = SIDE / len(labels)
    lines = []
    for i, (label, row) in enumerate(zip(labels, counts, strict=True)):
        total = sum(row)
        cells = [_cell(i, j, count, total, size) for j, count in enumerate(row)]
        text = words.get(label, label)
        lines.append(
            Line(label, text, _short(text), _rounded(TOP + (i + 0.5) * size), _at(i + 0.5, size), cells, total)
        )
    return Confusion(title, LEFT + SIDE, TOP + SIDE, LEFT, _rounded(size), lines, _mistakes(lines))


def _cell(i: int, j: int, count: int, total: int, size: float) -> Cell:
    share = count / total if total else 0.0
    x, y = _at(j, size), _rounded(TOP + i * size)
    middle_x, middle_y = _at(j + 0.5, size), _rounded(TOP + (i + 0.5) * size)
    return Cell(x, y, middle_x, middle_y, count, percent(share), f"{share:.2f}", share >= HALF_TURN, i == j)


def _mistakes(lines: list[Line]) -> str:
    pairs = [(cell.percent, one, lines[j]) for one in lines for j, cell in enumerate(one.cells) if not cell.right]
    pairs.sort(key=lambda pair: -pair[0])
    told = [
        f"{share} of 100 {people.short} recordings are heard as {heard.short}"
        for share, people, heard in pairs[:2]
        if share
    ]
    return f"The commonest mistakes: {', and '.join(told)}." if told else "It makes no mistake here."


def _short(words: str) -> str:
    return words.partition(",")[0]


def _at(column: float, size: float) -> float:
    return _rounded(LEFT + column * size)


def _rounded(value: float) -> float:
    return round(value, 1)
