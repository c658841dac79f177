"""The active filters of a list in words, each with a link that removes it, and links to the lists people need most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format

from classifier.library.filters import RANGES, LibraryFilter

QUICK_FILTERS = (
    ("All", ""),
    ("Needs review", "review=yes"),
    ("Networks disagree", "networks=disagree"),
    ("Not certain", "certain=no"),
    ("Failed", "status=failed"),
)
MOOD_PATTERNS = {
    "mood": "{}, main or second",
    "first": "Main mood: {}",
    "second": "Second mood: {}",
    "said": "You stated: {}",
    "said_first": "You stated as main mood: {}",
    "analysis_first": "Analysis, main mood: {}",
    "genre": "Genre: {}",
}
RANGE_LABELS = {"added": "Added", "valence": "Valence", "arousal": "Arousal", "confidence": "Confidence"}


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
    return [QuickFilter(text, query, query == active) for text, query in QUICK_FILTERS]


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
            yield ("area",), "In the area drawn on the map"
        elif name != "sort" and name.rpartition("_")[0] not in RANGES:
            label = str(dict(library_filter.form.fields[name].choices)[value])
            yield (name,), MOOD_PATTERNS.get(name, "{}").format(label)
    for name in RANGES:
        ends = f"{name}_from", f"{name}_to"
        low, high = map(values.get, ends)
        if low is not None or high is not None:
            yield ends, f"{RANGE_LABELS[name]} {_range_text(low, high, ' %' if name == 'confidence' else '')}"


def _range_text(low: Any, high: Any, unit: str) -> str:
    if low == high:
        return f"{_value_text(low)}{unit}"
    if high is None:
        return f"from {_value_text(low)}{unit}"
    if low is None:
        return f"up to {_value_text(high)}{unit}"
    return f"{_value_text(low)} to {_value_text(high)}{unit}"


def _value_text(value: Any) -> str:
    return date_format(value, "j M Y") if isinstance(value, date) else f"{value:g}"
