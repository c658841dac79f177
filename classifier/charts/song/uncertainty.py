"""Why a result is "Mixed": the rule, and the known causes that apply to the song."""

from collections.abc import Mapping, Sequence
from typing import Any

from classifier import ml_gateway
from classifier.charts.mood_names import word
from classifier.charts.number_text import percent
from classifier.charts.song.genre_rules import STRONGEST
from classifier.charts.song.mood_scores import has_terms, mood_scores, strongest_mood
from classifier.charts.song.passages import Passage

WEAK_RANK = 0.35
"""Percentile among other songs; below it, no mood is strong."""
CLOSE_SCORES = 0.03
"""Scores closer than this are practically equal."""
DOMINANT_PART = 0.5
"""A mood that comes first in less than this part of a song does not dominate it."""


def uncertainty_reasons(
    answer: Mapping[str, Any],
    network: str,
    ranks: Mapping[str, float],
    passages: Sequence[Passage],
    duration_s: float,
    firsts: Mapping[str, str],
) -> list[str]:
    """Sentences, the rule first; empty if a mood is stated. `firsts` is the mood that each network puts first."""
    mood, scores = answer["mood"], answer["scores"]
    if mood["certain"]:
        return []
    moods = mood_scores(scores)
    reasons = [_rule(mood, network, answer["model_version"])]
    reasons += _weakness(moods, ranks, of_terms=has_terms(scores))
    first, *others = sorted(moods, key=lambda key: -moods[key])
    close = [first, *(key for key in others if moods[first] - moods[key] < CLOSE_SCORES)]
    if len(close) > 1:
        names = ", ".join(f"{word(key).adjective} {percent(moods[key])} %" for key in close)
        reasons.append(f"Several moods are equally strong: {names}.")
    if answer["agreement"] < ml_gateway.DISAGREE_BELOW:
        reasons.append(_disagreement(firsts, answer["agreement"]))
    longest = _longest_mood(passages)
    if longest and duration_s and longest[1] / duration_s < DOMINANT_PART:
        key, length_s = longest
        reasons.append(
            "The mood changes: none comes first for half of the song. "
            f"{word(key).adjective} lasts longest, for {percent(length_s / duration_s)} % of it."
        )
    return reasons


def _weakness(moods: Mapping[str, float], ranks: Mapping[str, float], *, of_terms: bool) -> list[str]:
    first = strongest_mood(moods)
    rank = ranks.get(first if of_terms else STRONGEST, 1.0)
    if rank > WEAK_RANK:
        return []
    score = percent(moods[first])
    less = f"less than in {min(round(100 * (1 - rank)), 99)} % of songs"
    if of_terms:
        return [f"No mood is strong: {word(first).adjective} has the highest chance, {score} %, {less}."]
    return [f"No emotion is strong: {score} of 100 listeners are expected to feel the strongest one, {less}."]


def _rule(mood: Mapping[str, Any], network: str, model_version: str) -> str:
    best = f"{word(mood['primary']).adjective}, the best candidate, reaches {percent(mood['confidence'])} %"
    try:
        threshold = ml_gateway.card(model_version).calibration(network).threshold
    except ml_gateway.MoodError:
        return f"{best}, which is too low for this model to state a mood."
    return f"{best}. Below {percent(threshold)} % this model states no mood, because it would be wrong too often."


def _disagreement(firsts: Mapping[str, str], agreement: float) -> str:
    cnn1d, cnn2d = (word(firsts[name]).adjective for name in ("cnn1d", "cnn2d"))
    disagree = f"The two networks disagree (agreement {percent(agreement)} %)"
    if cnn1d == cnn2d:
        return f"{disagree}, although both put {cnn1d} first."
    return f"{disagree}: the 1D network puts {cnn1d} first, the 2D network {cnn2d}."


def _longest_mood(passages: Sequence[Passage]) -> tuple[str, float] | None:
    lengths: dict[str, float] = {}
    for passage in passages:
        lengths[passage.primary] = lengths.get(passage.primary, 0.0) + passage.length_s
    return max(lengths.items(), key=lambda pair: pair[1]) if lengths else None
