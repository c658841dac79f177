"""The two sides of a composite mood explained: what speaks for each, where it is heard, and why they are joined so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from classifier import ml_gateway
from classifier.charts.mood_names import Headline, Side
from classifier.charts.number_text import clock, percent
from classifier.charts.song.mood_timeline import LONGEST_PASSAGE_S
from classifier.charts.song.passages import Passage
from classifier.charts.song.strongest_passages import Peak

FOR, AGAINST = 4, 2
STRETCHES = 3
LEAST_EFFECT = 0.002
"""Of the share of listeners; less is nothing that a person should be told."""
CHIEF_EFFECT = 0.01
"""From here on, one listener in a hundred, a reason can stand for a side."""


@dataclass(frozen=True)
class Reason:
    """One thing in the sound; `points` is by how many listeners of a hundred it moves the side's share."""

    text: str
    points: str
    width: str
    speaks_for: bool
    effect: float


@dataclass(frozen=True)
class Stretch:
    time: str
    start_s: str
    end_s: str
    cut_end_s: str


@dataclass(frozen=True)
class SideView:
    """One side; `name` is "primary" or "secondary"."""

    name: str
    side: Side
    listeners: int
    one: int
    two: int
    peak: Peak | None
    present: int
    stretches: list[Stretch]
    speaks_for: list[Reason]
    speaks_against: list[Reason]
    chief: Reason | None
    """What speaks for it most, if anything speaks for it clearly."""
    known: bool
    """Whether reasons were sought for this side at all."""


def side_views(
    answer: Mapping[str, Any],
    reasons: Sequence[Mapping[str, Any]],
    found: Mapping[str, Peak],
    way: Sequence[Passage],
    duration_s: float,
) -> list[SideView]:
    mood = answer["mood"]
    strongest = max((abs(reason["effect"]) for reason in reasons), default=1.0) or 1.0
    views = []
    for name, confidence in (("primary", "confidence"), ("secondary", "secondary_confidence")):
        key = mood[name]
        # Before reasons named their mood, they were told of the first side alone.
        own = [reason for reason in reasons if reason.get("mood", mood["primary"]) == key]
        told = [
            _reason(reason, strongest)
            for reason in sorted(own, key=lambda reason: -abs(reason["effect"]))
            if abs(reason["effect"]) >= LEAST_EFFECT
        ]
        speaks_for = [reason for reason in told if reason.speaks_for][:FOR]
        heard = [passage for passage in way if key in (passage.primary, passage.secondary)]
        views.append(
            SideView(
                name=name,
                side=Side(key, mood[confidence]),
                listeners=percent(answer["scores"]["emotions"][key]),
                one=percent(answer["models"]["cnn1d"]["emotions"][key]),
                two=percent(answer["models"]["cnn2d"]["emotions"][key]),
                peak=found.get(name),
                present=percent(sum(one.length_s for one in heard) / duration_s) if duration_s else 0,
                stretches=_stretches(heard),
                speaks_for=speaks_for,
                speaks_against=[reason for reason in told if not reason.speaks_for][:AGAINST],
                chief=next((reason for reason in speaks_for if reason.effect >= CHIEF_EFFECT), None),
                known=bool(own),
            )
        )
    return views


def joint_words(mood: Headline) -> str:
    """Why the sides are joined by "but" or by "and"."""
    if mood.second is None:
        return ""
    first, second = ml_gateway.MOODS[mood.first.key], ml_gateway.MOODS[mood.second.key]
    pleasant, lively = first.apart(second)
    if ml_gateway.joined_by(first.key, second.key) == "and":
        return "neither side is far from the other in how pleasant or how lively it is"
    if lively >= pleasant:
        high, low = (first, second) if first.arousal > second.arousal else (second, first)
        return f"{high.adjective} is much livelier than {low.adjective}"
    high, low = (first, second) if first.valence > second.valence else (second, first)
    return f"{high.adjective} is much more pleasant than {low.adjective}"


def _reason(reason: Mapping[str, Any], strongest: float) -> Reason:
    effect = reason["effect"]
    return Reason(
        text=reason["text"][:1].upper() + reason["text"][1:],
        points=f"{'+' if effect > 0 else '−'}{abs(100 * effect):.1f}",
        width=f"{100 * abs(effect) / strongest:.1f}%",
        speaks_for=effect > 0,
        effect=effect,
    )


def _stretches(heard: Sequence[Passage]) -> list[Stretch]:
    """The longest of them, in the order in which they are heard; neighbours that both have the mood are one."""
    joined: list[tuple[float, float]] = []
    for passage in heard:
        if joined and joined[-1][1] == passage.start_s:
            joined[-1] = (joined[-1][0], passage.end_s)
        else:
            joined.append((passage.start_s, passage.end_s))
    longest = sorted(joined, key=lambda span: span[0] - span[1])[:STRETCHES]
    return [
        Stretch(
            time=f"{clock(start_s)}–{clock(end_s)}",
            start_s=f"{start_s:.2f}",
            end_s=f"{end_s:.2f}",
            cut_end_s=f"{min(end_s, start_s + LONGEST_PASSAGE_S):.2f}",
        )
        for start_s, end_s in sorted(longest)
    ]
