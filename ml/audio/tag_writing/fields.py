"""The fields in which moods stand, by the kind of tag, and what happens to values that are there already."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

Fields = dict[str, list[str]]
"""Values by the name of the field as it is in the file, such as {"TXXX:MOOD": ["Calm;Tender"]}."""

Kind = Literal["id3v2.2", "id3v2.3", "id3v2.4", "vorbis", "mp4", "asf", "apev2"]
Existing = Literal["keep", "replace", "add"]
Outcome = Literal["new", "same", "update", "replace", "add", "keep"]

MOOD, VALENCE, AROUSAL = "mood", "valence", "arousal"
NAMES = (MOOD, VALENCE, AROUSAL)
SEPARATOR = ";"
"""Between values where one text holds all: the versions of ID3 before 2.4."""
JOINED: tuple[Kind, ...] = ("id3v2.2", "id3v2.3")

MOOD_FIELDS: dict[Kind, str] = {
    "id3v2.2": "TXX:MOOD",
    "id3v2.3": "TXXX:MOOD",
    "id3v2.4": "TMOO",
    "vorbis": "MOOD",
    "mp4": "----:com.apple.iTunes:MOOD",
    "asf": "WM/Mood",
    "apev2": "Mood",
}
_NUMBER_FIELDS: dict[Kind, str] = {
    "id3v2.2": "TXX:{}",
    "id3v2.3": "TXXX:{}",
    "id3v2.4": "TXXX:{}",
    "vorbis": "{}",
    "mp4": "----:com.apple.iTunes:{}",
    "asf": "{}",
    "apev2": "{}",
}


@dataclass(frozen=True)
class FileFields:
    """The mood fields of a file, and the kind of tag in which they are or would be."""

    kind: Kind
    fields: Fields
    has_tag: bool
    """Whether there is such a tag; a new one is deleted again by an undo."""


@dataclass(frozen=True)
class MoodTags:
    """What a song gets: `moods` in their order; valence and arousal, 1..9, only where they are wanted."""

    moods: tuple[str, ...]
    valence: float | None = None
    arousal: float | None = None


@dataclass(frozen=True)
class Plan:
    """All mood fields of a file after a change, and what the change is."""

    fields: Fields
    outcome: Outcome


def name_of(field: str) -> str | None:
    """MOOD, VALENCE or AROUSAL for a field that holds it, in any kind of tag; None for all other fields."""
    if field == "TMOO":
        return MOOD
    name = field.rpartition(":")[2].lower().removeprefix("wm/")
    is_own = ":" not in field or field.upper().startswith(("TXX:", "TXXX:", "----:COM.APPLE.ITUNES:"))
    return name if name in NAMES and is_own else None


def moods_of(fields: Mapping[str, Sequence[str]]) -> list[str]:
    """The moods in these fields, each once, those of joined texts apart."""
    texts = [text for field, values in fields.items() if name_of(field) == MOOD for text in values]
    parts = [part.strip() for text in texts for part in text.split(SEPARATOR)]
    return list(dict.fromkeys(part for part in parts if part))


def plan(kind: Kind, current: Fields, tags: MoodTags, *, existing: Existing, own: Collection[str] = ()) -> Plan:
    """`current` are all mood fields of the file. Moods in it that are not among `own`, those that this program wrote
    last, are somebody else's: they are kept, replaced, or the new ones added behind them."""
    had = moods_of(current)
    foreign = [] if had == list(tags.moods) else [mood for mood in had if mood not in own]
    if foreign and existing == "keep":
        return Plan(dict(current), "keep")
    wanted = _fields(kind, tags)
    if foreign and existing == "add":
        both = replace(tags, moods=tuple(dict.fromkeys([*foreign, *tags.moods])))
        there = set(map(name_of, current)) - {MOOD}
        wanted = {field: values for field, values in _fields(kind, both).items() if name_of(field) not in there}
    written = set(map(name_of, wanted))
    fields = {field: values for field, values in current.items() if name_of(field) not in written} | wanted
    if fields == current:
        return Plan(fields, "same")
    return Plan(fields, existing if foreign else "update" if had else "new")


def _fields(kind: Kind, tags: MoodTags) -> Fields:
    moods = [SEPARATOR.join(tags.moods)] if kind in JOINED else list(tags.moods)
    numbers = {VALENCE: tags.valence, AROUSAL: tags.arousal}
    return {MOOD_FIELDS[kind]: moods} | {
        _NUMBER_FIELDS[kind].format(name.upper()): [f"{value:.2f}"]
        for name, value in numbers.items()
        if value is not None
    }
