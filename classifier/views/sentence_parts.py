"""The parts of a sentence as the fields of a form, and back: a person edits them, and a new sentence says the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_lazy, gettext_noop

from classifier import ml_gateway
from classifier.active_words import genre_title, word
from classifier.charts.number_text import clock
from classifier.sentences.meaning import DEGREES, RANGE_KINDS, Kind, Part

MAX_PARTS = 40
KINDS = frozenset(kind.value for kind in Kind)
NAME_LENGTH = 120
DEGREE_LABELS = {
    "very": gettext_lazy("Very"),
    "": gettext_lazy("Simply"),
    "a bit": gettext_lazy("A bit"),
    "less": gettext_lazy("Less"),
    "not": gettext_lazy("Not"),
}
MODES = [("minor", gettext_lazy("Minor")), ("major", gettext_lazy("Major"))]
UNITS = {Kind.TEMPO: "BPM", Kind.LENGTH: gettext_noop("minutes:seconds")}

_TIME = re.compile(r"(?:(?:(?P<hours>\d{1,2}):)?(?P<minutes>\d{1,3}):(?P<seconds>[0-5]\d)|(?P<whole>\d{1,3}))")
"""3:30 or 1:02:30; or whole minutes."""


def mood_choices() -> list[tuple[str, str]]:
    """The sixteen terms in the active words."""
    return [(key, word(key).adjective) for key in ml_gateway.MOODS]


def genre_choices() -> list[tuple[str, str]]:
    return [(name, genre_title(name)) for name in ml_gateway.GENRES]


@dataclass(frozen=True)
class PartFields:
    """A part with the number of its fields."""

    number: int
    part: Part

    @property
    def widget(self) -> str:
        """Which fields the template shows."""
        kind = self.part.kind
        if kind in RANGE_KINDS:
            return "range"
        if kind in (Kind.SONGS, Kind.MINUTES):
            return "number"
        if kind in (Kind.FAVOURITES, Kind.CERTAIN):
            return "nothing"
        if kind in (Kind.MUSIC_GENRE, Kind.ARTIST):
            return "name"
        return str(kind.value)

    @property
    def degree(self) -> str:
        return DEGREES[self.part.degree]

    @property
    def unit(self) -> str:
        unit = UNITS.get(self.part.kind, "")
        return gettext(unit) if unit else ""

    @property
    def low(self) -> str:
        return _end_text(self.part.kind, self.part.low)

    @property
    def high(self) -> str:
        return _end_text(self.part.kind, self.part.high)

    @property
    def has_moods_at_its_ends(self) -> bool:
        return self.part.value in ml_gateway.MOODS and self.part.end in ml_gateway.MOODS


def parts_of_form(fields: Mapping[str, str]) -> list[Part]:
    """The parts that a person left and changed. A field with no valid value counts as empty, and a part without any
    value as removed."""
    parts = []
    for number in range(MAX_PARTS):
        kind = fields.get(f"kind-{number}", "")
        if not kind:
            break
        if fields.get("remove") != str(number) and kind in KINDS:
            part = _part(Kind(kind), {name: fields.get(f"{name}-{number}", "").strip() for name in _NAMES})
            parts += [part] if part is not None else []
    if (mood := fields.get("add-mood", "")) in ml_gateway.MOODS:
        parts.append(Part(kind=Kind.MOOD, value=mood))
    return parts


_NAMES = ("value", "end", "degree", "low", "high", "excluded")


def _part(kind: Kind, values: Mapping[str, str]) -> Part | None:
    value, end = _name(values["value"]), _name(values["end"])
    low, high = _end(kind, values["low"]), _end(kind, values["high"])
    match kind:
        case Kind.MOOD if value in ml_gateway.MOODS:
            degree = next((weight for weight, word in DEGREES.items() if word == values["degree"]), 1.0)
            return Part(kind=kind, value=value, degree=degree)
        case Kind.MOOD_GENRE if value in ml_gateway.GENRES:
            return Part(kind=kind, value=value)
        case Kind.MODE if value in dict(MODES):
            return Part(kind=kind, value=value)
        case Kind.MUSIC_GENRE | Kind.ARTIST if value:
            return Part(kind=kind, value=value, is_excluded=values["excluded"] == "yes")
        case Kind.PATH if value and end and value != end:
            return Part(kind=kind, value=value, end=end)
        case Kind.SIMILAR if value or end:
            return Part(kind=kind, value=value, end=end)
        case Kind.FAVOURITES | Kind.CERTAIN:
            return Part(kind=kind)
        case Kind.SONGS | Kind.MINUTES if high:
            return Part(kind=kind, high=high)
        case Kind.TEMPO | Kind.LENGTH | Kind.YEAR if low is not None or high is not None:
            ends = sorted(one for one in (low, high) if one is not None)
            both = len(ends) == 2
            return Part(kind=kind, low=ends[0] if both else low, high=ends[1] if both else high)
    return None


def _name(text: str) -> str:
    """As it can stand between quotation marks in a sentence."""
    return " ".join(re.sub(r'["“”„]', "'", text)[:NAME_LENGTH].split())


def _end(kind: Kind, text: str) -> float | None:
    if kind is not Kind.LENGTH:
        return float(text) if re.fullmatch(r"\d{1,4}", text) else None
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hours, minutes, seconds, whole = (int(one or 0) for one in match.group("hours", "minutes", "seconds", "whole"))
    return 3600.0 * hours + 60 * (minutes + whole) + seconds


def _end_text(kind: Kind, end: float | None) -> str:
    if end is None:
        return ""
    return clock(end) if kind is Kind.LENGTH else f"{end:.0f}"
