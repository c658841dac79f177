"""How often answers fit what a person said of them, each with its interval and with how often they do elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from classifier.charts.metric_text import Metric, card_value, wilson_interval
from classifier.charts.primitives import percent_of
from classifier.library.label_agreement import Fit, Judgement

FITS = (
    (Fit.WHOLE, "Fits", "both moods are yours"),
    (Fit.HALF, "Half fits", "one of the two is"),
    (Fit.MISS, "Does not fit", "neither is, or you said no more than that"),
)
"""In the order of the bar; `Fit.OPEN` is no judgement of the answer that stands now."""


@dataclass(frozen=True)
class Share:
    """A part of the bar. Places in per cent of its width."""

    fit: str
    title: str
    text: str
    songs: int
    x: str
    width: str
    share: Metric


@dataclass(frozen=True)
class Asked:
    """One question to every song that can answer it."""

    title: str
    right: int
    songs: int
    figure: Metric
    beside: Metric | None
    """How often it is so for the listeners whose songs the model was measured on."""

    @property
    def told(self) -> str:
        return f"{self.right} of {self.songs} {'song' if self.songs == 1 else 'songs'}"


def shares(found: Sequence[Judgement]) -> list[Share]:
    """What all judgements come to, as one bar; empty where none is of an answer that stands."""
    counts = {fit: sum(one.songs for one in found if one.fit == fit) for fit, _, _ in FITS}
    total = sum(counts.values())
    drawn, before = [], 0
    for fit, title, text in FITS:
        songs = counts[fit]
        if songs:
            place, width = percent_of(before / total), percent_of(songs / total)
            drawn.append(Share(fit.value, title, text, songs, place, width, _measured(songs, total)))
        before += songs
    return drawn


def questions(found: Sequence[Judgement], card: Mapping[str, Any]) -> list[Asked]:
    """Questions that no song answers are left out."""
    said = [one for one in found if one.said]
    # Who only disagreed has said at least that the whole is wrong.
    whole = [one for one in found if len(one.said) == 2 or (not one.said and one.fit == Fit.MISS)]
    asked = (
        ("Its first mood is one of yours", said, [one for one in said if one.heard[0] in one.said], "first_side_right"),
        (
            "At least one of its moods is",
            said,
            [one for one in said if set(one.heard) & set(one.said)],
            "one_side_right",
        ),
        ("Both of its moods are", whole, [one for one in whole if one.fit == Fit.WHOLE], "pair_exact"),
    )
    return [
        _asked(title, _songs(right), _songs(of), card_value(card, "composite", "both", "figures", figure))
        for title, of, right, figure in asked
        if of
    ]


def _asked(title: str, right: int, songs: int, elsewhere: Any) -> Asked:
    return Asked(title, right, songs, _measured(right, songs), Metric.from_card(elsewhere))


def _songs(found: Iterable[Judgement]) -> int:
    return sum(one.songs for one in found)


def _measured(right: int, songs: int) -> Metric:
    share = right / songs
    return Metric(share, *wilson_interval(share, songs))
