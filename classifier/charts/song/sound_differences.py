"""What differs most in the sound of two songs: traits of the sound, in words, ranked by the reference library."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from classifier import ml_gateway
from classifier.charts.metric_text import across
from classifier.charts.number_text import percent

TOLD = 8
LEAST = 0.1
"""Of the library's songs, so many lie between the two where the difference is worth a word."""
BY_FEW = 4
"""Where fewer features than these make up a trait, its first speaks for it; otherwise their mean."""


SPOKEN = {"tempo_bpm": "beats a minute"}


@dataclass(frozen=True)
class Contrast:
    """Places among the library's songs, from its least to its most, in per cent."""

    title: str
    text: str
    a: str
    b: str
    low: str
    high: str
    a_place: int
    b_place: int
    values: str
    """The two numbers, where people have a feeling for them."""


def contrasts(a: Mapping[str, float], b: Mapping[str, float], version: str) -> list[Contrast]:
    """The greatest first; none where the features or the model that would rank them are missing."""
    try:
        rank = ml_gateway.card(version).feature_reference.rank
        pairs = [(trait, _place(trait, a, rank), _place(trait, b, rank)) for trait in ml_gateway.TRAITS if trait.low]
    except (ml_gateway.MoodError, KeyError):
        return []
    pairs = [(trait, one, other) for trait, one, other in pairs if abs(other - one) >= LEAST]
    pairs.sort(key=lambda pair: -abs(pair[2] - pair[1]))
    return [_contrast(trait, one, other, a, b) for trait, one, other in pairs[:TOLD]]


def key_words(features: Mapping[str, float]) -> str:
    """ "A minor"; empty for songs whose features were not kept."""
    return ml_gateway.key_name(features["key"], features.get("mode", 1)) if "key" in features else ""


def _place(trait: ml_gateway.Trait, values: Mapping[str, float], rank: Callable[[str, float], float]) -> float:
    """Below which share of the library's songs one lies, 0..1."""
    names = trait.features[:1] if len(trait.features) < BY_FEW else trait.features
    return sum(rank(name, values[name]) for name in names) / len(names)


def _contrast(
    trait: ml_gateway.Trait, one: float, other: float, a: Mapping[str, float], b: Mapping[str, float]
) -> Contrast:
    low, high = sorted((one, other))
    told = trait.features[0] if trait.features[0] in SPOKEN else ""
    return Contrast(
        title=trait.title,
        text=f"B is {trait.high if other > one else trait.low}",
        **{place: across(rank) for place, rank in (("a", one), ("b", other), ("low", low), ("high", high))},
        a_place=percent(one),
        b_place=percent(other),
        values=f"{a[told]:.0f} and {b[told]:.0f} {SPOKEN[told]}" if told else "",
    )
