"""Numbers with their units: "4 minutes 30", "an hour and a half", "20 songs", "the late 80s"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from classifier.sentences.music_words import DECADES, NUMBERS
from classifier.sentences.tokens import Kind, Token


class Unit(Enum):
    NONE = "none"
    BPM = "bpm"
    SECONDS = "seconds"
    SONGS = "songs"
    YEAR = "year"


UNITS: dict[str, tuple[Unit, float]] = {
    "bpm": (Unit.BPM, 1), "bpms": (Unit.BPM, 1), "beats": (Unit.BPM, 1),
    "s": (Unit.SECONDS, 1), "sec": (Unit.SECONDS, 1), "secs": (Unit.SECONDS, 1), "second": (Unit.SECONDS, 1),
    "seconds": (Unit.SECONDS, 1), "m": (Unit.SECONDS, 60), "min": (Unit.SECONDS, 60), "mins": (Unit.SECONDS, 60),
    "minute": (Unit.SECONDS, 60), "minutes": (Unit.SECONDS, 60), "h": (Unit.SECONDS, 3600), "hr": (Unit.SECONDS, 3600),
    "hrs": (Unit.SECONDS, 3600), "hour": (Unit.SECONDS, 3600), "hours": (Unit.SECONDS, 3600),
    "song": (Unit.SONGS, 1), "songs": (Unit.SONGS, 1), "track": (Unit.SONGS, 1), "tracks": (Unit.SONGS, 1),
    "tunes": (Unit.SONGS, 1), "pieces": (Unit.SONGS, 1), "titles": (Unit.SONGS, 1), "ones": (Unit.SONGS, 1),
}  # fmt: skip
SONG_WORDS = frozenset({word for word, (unit, _) in UNITS.items() if unit is Unit.SONGS})
PERIODS = {"early": (0, 3), "mid": (4, 6), "late": (6, 9)}
"""Years of a decade."""


@dataclass(frozen=True)
class Amount:
    low: float
    high: float
    unit: Unit
    count: int


def amount_at(tokens: Sequence[Token], start: int) -> Amount | None:
    """A number with its unit, a decade, or a time, after "the" or "a" where they stand before it."""
    at = start
    while word_at(tokens, at) in ("the", "year", "years"):
        at += 1
    decade = _decade(tokens, at)
    if decade is not None:
        first, last, count = decade
        return Amount(first, last, Unit.YEAR, at - start + count)
    seconds = _hours(tokens, at)
    if seconds is not None:
        return Amount(seconds[0], seconds[0], Unit.SECONDS, at - start + seconds[1])
    amount, count = _number(tokens, at)
    if count == 0:
        return None
    at += count
    if tokens[at - 1].kind is Kind.TIME:
        at += word_at(tokens, at) in ("min", "minutes", "mins")
        return Amount(amount, amount, Unit.SECONDS, at - start)
    unit, factor = UNITS.get(word_at(tokens, at), (Unit.NONE, 1.0))
    if unit is Unit.SONGS and word_at(tokens, at) == "ones":
        unit = Unit.NONE
    if unit is Unit.NONE:
        return Amount(amount, amount, unit, at - start)
    if word_at(tokens, at) == "beats":
        at += 2 if [word_at(tokens, at + i) for i in (1, 2)] == ["per", "minute"] else 0
    at += 1
    amount *= factor
    if unit is Unit.SECONDS:
        rest, more = _rest_of_time(tokens, at, factor)
        amount, at = amount + rest, at + more
    return Amount(amount, amount, unit, at - start)


def _rest_of_time(tokens: Sequence[Token], start: int, factor: float) -> tuple[float, int]:
    """The smaller part of "3 minutes 30" or "1 hour and 15 minutes", in seconds, and its tokens."""
    at = start + (word_at(tokens, start) == "and")
    if [word_at(tokens, at), word_at(tokens, at + 1)] == ["a", "half"]:
        return factor / 2, at + 2 - start
    amount, count = _number(tokens, at)
    unit, smaller = UNITS.get(word_at(tokens, at + count), (Unit.NONE, 1.0))
    if count == 0 or factor == 1 or amount >= 60:
        return 0, 0
    if unit is Unit.SECONDS and smaller < factor:
        return amount * smaller, at + count + 1 - start
    return (amount, at + count - start) if unit is Unit.NONE and factor == 60 and at == start else (0, 0)


def _hours(tokens: Sequence[Token], at: int) -> tuple[float, int] | None:
    """ "an hour", "half an hour", "an hour and a half", in seconds."""
    words = [word_at(tokens, at + i) for i in range(5)]
    for phrase, seconds in (
        (["an", "hour", "and", "a", "half"], 5400.0),
        (["hour", "and", "a", "half"], 5400.0),
        (["half", "an", "hour"], 1800.0),
        (["half", "hour"], 1800.0),
        (["an", "hour"], 3600.0),
        (["a", "minute"], 60.0),
    ):
        if words[: len(phrase)] == phrase:
            return seconds, len(phrase)
    return None


def _decade(tokens: Sequence[Token], start: int) -> tuple[float, float, int] | None:
    at = start
    period = PERIODS.get(word_at(tokens, at))
    at += period is not None
    if at < len(tokens) and tokens[at].kind is Kind.DECADE:
        first = tokens[at].value
    elif word_at(tokens, at) in DECADES:
        first = float(DECADES[word_at(tokens, at)])
    else:
        return None
    early, late = period or (0, 9)
    return first + early, first + late, at + 1 - start


def _number(tokens: Sequence[Token], at: int) -> tuple[float, int]:
    if at < len(tokens) and tokens[at].kind in (Kind.NUMBER, Kind.TIME):
        return tokens[at].value, 1
    if word_at(tokens, at) == "a" and word_at(tokens, at + 1) in ("dozen", "hundred"):
        return float(NUMBERS[word_at(tokens, at + 1)]), 2
    number = NUMBERS.get(word_at(tokens, at))
    return (0.0, 0) if number is None else (float(number), 1)


def word_at(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].word if 0 <= at < len(tokens) and not tokens[at].is_stop else ""
