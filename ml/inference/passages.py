"""The passage of a song in which each side of its composite mood is strongest, from stored segments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ml.moods import EMOTIONS


@dataclass(frozen=True)
class StrongestPassage:
    """The segment in which a mood is strongest."""

    side: str
    """ "primary" or "secondary"."""
    mood: str
    """The key of a mood term, or of an emotion in answers of models before mood-4."""
    index: int
    """Index of the segment, in time order."""
    start_s: float
    end_s: float
    share: float
    """The mood's score in this segment, 0..1: the chance of a term, or the share of listeners who feel an emotion."""
    typical: float
    """Its mean over the song's segments, 0..1."""


def strongest_passages(
    segments: Sequence[Mapping[str, Any]], primary: str, secondary: str
) -> dict[str, StrongestPassage]:
    """For each side the segment with the highest score of that mood; the first one on a tie.

    `segments` are those of an answer; silent ones do not count. Returns {"primary": ..., "secondary": ...}, or {} for a
    song without segments.
    """
    sounding = [index for index, segment in enumerate(segments) if not segment.get("silent")]
    if not sounding:
        return {}
    passages = {}
    for side, mood in (("primary", primary), ("secondary", secondary)):
        scheme = "emotions" if mood in EMOTIONS else "moods"
        shares = {index: segments[index]["scores"][scheme][mood] for index in sounding}
        index = max(sounding, key=shares.__getitem__)
        passages[side] = StrongestPassage(
            side=side,
            mood=mood,
            index=index,
            start_s=segments[index]["start_s"],
            end_s=segments[index]["end_s"],
            share=shares[index],
            typical=sum(shares.values()) / len(shares),
        )
    return passages
