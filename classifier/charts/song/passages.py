"""The moods over time: overlapping segments turned into passages that do not overlap."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Any

Segment = Mapping[str, Any]
"""A segment as in the JSON of a result: start_s, end_s, silent, mood, scores, models."""

# More would be neither legible nor fast to draw; a song of two hours has 1,440 segments.
MOST_PASSAGES = 120


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
    """Adjacent moments with the same mood merged; there are none in silence."""
    merged: list[Passage] = []
    for moment in moments(segments, duration_s):
        if merged and merged[-1].name == moment.name and merged[-1].end_s == moment.start_s:
            merged[-1] = _merge(merged[-1], moment)
        else:
            merged.append(moment)
    return merged


def moments(segments: Sequence[Segment], duration_s: float) -> list[Passage]:
    """The song in at most MOST_PASSAGES parts of about equal length, each with the mood most of its segments have."""
    return [_moment(group, start_s, end_s) for group, start_s, end_s in segment_groups(segments, duration_s)]


def segment_groups(segments: Sequence[Segment], duration_s: float) -> list[tuple[Sequence[Segment], float, float]]:
    """About MOST_PASSAGES groups of segments, each with the start and end of its own part of the song.

    Silent segments are in no group, and no part reaches into them.
    """
    group_size = math.ceil(len(segments) / MOST_PASSAGES)
    groups: list[tuple[Sequence[Segment], float, float]] = []
    start_s = 0.0
    for silent, run in groupby(segments, key=is_silent):
        part = list(run)
        if silent:
            start_s = part[-1]["end_s"]
            continue
        end_s = part[-1]["end_s"] if part[-1] is not segments[-1] else duration_s
        of_part = [part[i : i + group_size] for i in range(0, len(part), group_size)]
        middles = [(group[0]["start_s"] + group[-1]["end_s"]) / 2 for group in of_part]
        borders = [start_s, *((a + b) / 2 for a, b in pairwise(middles)), end_s]
        groups += [(group, *ends) for group, ends in zip(of_part, pairwise(borders), strict=True)]
    return groups


def is_silent(segment: Segment) -> bool:
    """Results of older versions have no `silent`."""
    return bool(segment.get("silent"))


def _moment(group: Sequence[Segment], start_s: float, end_s: float) -> Passage:
    counts = Counter(segment["mood"]["name"] for segment in group)
    moods = [segment["mood"] for segment in group]
    mood = max(moods, key=lambda mood: (counts[mood["name"]], mood["confidence"]))
    confidences = [other["confidence"] for other in moods if other["name"] == mood["name"]]
    return Passage(
        start_s=start_s,
        end_s=end_s,
        name=mood["name"],
        primary=mood["primary"],
        secondary=mood["secondary"],
        joined_by=mood["joined_by"],
        certain=mood["certain"],
        confidence=sum(confidences) / len(confidences),
        valence=sum(segment["scores"]["valence"] for segment in group) / len(group),
        arousal=sum(segment["scores"]["arousal"] for segment in group) / len(group),
    )


def _merge(first: Passage, second: Passage) -> Passage:
    length_s = first.length_s + second.length_s
    weight = first.length_s / length_s if length_s else 0.5

    def mean(a: float, b: float) -> float:
        return weight * a + (1 - weight) * b

    return replace(
        first,
        end_s=second.end_s,
        confidence=mean(first.confidence, second.confidence),
        valence=mean(first.valence, second.valence),
        arousal=mean(first.arousal, second.arousal),
    )
