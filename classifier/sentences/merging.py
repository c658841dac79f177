"""Several parts about the same thing as one: two tempi, two decades, a mood that is named twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from classifier.sentences.meaning import RANGE_KINDS, Kind, Part

ONE_OF = (Kind.SONGS, Kind.MINUTES, Kind.MODE, Kind.PATH, Kind.MOOD_GENRE)
"""Of these the last one counts."""


def merged(parts: Sequence[Part]) -> tuple[list[Part], list[str]]:
    """The parts in their order, each thing once; and the words of those that others contradict."""
    result: list[Part] = []
    dropped: list[str] = []
    for part in parts:
        at = next((i for i, one in enumerate(result) if _is_about_same(one, part)), None)
        if at is None:
            result.append(part)
            continue
        joined = _joined(result[at], part)
        if joined is None:
            dropped.append(result[at].words)
            joined = part
        result[at] = joined
    return result, dropped


def _is_about_same(one: Part, other: Part) -> bool:
    if one.kind is not other.kind:
        return False
    if one.kind in RANGE_KINDS or one.kind in ONE_OF:
        return True
    return (one.value.casefold(), one.end.casefold()) == (other.value.casefold(), other.end.casefold())


def _joined(one: Part, other: Part) -> Part | None:
    words = one.words if one.words == other.words else f"{one.words} … {other.words}"
    spelled = " … ".join(filter(None, (one.spelled, other.spelled)))
    if one.kind in RANGE_KINDS:
        return _joined_ranges(replace(one, words=words, spelled=spelled), other)
    if one.kind is Kind.MOOD:
        is_same_side = one.degree * other.degree > 0
        return replace(max(one, other, key=lambda part: abs(part.degree)), words=words) if is_same_side else None
    if one.kind in ONE_OF and (one.value, one.end, one.high) != (other.value, other.end, other.high):
        return None
    return replace(one, words=words, spelled=spelled) if one.is_excluded == other.is_excluded else None


def _joined_ranges(one: Part, other: Part) -> Part | None:
    """Years from and to a year each, such as two decades, count from the first to the last; else what both allow."""
    ends = (one.low, one.high, other.low, other.high)
    if one.kind is Kind.YEAR and None not in ends:
        years = [end for end in ends if end is not None]
        return replace(one, low=min(years), high=max(years))
    low = max((end for end in (one.low, other.low) if end is not None), default=None)
    high = min((end for end in (one.high, other.high) if end is not None), default=None)
    return None if low is not None and high is not None and low > high else replace(one, low=low, high=high)
