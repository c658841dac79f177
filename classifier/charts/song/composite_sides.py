"""The two sides of a composite mood explained: the reasons for each, where each occurs, and why they are joined."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.charts.mood_names import CompositeMood, Side, word
from classifier.charts.number_text import percent
from classifier.charts.primitives import TimeRange, percent_of
from classifier.charts.song.mood_scores import mood_scores
from classifier.charts.song.passages import Passage
from classifier.charts.song.reason_texts import explanation_text, reason_text
from classifier.charts.song.strongest_passages import Peak
from classifier.localized import grouped

MOST_SUPPORTING, MOST_OPPOSING = 4, 2
MOST_PASSAGES = 3
LEAST_EFFECT = 0.002
"""Of the mood's score; smaller effects are noise and are left out."""
MAIN_EFFECT = 0.01
"""From one percentage point on, a reason clearly supports the mood."""


@dataclass(frozen=True)
class Reason:
    """One property of the sound; `points` is by how many percentage points it changes the mood's score."""

    text: str
    points: str
    width: str
    is_supporting: bool
    effect: float


@dataclass(frozen=True)
class SideDetails:
    """One side; `name` is "primary" or "secondary". Scores are in per cent: chances, or shares of older models."""

    name: str
    side: Side
    explanation: str
    """Why this side, in a sentence; empty for results of older models."""
    score: int
    cnn1d_score: int
    cnn2d_score: int
    peak: Peak | None
    song_percent: int
    """The part of the song in which the mood is first or second."""
    passages: list[TimeRange]
    supporting: list[Reason]
    opposing: list[Reason]
    main_reason: Reason | None
    has_reasons: bool
    """False for results of older models, which gave reasons for the first side only."""


def side_details(
    answer: Mapping[str, Any],
    reasons: Sequence[Mapping[str, Any]],
    peaks: Mapping[str, Peak],
    passages: Sequence[Passage],
    duration_s: float,
) -> list[SideDetails]:
    mood = answer["mood"]
    strongest = max((abs(reason["effect"] or 0.0) for reason in reasons), default=1.0) or 1.0
    details = []
    for name, confidence in (("primary", "confidence"), ("secondary", "secondary_confidence")):
        key = mood[name]
        # Older results have no mood with a reason: all of their reasons belong to the first side.
        own_reasons = [reason for reason in reasons if reason.get("mood", mood["primary"]) == key]
        ranked = [
            _reason(reason, strongest)
            for reason in sorted(own_reasons, key=_order)
            if reason["effect"] is None or abs(reason["effect"]) >= LEAST_EFFECT
        ]
        supporting = [reason for reason in ranked if reason.is_supporting][:MOST_SUPPORTING]
        own_passages = [passage for passage in passages if key in (passage.primary, passage.secondary)]
        details.append(
            SideDetails(
                name=name,
                side=Side(key, mood[confidence]),
                explanation=explanation_text(answer["explanations"].get(name, ""), key),
                score=_score(answer["scores"], key),
                cnn1d_score=_score(answer["models"]["cnn1d"], key),
                cnn2d_score=_score(answer["models"]["cnn2d"], key),
                peak=peaks.get(name),
                song_percent=percent(sum(one.length_s for one in own_passages) / duration_s) if duration_s else 0,
                passages=_longest(own_passages),
                supporting=supporting,
                opposing=[reason for reason in ranked if not reason.is_supporting][:MOST_OPPOSING],
                main_reason=next((reason for reason in supporting if reason.effect >= MAIN_EFFECT), None),
                has_reasons=bool(own_reasons),
            )
        )
    return details


def conjunction_text(mood: CompositeMood) -> str:
    """Why the sides are joined by "but" or "and"."""
    if mood.second is None:
        return ""
    first, second = word(mood.first.key), word(mood.second.key)
    valence_distance, arousal_distance = first.apart(second)
    if ml_gateway.joined_by(first.key, second.key) == "and":
        return gettext("%(first)s and %(second)s are not far apart in pleasantness and energy") % {
            "first": first.adjective,
            "second": second.adjective,
        }
    if arousal_distance >= valence_distance:
        high, low = (first, second) if first.arousal > second.arousal else (second, first)
        return gettext("%(high)s is much livelier than %(low)s") % {"high": high.adjective, "low": low.adjective}
    high, low = (first, second) if first.valence > second.valence else (second, first)
    return gettext("%(high)s is much more pleasant than %(low)s") % {"high": high.adjective, "low": low.adjective}


def _order(reason: Mapping[str, Any]) -> float:
    """Largest effects first; before them what has no effect of its own, such as the pace."""
    return -math.inf if reason["effect"] is None else -abs(reason["effect"])


def _score(scores: Mapping[str, Any], key: str) -> int:
    return percent(mood_scores(scores)[ml_gateway.term_of(key)])


def _reason(reason: Mapping[str, Any], strongest: float) -> Reason:
    effect = reason["effect"] or 0.0
    # The 1D network does not measure the pace by itself; the training songs support it.
    points = "" if reason["effect"] is None else f"{'+' if effect > 0 else '−'}{grouped(abs(100 * effect), 1)}"
    return Reason(
        text=reason_text(reason),
        points=points,
        width=percent_of(abs(effect), strongest, 1),
        is_supporting=reason["effect"] is None or effect > 0,
        effect=effect,
    )


def _longest(passages: Sequence[Passage]) -> list[TimeRange]:
    """The longest passages in the order of time; adjacent passages that both have the mood count as one."""
    merged: list[tuple[float, float]] = []
    for passage in passages:
        if merged and merged[-1][1] == passage.start_s:
            merged[-1] = (merged[-1][0], passage.end_s)
        else:
            merged.append((passage.start_s, passage.end_s))
    longest = sorted(merged, key=lambda span: span[0] - span[1])[:MOST_PASSAGES]
    return [TimeRange.of(start_s, end_s) for start_s, end_s in sorted(longest)]
