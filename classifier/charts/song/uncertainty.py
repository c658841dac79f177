"""Why a result is "Mixed": the rule, and the known causes that apply to the song."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext

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
        reasons.append(gettext("Several moods are equally strong: %(moods)s.") % {"moods": names})
    if answer["agreement"] < ml_gateway.DISAGREE_BELOW:
        reasons.append(_disagreement(firsts, answer["agreement"]))
    longest = _longest_mood(passages)
    if longest and duration_s and longest[1] / duration_s < DOMINANT_PART:
        key, length_s = longest
        text = gettext(
            "The mood changes: none comes first for half of the song. %(mood)s lasts longest, for %(percent)s %% of it."
        )
        reasons.append(text % {"mood": word(key).adjective, "percent": percent(length_s / duration_s)})
    return reasons


def _weakness(moods: Mapping[str, float], ranks: Mapping[str, float], *, of_terms: bool) -> list[str]:
    first = strongest_mood(moods)
    rank = ranks.get(first if of_terms else STRONGEST, 1.0)
    if rank > WEAK_RANK:
        return []
    values = {
        "mood": word(first).adjective,
        "score": percent(moods[first]),
        "percent": min(round(100 * (1 - rank)), 99),
    }
    if of_terms:
        text = gettext(
            "No mood is strong: %(mood)s has the highest chance, %(score)s %%, less than in %(percent)s %% of songs."
        )
    else:
        text = gettext(
            "No emotion is strong: %(score)s of 100 listeners are expected to feel the strongest one, less than in "
            "%(percent)s %% of songs."
        )
    return [text % values]


def _rule(mood: Mapping[str, Any], network: str, model_version: str) -> str:
    values = {"mood": word(mood["primary"]).adjective, "percent": percent(mood["confidence"])}
    try:
        threshold = ml_gateway.card(model_version).calibration(network).threshold
    except ml_gateway.MoodError:
        text = gettext(
            "%(mood)s, the best candidate, reaches %(percent)s %%, which is too low for this model to state a mood."
        )
        return text % values
    text = gettext(
        "%(mood)s, the best candidate, reaches %(percent)s %%. Below %(threshold)s %% this model states no mood, "
        "because it would be wrong too often."
    )
    return text % {**values, "threshold": percent(threshold)}


def _disagreement(firsts: Mapping[str, str], agreement: float) -> str:
    cnn1d, cnn2d = (word(firsts[name]).adjective for name in ("cnn1d", "cnn2d"))
    values = {"percent": percent(agreement), "cnn1d": cnn1d, "cnn2d": cnn2d}
    if cnn1d == cnn2d:
        text = gettext("The two networks disagree (agreement %(percent)s %%), although both put %(cnn1d)s first.")
        return text % values
    text = gettext(
        "The two networks disagree (agreement %(percent)s %%): the 1D network puts %(cnn1d)s first, the 2D network "
        "%(cnn2d)s."
    )
    return text % values


def _longest_mood(passages: Sequence[Passage]) -> tuple[str, float] | None:
    lengths: dict[str, float] = {}
    for passage in passages:
        lengths[passage.primary] = lengths.get(passage.primary, 0.0) + passage.length_s
    return max(lengths.items(), key=lambda pair: pair[1]) if lengths else None
