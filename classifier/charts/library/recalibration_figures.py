"""What a recalibration gains, as tables and sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_noop

from classifier.charts.mood_names import Side
from classifier.localized import grouped
from classifier.models import Recalibration

REASONS = {
    "no_gain": gettext_noop("its chances are not clearly better on songs that it has not seen"),
    "no_better_than_guess": gettext_noop("its chances say no more about a song than how often you use each mood"),
    "worse_names": gettext_noop("its names match yours less often"),
}
FIGURES = (
    ("log_loss", gettext_noop("Log loss of the chances"), False, gettext_noop("lower is better")),
    ("calibration_error", gettext_noop("Calibration error of the chances"), True, gettext_noop("lower is better")),
    ("first_right", gettext_noop("Main mood is one of yours"), True, gettext_noop("higher is better")),
    ("one_right", gettext_noop("At least one mood is yours"), True, gettext_noop("higher is better")),
    ("named", gettext_noop("Songs with a certain name, not “Mixed”"), True, ""),
)


@dataclass(frozen=True)
class FigureRow:
    title: str
    note: str
    before: str
    after: str
    gain: str
    """With its interval; empty for figures without one."""


@dataclass(frozen=True)
class TermChange:
    side: Side
    songs: int
    bias: str
    temperature: str
    before: str
    after: str


@dataclass(frozen=True)
class RecalibrationFigures:
    rows: list[FigureRow]
    terms: list[TermChange]
    reasons: str
    songs: int
    folds: int
    by_artist: bool
    guess: str


def recalibration_figures(one: Recalibration) -> RecalibrationFigures | None:
    """None until it is fitted."""
    figures = one.figures
    if not figures:
        return None
    return RecalibrationFigures(
        rows=[_row(figures, *each) for each in FIGURES],
        terms=_terms(one.parameters.get("terms", {}), figures.get("terms", {})),
        reasons=", ".join(gettext(REASONS[code]) for code in figures.get("reasons", ()) if code in REASONS),
        songs=figures["songs"],
        folds=figures["folds"],
        by_artist=figures["by_artist"],
        guess=_number(figures["guess"]["log_loss"], as_percent=False),
    )


def _row(figures: Mapping[str, Any], name: str, title: str, as_percent: bool, note: str) -> FigureRow:
    gain = figures["gain"].get(name)
    return FigureRow(
        title=gettext(title),
        note=gettext(note) if note else "",
        before=_number(figures["before"][name], as_percent),
        after=_number(figures["after"][name], as_percent),
        gain=_gain(gain, as_percent) if gain else "",
    )


def _gain(gain: Mapping[str, float], as_percent: bool) -> str:
    value, low, high = (_signed(gain[name], as_percent) for name in ("value", "low", "high"))
    return gettext("%(value)s (%(low)s to %(high)s)") % {"value": value, "low": low, "high": high}


def _terms(parameters: Mapping[str, Any], figures: Mapping[str, Any]) -> list[TermChange]:
    """The terms that the user states most come first."""
    changes = [
        TermChange(
            side=Side(term),
            songs=figures[term]["songs"],
            bias=f"{'−' if one['bias'] < 0 else '+'}{grouped(abs(one['bias']), 2)}",
            temperature=grouped(one["temperature"], 2),
            before=_number(figures[term]["before"], as_percent=False),
            after=_number(figures[term]["after"], as_percent=False),
        )
        for term, one in parameters.items()
        if term in figures
    ]
    return sorted(changes, key=lambda one: -one.songs)


def _number(value: float, as_percent: bool) -> str:
    return f"{grouped(100 * value, 1)} %" if as_percent else grouped(value, 3)


def _signed(value: float, as_percent: bool) -> str:
    text = grouped(100 * abs(value), 1) if as_percent else grouped(abs(value), 3)
    return f"{'−' if value < 0 else '+'}{text}"
