"""The moods over time: segments overlap, passages do not."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

Segment = Mapping[str, Any]
"""A piece of the song as an answer tells it: start_s, end_s, mood, scores, models."""

# More would be neither legible nor quick to draw; a song of two hours has 1,440 segments.
MOST = 120


@dataclass(frozen=True)
class Passage:
    """A stretch of a song with one composite mood throughout. Times in seconds, valence and arousal 1..9."""

    start_s: float
    end_s: float
    name: str
    primary: str
    secondary: str
    joined_by: str
    certain: bool
    confidence: float
    valence: float
    arousal: float

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s


def passages(segments: Sequence[Segment], duration_s: float) -> list[Passage]:
    """Neighbours with the same mood joined. Of a long song, several segments at a time are first taken together."""
    joined: list[Passage] = []
    for moment in moments(segments, duration_s):
        if joined and joined[-1].name == moment.name:
            joined[-1] = _together(joined[-1], moment)
        else:
            joined.append(moment)
    return joined


def moments(segments: Sequence[Segment], duration_s: float) -> list[Passage]:
    """The song in at most MOST stretches of about equal length, each with the mood most of its segments have."""
    return [_moment(group, start_s, end_s) for group, start_s, end_s in stretches(segments, duration_s)]


def stretches(segments: Sequence[Segment], duration_s: float) -> list[tuple[Sequence[Segment], float, float]]:
    """Segments taken together, at most MOST groups of about equal length, each with its own part of the song."""
    if not segments:
        return []
    at_once = math.ceil(len(segments) / MOST)
    groups = [segments[i : i + at_once] for i in range(0, len(segments), at_once)]
    middles = [(group[0]["start_s"] + group[-1]["end_s"]) / 2 for group in groups]
    borders = [0.0, *((a + b) / 2 for a, b in pairwise(middles)), duration_s]
    return [(group, start_s, end_s) for group, (start_s, end_s) in zip(groups, pairwise(borders), strict=True)]


def _moment(group: Sequence[Segment], start_s: float, end_s: float) -> Passage:
    counts = Counter(segment["mood"]["name"] for segment in group)
    moods = [segment["mood"] for segment in group]
    mood = max(moods, key=lambda mood: (counts[mood["name"]], mood["confidence"]))
    alike = [other["confidence"] for other in moods if other["name"] == mood["name"]]
    return Passage(
        start_s=start_s,
        end_s=end_s,
        name=mood["name"],
        primary=mood["primary"],
        secondary=mood["secondary"],
        joined_by=mood["joined_by"],
        certain=mood["certain"],
        confidence=sum(alike) / len(alike),
        valence=sum(segment["scores"]["valence"] for segment in group) / len(group),
        arousal=sum(segment["scores"]["arousal"] for segment in group) / len(group),
    )


def _together(one: Passage, next_one: Passage) -> Passage:
    length_s = one.length_s + next_one.length_s
    share = one.length_s / length_s if length_s else 0.5

    def mean(a: float, b: float) -> float:
        return share * a + (1 - share) * b

    return replace(
        one,
        end_s=next_one.end_s,
        confidence=mean(one.confidence, next_one.confidence),
        valence=mean(one.valence, next_one.valence),
        arousal=mean(one.arousal, next_one.arousal),
    )
