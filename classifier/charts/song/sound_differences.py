"""The largest differences in the sound of two songs: traits of the sound, ranked by the reference library."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.charts.number_text import percent
from classifier.charts.primitives import percent_of
from classifier.localized import key_name

MOST_DIFFERENCES = 8
LEAST_DIFFERENCE = 0.1
"""Between two percentile ranks (0..1); smaller ones are left out."""
LEAST_AVERAGED_FEATURES = 4
"""A trait of fewer features is ranked by its first feature, otherwise by the mean rank of all."""
UNITS = {"tempo_bpm": "BPM"}
"""Features whose values most people know how to read."""


@dataclass(frozen=True)
class SoundDifference:
    """Percentile ranks of both songs in the reference library."""

    title: str
    text: str
    a_x: str
    b_x: str
    low_x: str
    high_x: str
    a_rank: int
    b_rank: int
    values: str


def sound_differences(a: Mapping[str, float], b: Mapping[str, float], version: str) -> list[SoundDifference]:
    """The largest first; empty if the features, or the model that ranks them, are missing."""
    try:
        rank = ml_gateway.card(version).feature_reference.rank
        ranks = [(trait, _rank(trait, a, rank), _rank(trait, b, rank)) for trait in ml_gateway.TRAITS if trait.low]
    except (ml_gateway.MoodError, KeyError):
        return []
    ranks = [(trait, rank_a, rank_b) for trait, rank_a, rank_b in ranks if abs(rank_b - rank_a) >= LEAST_DIFFERENCE]
    ranks.sort(key=lambda row: -abs(row[2] - row[1]))
    return [_difference(trait, rank_a, rank_b, a, b) for trait, rank_a, rank_b in ranks[:MOST_DIFFERENCES]]


def key_text(features: Mapping[str, float]) -> str:
    """ "A minor"; empty for songs without stored features."""
    return key_name(features["key"], features.get("mode", 1)) if "key" in features else ""


def _rank(trait: ml_gateway.Trait, values: Mapping[str, float], rank: Callable[[str, float], float]) -> float:
    names = trait.features[:1] if len(trait.features) < LEAST_AVERAGED_FEATURES else trait.features
    return sum(rank(name, values[name]) for name in names) / len(names)


def _values_text(a: float, b: float, unit: str) -> str:
    return gettext("%(a)s and %(b)s %(unit)s") % {"a": f"{a:.0f}", "b": f"{b:.0f}", "unit": unit}


def _difference(
    trait: ml_gateway.Trait, rank_a: float, rank_b: float, a: Mapping[str, float], b: Mapping[str, float]
) -> SoundDifference:
    feature = trait.features[0]
    return SoundDifference(
        title=gettext(trait.title),
        text=gettext("B is %(difference)s") % {"difference": gettext(trait.high if rank_b > rank_a else trait.low)},
        a_x=percent_of(rank_a),
        b_x=percent_of(rank_b),
        low_x=percent_of(min(rank_a, rank_b)),
        high_x=percent_of(max(rank_a, rank_b)),
        a_rank=percent(rank_a),
        b_rank=percent(rank_b),
        values=_values_text(a[feature], b[feature], UNITS[feature]) if feature in UNITS else "",
    )
