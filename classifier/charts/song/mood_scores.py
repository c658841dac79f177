"""The scores of a result in mood terms, also those of older models, which knew nine emotions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from classifier import ml_gateway


def mood_scores(scores: Mapping[str, Any]) -> dict[str, float]:
    """For each mood term the chance (0..1) that people use such a word.

    The scores of older models have no terms: then the share of listeners for each of the nine emotions, under its term.
    """
    return dict(scores["moods"]) if has_terms(scores) else emotions_by_term(scores)


def emotions_by_term(scores: Mapping[str, Any]) -> dict[str, float]:
    """The share of listeners for each emotion, 0..1, under its term."""
    return {ml_gateway.term_of(key): share for key, share in scores["emotions"].items()}


def has_terms(scores: Mapping[str, Any]) -> bool:
    return "moods" in scores


def comparable_scores(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[dict[str, float], dict[str, float]]:
    """Both in mood terms; if an older model gave one of them, the nine emotions of both."""
    if has_terms(a) and has_terms(b):
        return mood_scores(a), mood_scores(b)
    return emotions_by_term(a), emotions_by_term(b)


def typical_scores(terms: Collection[str], *, of_terms: bool) -> dict[str, float]:
    """What music has on average: how many songs have a word of the term, or how many listeners feel its emotion."""
    if of_terms:
        return {key: ml_gateway.MOODS[key].prevalence for key in terms}
    return {one.term: one.prevalence for one in ml_gateway.EMOTIONS.values() if one.term in terms}


def strongest_mood(moods: Mapping[str, float]) -> str:
    """The mood with the highest score; of equal ones the rarer."""
    return max(moods, key=lambda key: (moods[key], -ml_gateway.MOODS[key].prevalence))


def axis_end(*moods: Mapping[str, float]) -> float:
    """The end of an axis of mood scores: a half, or the next tenth above the highest."""
    highest = max(score for one in moods for score in one.values())
    return min(max(0.5, -(-highest * 10 // 1) / 10), 1.0)
