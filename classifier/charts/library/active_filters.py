"""The active filters of a list in words, each with a link that removes it, and links to the lists people need most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_noop

from classifier.active_words import active_words, genre_title
from classifier.library.filter_form import RANGES
from classifier.library.filters import LibraryFilter

QUICK_FILTERS = (
    (gettext_noop("All"), ""),
    (gettext_noop("Needs review"), "review=yes"),
    (gettext_noop("Networks disagree"), "networks=disagree"),
    (gettext_noop("Not certain"), "certain=no"),
    (gettext_noop("Failed"), "status=failed"),
)
MOOD_PATTERNS = {
    "mood": gettext_noop("%(mood)s, main or second"),
    "first": gettext_noop("Main mood: %(mood)s"),
    "second": gettext_noop("Second mood: %(mood)s"),
    "said": gettext_noop("You stated: %(mood)s"),
    "said_first": gettext_noop("You stated as main mood: %(mood)s"),
    "analysis_first": gettext_noop("Analysis, main mood: %(mood)s"),
    "genre": gettext_noop("Genre: %(mood)s"),
}
NAME_PATTERNS = {
    "artist": gettext_noop("Artist: %(name)s"),
    "album": gettext_noop("Album: %(name)s"),
    "album_artist": gettext_noop("Album artist: %(name)s"),
    "music_genre": gettext_noop("Music genre: %(name)s"),
}
RANGE_LABELS = {
    "added": gettext_noop("Added"),
    "year": gettext_noop("Year"),
    "valence": gettext_noop("Valence"),
    "arousal": gettext_noop("Arousal"),
    "confidence": gettext_noop("Confidence"),
}


@dataclass(frozen=True)
class ActiveFilter:
    """One filter, and the query string without it."""

    text: str
    query: str


@dataclass(frozen=True)
class QuickFilter:
    text: str
    query: str
    is_active: bool


def active_filters(library_filter: LibraryFilter) -> list[ActiveFilter]:
    return [
        ActiveFilter(text, library_filter.to_query(**dict.fromkeys(names)))
        for names, text in _descriptions(library_filter)
    ]


def quick_filters(library_filter: LibraryFilter) -> list[QuickFilter]:
    active = library_filter.to_query(sort=None)
    return [QuickFilter(gettext(text), query, query == active) for text, query in QUICK_FILTERS]


def summary(library_filter: LibraryFilter) -> str:
    """All active filters in one line, for titles."""
    return ", ".join(text for _, text in _descriptions(library_filter))


def _descriptions(library_filter: LibraryFilter) -> Iterable[tuple[tuple[str, ...], str]]:
    """Parameters, and what they select together."""
    values = library_filter.values
    for name, value in values.items():
        if name == "q":
            yield ("q",), f"“{value}”"
        elif name == "area":
            yield ("area",), gettext("In the area drawn on the map")
        elif name == "source":
            source = library_filter.form.fields[name].name_of(value)
            yield ("source",), gettext("Source: %(name)s") % {"name": source}
        elif name in NAME_PATTERNS:
            yield (name,), gettext(NAME_PATTERNS[name]) % {"name": value}
        elif name != "sort" and name.rpartition("_")[0] not in RANGES:
            label = _label(library_filter, name, value)
            yield (name,), gettext(MOOD_PATTERNS[name]) % {"mood": label} if name in MOOD_PATTERNS else label
    for name in RANGES:
        ends = f"{name}_from", f"{name}_to"
        low, high = map(values.get, ends)
        if low is not None or high is not None:
            unit = " %" if name == "confidence" else ""
            values = {"name": gettext(RANGE_LABELS[name]), "range": _range_text(low, high, unit)}
            yield ends, gettext("%(name)s %(range)s") % values


def _label(library_filter: LibraryFilter, name: str, value: str) -> str:
    if name == "genre":
        return genre_title(value)
    if name in MOOD_PATTERNS:
        active = active_words()
        return active.words.adjective(active.known(value))
    return str(dict(library_filter.form.fields[name].choices)[value])


def _range_text(low: Any, high: Any, unit: str) -> str:
    if low == high:
        return f"{_value_text(low)}{unit}"
    if high is None:
        return gettext("from %(low)s%(unit)s") % {"low": _value_text(low), "unit": unit}
    if low is None:
        return gettext("up to %(high)s%(unit)s") % {"high": _value_text(high), "unit": unit}
    return gettext("%(low)s to %(high)s%(unit)s") % {"low": _value_text(low), "high": _value_text(high), "unit": unit}


def _value_text(value: Any) -> str:
    return date_format(value, gettext("j M Y")) if isinstance(value, date) else f"{value:g}"
