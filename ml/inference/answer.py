"""From scores to the answer, the JSON that pages and the API return. The web process imports it for views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ml.models.card import Card
from ml.models.score_vector import agreement
from ml.moods.recalibration import Recalibration

DECIMALS = 4
BASE = "base"
"""In a recalibrated answer: what the model itself says in place of it."""


def compose_answer(
    models: Mapping[str, Mapping[str, Any]],
    combined: Mapping[str, Any],
    segments: list[dict[str, Any]],
    card: Card,
) -> dict[str, Any]:
    """The answer for both networks together: mood, alternatives, genres, agreement, scores, models and segments.

    `models`: the song's scores by network. Each of `segments` has start_s, end_s, and scores and models, or
    silent=True.
    """
    return {
        **_composed(combined, card, "both"),
        "agreement": agreement(models["cnn1d"], models["cnn2d"]),
        "scores": dict(combined),
        "models": {name: dict(scores) for name, scores in models.items()},
        "segments": [_segment(segment, card) for segment in sorted(segments, key=lambda segment: segment["start_s"])],
    }


def network_view(stored: Mapping[str, Any], network: str, card: Card) -> dict[str, Any]:
    """A stored answer as "cnn1d" or "cnn2d" alone gives it, from its stored scores; "both" is the answer itself.

    The mood, alternatives, genres, scores, and the segments' moods and scores are those of that network, by the
    rules of the model that gave the answer; `card` is that model's. An answer without segments gives a view without
    segments.
    """
    if network == "both":
        return dict(stored)
    scores = stored["models"][network]
    view = dict(stored) | _composed(scores, card, network) | {"scores": scores}
    if "segments" in stored:
        view["segments"] = [
            segment
            if segment.get("silent")
            else segment
            | {"scores": segment["models"][network], "mood": _mood(segment["models"][network], card, network)}
            for segment in stored["segments"]
        ]
    return view


def recalibrated_answer(stored: Mapping[str, Any], recalibration: Recalibration, card: Card) -> dict[str, Any]:
    """A stored answer with a person's chances of the moods, and the name that follows from them by the model's rule.

    Mood, alternatives, genres and the chances in its scores change; what they were is kept as "base". Segments, reasons
    and the scores of each network stay those of the model; a side without reasons has no explanation. One that is
    recalibrated already starts from its base again.
    """
    original = restored_answer(stored)
    chances = recalibration.chances(original["scores"], original["models"])
    scores = {**original["scores"], "moods": chances}
    changed = _composed(scores, card, "both") | {"scores": scores}
    base = {name: original[name] for name in ("mood", "alternatives", "genres")}
    base["moods"] = original["scores"]["moods"]
    explanations = original.get("explanations", {})
    text_of = {original["mood"][side]: text for side, text in explanations.items()}
    moved = {side: text_of[term] for side in explanations if (term := changed["mood"][side]) in text_of}
    if moved != explanations:
        changed["explanations"], base["explanations"] = moved, explanations
    return {**original, **changed, BASE: base}


def restored_answer(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of the model itself, exactly as it was before it was recalibrated."""
    answer = dict(stored)
    base = answer.pop(BASE, None)
    if base is None:
        return answer
    base = dict(base)
    return {**answer, "scores": {**answer["scores"], "moods": base.pop("moods")}, **base}


def _composed(scores: Mapping[str, Any], card: Card, network: str) -> dict[str, Any]:
    composite = card.rules(network).compose(scores)
    return {
        "mood": composite.to_json(),
        "alternatives": [dict(alternative) for alternative in composite.alternatives],
        "genres": {name: round(strength, DECIMALS) for name, strength in composite.genres.items()},
    }


def _segment(segment: Mapping[str, Any], card: Card) -> dict[str, Any]:
    if segment.get("silent"):
        return {**segment, "mood": None, "scores": None, "models": None}
    return {**segment, "silent": False, "mood": _mood(segment["scores"], card, "both")}


def _mood(scores: Mapping[str, Any], card: Card, network: str) -> dict[str, Any]:
    return card.rules(network).compose(scores).to_json()
