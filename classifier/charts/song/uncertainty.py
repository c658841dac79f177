"""Why a result is "Mixed": the rule, and the known causes that apply to the song."""

from collections.abc import Mapping, Sequence
from typing import Any

from classifier import ml_gateway
from classifier.charts.number_text import percent
from classifier.charts.song.genre_rules import STRONGEST
from classifier.charts.song.network_comparison import strongest
from classifier.charts.song.passages import Passage

WEAK_RANK = 0.35
"""Percentile among other songs; below it, no emotion is strong."""
CLOSE_SHARES = 0.03
"""Shares closer than this are practically equal."""
DOMINANT_PART = 0.5
"""A mood that comes first in less than this part of a song does not dominate it."""


def uncertainty_reasons(
    answer: Mapping[str, Any],
    network: str,
    ranks: Mapping[str, float],
    passages: Sequence[Passage],
    duration_s: float,
) -> list[str]:
    """Sentences, the rule first; empty if a mood is stated."""
    mood, emotions = answer["mood"], answer["scores"]["emotions"]
    if mood["certain"]:
        return []
    reasons = [_rule(mood, network, answer["model_version"])]
    rank = ranks.get(STRONGEST, 1.0)
    if rank <= WEAK_RANK:
        reasons.append(
            f"No emotion is strong: {percent(max(emotions.values()))} of 100 listeners are expected to feel the "
            f"strongest one, less than in {round(100 * (1 - rank))} % of songs."
        )
    first, *others = sorted(emotions, key=lambda key: -emotions[key])
    close = [first, *(key for key in others if emotions[first] - emotions[key] < CLOSE_SHARES)]
    if len(close) > 1:
        names = ", ".join(f"{ml_gateway.MOODS[key].adjective} {percent(emotions[key])} %" for key in close)
        reasons.append(f"Several emotions are equally strong: {names}.")
    if answer["agreement"] < ml_gateway.DISAGREE_BELOW:
        reasons.append(_disagreement(answer["models"], answer["agreement"]))
    longest = _longest_mood(passages)
    if longest and duration_s and longest[1] / duration_s < DOMINANT_PART:
        key, length_s = longest
        reasons.append(
            "The mood changes: none comes first for half of the song. "
            f"{ml_gateway.MOODS[key].adjective} lasts longest, for {percent(length_s / duration_s)} % of it."
        )
    return reasons


def _rule(mood: Mapping[str, Any], network: str, model_version: str) -> str:
    best = f"{ml_gateway.MOODS[mood['primary']].adjective}, the best candidate, reaches {percent(mood['confidence'])} %"
    try:
        threshold = ml_gateway.card(model_version).calibration(network).threshold
    except ml_gateway.MoodError:
        return f"{best}, which is too low for this model to state a mood."
    return f"{best}. Below {percent(threshold)} % this model states no mood, because it would be wrong too often."


def _disagreement(models: Mapping[str, Mapping[str, Any]], agreement: float) -> str:
    cnn1d, cnn2d = (ml_gateway.MOODS[strongest(models[name]["emotions"])].adjective for name in ("cnn1d", "cnn2d"))
    disagree = f"The two networks disagree (agreement {percent(agreement)} %)"
    if cnn1d == cnn2d:
        return f"{disagree}, although both put {cnn1d} first."
    return f"{disagree}: the 1D network puts {cnn1d} first, the 2D network {cnn2d}."


def _longest_mood(passages: Sequence[Passage]) -> tuple[str, float] | None:
    lengths: dict[str, float] = {}
    for passage in passages:
        lengths[passage.primary] = lengths.get(passage.primary, 0.0) + passage.length_s
    return max(lengths.items(), key=lambda pair: pair[1]) if lengths else None
