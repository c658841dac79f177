"""Where in a song each side of its composite mood is strongest. Light: read from stored segments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class StrongestPassage:
    """The segment in which most listeners are expected to feel a mood."""

    side: str
    """ "primary" or "secondary"."""
    mood: str
    """An emotion's name."""
    index: int
    """Of the segment, in time order."""
    start_s: float
    end_s: float
    share: float
    """Of listeners, there, 0..1."""
    typical: float
    """The mean share over the song's segments, 0..1: what this one rises above."""


def strongest_passages(
    segments: Sequence[Mapping[str, Any]], primary: str, secondary: str
) -> dict[str, StrongestPassage]:
    """For each side the segment whose share of that mood is highest against the song's mean; of equals the first.

    `segments` are those of an answer. {"primary": ..., "secondary": ...}; empty for a song without segments.
    """
    if not segments:
        return {}
    found = {}
    for side, mood in (("primary", primary), ("secondary", secondary)):
        shares = [segment["scores"]["emotions"][mood] for segment in segments]
        index = max(range(len(shares)), key=shares.__getitem__)
        found[side] = StrongestPassage(
            side=side,
            mood=mood,
            index=index,
            start_s=segments[index]["start_s"],
            end_s=segments[index]["end_s"],
            share=shares[index],
            typical=sum(shares) / len(shares),
        )
    return found
