"""What own models say of a song, as bars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifier.charts.primitives import Bar
from classifier.charts.song.vocabularies import LabelBar
from classifier.own_model_models import OWN_MODELS


@dataclass(frozen=True)
class OwnAnswer:
    name: str
    version: str
    predicted: str
    labels: list[LabelBar]
    """The likeliest first."""


@dataclass(frozen=True)
class OwnComparison:
    """The chances of one mood of one model, of the songs A and B; empty where it has not read one of them."""

    title: str
    a: str
    b: str


def own_answers(answer: Mapping[str, Any]) -> list[OwnAnswer]:
    return [_own_answer(one) for one in answer.get(OWN_MODELS, ())]


def own_comparison(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[OwnComparison]:
    """Of models that have read at least one of the songs."""
    sides = [{(one.name, one.version): one for one in own_answers(answer)} for answer in (a, b)]
    rows = []
    for key in dict.fromkeys([*sides[0], *sides[1]]):
        bars = [{label.name: label.bar for label in side[key].labels} if key in side else {} for side in sides]
        rows += [
            OwnComparison(f"{key[0]}: {mood}", *(f"{one[mood].percent} %" if mood in one else "–" for one in bars))
            for mood in dict.fromkeys([*bars[0], *bars[1]])
        ]
    return rows


def _own_answer(one: Mapping[str, Any]) -> OwnAnswer:
    chances = sorted(one["chances"].items(), key=lambda item: -item[1])
    labels = [LabelBar(mood, Bar.of(chance), mood in one["moods"]) for mood, chance in chances]
    return OwnAnswer(one["name"], one["version"], " and ".join(one["moods"]), labels)
