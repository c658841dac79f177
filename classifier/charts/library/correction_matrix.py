"""Confusion matrix: the user's moods in rows, the predicted ones in columns; stronger cells hold more of their row."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from classifier import ml_gateway
from classifier.charts.mood_names import Side
from classifier.charts.palette import NEUTRAL
from classifier.localized import songs_text

DEPTHS = 10
MAX_ON_A_PHONE = 9
"""Columns of a table that fits a width of 390 px."""
CellAddress = Callable[[str, str], str]
"""Where the songs of a cell are listed, by label and prediction."""


@dataclass(frozen=True)
class MatrixCell:
    prediction: Side
    songs: int
    depth: int
    """0..DEPTHS: its share of the row."""
    correct: bool
    address: str
    text: str


@dataclass(frozen=True)
class MatrixRow:
    label: Side
    cells: list[MatrixCell]
    songs: int


@dataclass(frozen=True)
class CorrectionMatrix:
    key: str
    title: str
    text: str
    columns: list[Side]
    rows: list[MatrixRow]
    summary: str

    @property
    def is_wide(self) -> bool:
        """Too wide for a phone, where it scrolls."""
        return len(self.columns) > MAX_ON_A_PHONE


def moods_by_angle() -> list[str]:
    """All moods by their angle in the valence-arousal plane, so that similar moods are neighbours."""
    return sorted(ml_gateway.MOODS, key=lambda key: -_angle(ml_gateway.MOODS[key]) % (2 * math.pi))


def correction_matrix(
    key: str, title: str, text: str, counts: Mapping[tuple[str, str], int], address: CellAddress
) -> CorrectionMatrix:
    """With the moods that occur, as label or prediction, so that few judgements do not fill a table of 256 cells."""
    occurring = {mood for cell in counts for mood in cell}
    moods = [mood for mood in moods_by_angle() if mood in occurring]
    rows = [_row(label, moods, counts, address) for label in moods]
    return CorrectionMatrix(key, title, text, [Side(mood) for mood in moods], rows, _summary(counts))


def _row(label: str, moods: list[str], counts: Mapping[tuple[str, str], int], address: CellAddress) -> MatrixRow:
    total = sum(counts.get((label, prediction), 0) for prediction in moods)
    cells = [_cell(label, mood, counts.get((label, mood), 0), total, address) for mood in moods]
    return MatrixRow(Side(label), cells, total)


def _cell(label: str, prediction: str, songs: int, total: int, address: CellAddress) -> MatrixCell:
    share = songs / total if total else 0.0
    text = gettext("%(songs)s: you say %(label)s, the analysis says %(prediction)s")
    moods = {"label": Side(label).adjective, "prediction": Side(prediction).adjective}
    return MatrixCell(
        prediction=Side(prediction),
        songs=songs,
        depth=math.ceil(DEPTHS * share),
        correct=label == prediction,
        address=address(label, prediction) if songs else "",
        text=text % {"songs": songs_text(songs), **moods},
    )


def _summary(counts: Mapping[tuple[str, str], int]) -> str:
    """The most frequent confusion, as a sentence."""
    confusions = {cell: songs for cell, songs in counts.items() if cell[0] != cell[1]}
    if not counts:
        return gettext("You have not stated a mood yet.")
    if not confusions:
        return gettext("No confusions so far.")
    label, prediction = max(confusions, key=lambda cell: confusions[cell])
    songs = confusions[label, prediction]
    times = gettext("once") if songs == 1 else ngettext("%(count)s time", "%(count)s times", songs) % {"count": songs}
    text = gettext("Most frequent confusion: you say %(label)s, the analysis says %(prediction)s (%(times)s).")
    moods = {"label": Side(label).adjective, "prediction": Side(prediction).adjective}
    return text % {**moods, "times": times}


def _angle(mood: ml_gateway.Mood) -> float:
    return math.atan2(mood.arousal - NEUTRAL, mood.valence - NEUTRAL)
