"""Why no mood is stated: what a "mixed" answer rests on."""

from collections.abc import Mapping, Sequence
from typing import Any

from classifier import ml_gateway
from classifier.charts.number_text import percent
from classifier.charts.song.genre_rules import STRONGEST
from classifier.charts.song.network_comparison import strongest
from classifier.charts.song.passages import Passage

WEAK = 0.35
"""As a rank: below it, few listeners feel any one thing, compared with other songs."""
CLOSE = 0.03
"""Shares less than this apart are as good as equal."""
SELDOM = 0.5
"""A mood that comes first in less than this part of a song does not carry it."""


def doubts(
    answer: Mapping[str, Any], network: str, ranks: Mapping[str, float], way: Sequence[Passage], duration_s: float
) -> list[str]:
    """Sentences, the rule first, then whatever of the known causes holds; nothing where a mood is stated."""
    mood, emotions = answer["mood"], answer["scores"]["emotions"]
    if mood["certain"]:
        return []
    told = [_rule(mood, network, answer["model_version"])]
    rank = ranks.get(STRONGEST, 1.0)
    if rank <= WEAK:
        told.append(
            f"No emotion is strong: the strongest is expected of {percent(max(emotions.values()))} of 100 listeners, "
            f"less than in {round(100 * (1 - rank))} % of songs."
        )
    first, *others = sorted(emotions, key=lambda key: -emotions[key])
    close = [first, *(key for key in others if emotions[first] - emotions[key] < CLOSE)]
    if len(close) > 1:
        names = ", ".join(f"{ml_gateway.MOODS[key].adjective} {percent(emotions[key])} %" for key in close)
        told.append(f"Nothing leads: {names}.")
    if answer["agreement"] < ml_gateway.DISAGREE_BELOW:
        told.append(_apart(answer["models"], answer["agreement"]))
    leading = _leading(way)
    if leading and duration_s and leading[1] / duration_s < SELDOM:
        told.append(
            f"It changes: no mood comes first for half of the song, {ml_gateway.MOODS[leading[0]].adjective} longest, "
            f"{percent(leading[1] / duration_s)} % of it."
        )
    return told


def _rule(mood: Mapping[str, Any], network: str, model_version: str) -> str:
    best = f"{ml_gateway.MOODS[mood['primary']].adjective}, the best candidate, reaches {percent(mood['confidence'])} %"
    try:
        threshold = ml_gateway.card(model_version).calibration(network).threshold
    except ml_gateway.MoodError:
        return f"{best}: too little for this model to state a mood."
    return f"{best}; below {percent(threshold)} % this model states no mood, since it would too often be wrong."


def _apart(models: Mapping[str, Mapping[str, Any]], agreement: float) -> str:
    one, two = (ml_gateway.MOODS[strongest(models[name]["emotions"])].adjective for name in ("cnn1d", "cnn2d"))
    disagree = f"The two networks disagree (agreement {percent(agreement)} %)"
    if one == two:
        return f"{disagree}, though both put {one} first."
    return f"{disagree}: the 1D network hears {one} first, the 2D network {two}."


def _leading(way: Sequence[Passage]) -> tuple[str, float] | None:
    lengths: dict[str, float] = {}
    for passage in way:
        lengths[passage.primary] = lengths.get(passage.primary, 0.0) + passage.length_s
    return max(lengths.items(), key=lambda pair: pair[1]) if lengths else None
