"""What a question to the library looks like: fields to fill in, and what is asked for, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format

from classifier import ml_gateway
from classifier.library.filters import (
    AGREE,
    ANY_VERDICT,
    DISAGREE,
    NO,
    NO_VERDICT,
    OLDER,
    PRESENT,
    UNFINISHED,
    YES,
    LibraryFilter,
)
from classifier.models import Status, Verdict

Words = dict[str, str]

_MOODS: Words = {key: mood.adjective for key, mood in ml_gateway.MOODS.items()}
_GENRES: Words = {name: genre.title for name, genre in ml_gateway.GENRES.items()}
_CERTAIN: Words = {YES: "Certain", NO: "Not certain"}
_NETWORKS: Words = {AGREE: "Networks agree", DISAGREE: "Networks disagree"}
_VERDICTS: Words = {
    NO_VERDICT: "Not judged yet",
    ANY_VERDICT: "Judged by you",
    Verdict.AGREED: "You agreed",
    Verdict.DISAGREED: "You disagreed",
    Verdict.CORRECTED: "You set the moods",
}
_STATUSES: Words = {
    Status.DONE: "Heard",
    UNFINISHED: "On its way",
    Status.FAILED: "Failed",
    Status.CANCELLED: "Cancelled",
}
_MODELS: Words = {PRESENT: "Heard by the present model", OLDER: "Heard by an older model"}
_SORTS: Words = {
    "newest": "Newest first",
    "oldest": "Oldest first",
    "title": "Title",
    "artist": "Artist",
    "longest": "Longest first",
    "shortest": "Shortest first",
    "surest": "Surest first",
    "least-sure": "Least sure first",
    "pleasant": "Most pleasant first",
    "unpleasant": "Least pleasant first",
    "lively": "Most energy first",
    "quiet": "Least energy first",
    "agreed": "Networks most agreed",
    "disputed": "Networks least agreed",
}

# What people come for most; each a link.
_VIEWS = (
    ("All", LibraryFilter()),
    ("Needs review", LibraryFilter(review=YES)),
    ("Networks disagree", LibraryFilter(networks=DISAGREE)),
    ("Not certain", LibraryFilter(certain=NO)),
    ("Failed", LibraryFilter(status=Status.FAILED)),
)


@dataclass(frozen=True)
class Option:
    value: str
    text: str
    chosen: bool


@dataclass(frozen=True)
class Choice:
    """A list to choose from; nothing chosen is its first entry."""

    name: str
    label: str
    nothing: str
    options: list[Option]


@dataclass(frozen=True)
class Range:
    """Two ends, each of which may be left open."""

    name: str
    label: str
    kind: str
    low: str
    high: str
    least: str = ""
    most: str = ""
    step: str = ""


@dataclass(frozen=True)
class Chip:
    """One thing that is asked for, and the question without it."""

    text: str
    query: str


@dataclass(frozen=True)
class View:
    text: str
    query: str
    is_shown: bool


class FilterForm:
    """The fields of a question, filled in; any page that shows songs can have it."""

    def __init__(self, asked: LibraryFilter) -> None:
        self.asked = asked

    def choices(self) -> list[Choice]:
        return [
            self._choice("mood", "Mood on either side", "Any", _MOODS),
            self._choice("first", "First side", "Any", _MOODS),
            self._choice("second", "Second side", "Any", _MOODS),
            self._choice("genre", "Mood genre", "Any", _GENRES),
            self._choice("certain", "Certainty", "Any", _CERTAIN),
            self._choice("networks", "The two networks", "Any", _NETWORKS),
            self._choice("verdict", "Your ear", "Any", _VERDICTS),
            self._choice("said", "You hear", "Any", _MOODS),
            self._choice("status", "State", "Any", _STATUSES | self._odd_status()),
            self._choice("heard_by", "Model", "Any", _MODELS),
        ]

    def ranges(self) -> list[Range]:
        return [
            self._range("added", "Added", "date"),
            self._range("valence", "Valence, how pleasant", "number", "1", "9", "0.1"),
            self._range("arousal", "Arousal, how lively", "number", "1", "9", "0.1"),
            self._range("confidence", "Confidence in %", "number", "0", "100", "1"),
        ]

    def sorts(self) -> Choice:
        return self._choice("sort", "Order", "", _SORTS)

    def hidden(self) -> list[tuple[str, str]]:
        """What has no field of its own, and shall not be lost."""
        return [(name, text) for name, text in self.asked.pairs() if name in ("review", "said_first", "area")]

    @property
    def count(self) -> int:
        """How many of the fields are filled in."""
        return len(self.asked.without("q", "sort").pairs())

    def _choice(self, name: str, label: str, nothing: str, words: Words) -> Choice:
        chosen = getattr(self.asked, name)
        return Choice(name, label, nothing, [Option(str(key), text, key == chosen) for key, text in words.items()])

    def _odd_status(self) -> Words:
        """States that only links ask for are shown where one did."""
        status = self.asked.status
        return {} if not status or status in _STATUSES else {status: Status(status).label}

    def _range(self, name: str, label: str, kind: str, *limits: str) -> Range:
        texts = dict(self.asked.pairs())
        return Range(name, label, kind, texts.get(f"{name}_from", ""), texts.get(f"{name}_to", ""), *limits)


def chips(asked: LibraryFilter) -> list[Chip]:
    return [Chip(text, asked.without(*names).to_query()) for names, text in _told(asked)]


def views(asked: LibraryFilter) -> list[View]:
    shown = asked.without("sort").to_query()
    return [View(text, view.to_query(), view.to_query() == shown) for text, view in _VIEWS]


def summary(asked: LibraryFilter) -> str:
    """The question in one line, for titles."""
    return ", ".join(text for _, text in _told(asked))


def _told(asked: LibraryFilter) -> Iterable[tuple[tuple[str, ...], str]]:
    """Names of fields, and what they ask for together."""
    if asked.q:
        yield ("q",), f"“{asked.q}”"
    sides = (("mood", "on either side"), ("first", "first"), ("second", "second"))
    for name, place in sides:
        if key := getattr(asked, name):
            yield (name,), f"{_MOODS[key]} {place}"
    for name, before in (("said", "You hear"), ("said_first", "You hear first")):
        if key := getattr(asked, name):
            yield (name,), f"{before} {_MOODS[key]}"
    if asked.genre:
        yield ("genre",), f"Mood genre {_GENRES[asked.genre]}"
    if asked.review:
        yield ("review",), "Needs review"
    plain: tuple[tuple[str, Words], ...] = (
        ("certain", _CERTAIN),
        ("networks", _NETWORKS),
        ("verdict", _VERDICTS),
        ("heard_by", _MODELS),
    )
    for name, words in plain:
        if value := getattr(asked, name):
            yield (name,), words[value]
    if asked.status:
        yield ("status",), _STATUSES.get(asked.status) or Status(asked.status).label
    for name, label, unit in (
        ("added", "Added", ""),
        ("valence", "Valence", ""),
        ("arousal", "Arousal", ""),
        ("confidence", "Confidence", " %"),
    ):
        ends = f"{name}_from", f"{name}_to"
        low, high = (getattr(asked, end) for end in ends)
        if low is not None or high is not None:
            yield ends, f"{label} {_between(low, high, unit)}"
    if asked.area:
        yield ("area",), "In the area drawn on the map"


def _between(low: Any, high: Any, unit: str) -> str:
    if low == high:
        return f"{_said(low)}{unit}"
    if high is None:
        return f"from {_said(low)}{unit}"
    if low is None:
        return f"up to {_said(high)}{unit}"
    return f"{_said(low)} to {_said(high)}{unit}"


def _said(value: Any) -> str:
    return date_format(value, "j M Y") if isinstance(value, date) else f"{value:g}"
