"""The moods as bars, with the value of each network marked on them; and what listeners feel, as smaller bars."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifier.charts.mood_names import Side
from classifier.charts.primitives import Bar
from classifier.charts.song.mood_scores import axis_end, has_terms, mood_scores


@dataclass(frozen=True)
class MoodBar:
    """One mood's score by both networks together and by each."""

    side: Side
    both: Bar
    cnn1d: Bar
    cnn2d: Bar


@dataclass(frozen=True)
class EmotionBar:
    """The expected share of listeners who feel an emotion."""

    side: Side
    bar: Bar


def mood_bars(scores: Mapping[str, Any], models: Mapping[str, Mapping[str, Any]]) -> list[MoodBar]:
    """The strongest mood first, on an axis that ends at `song_axis_end`."""
    end = song_axis_end(scores, models)
    moods, cnn1d, cnn2d = (mood_scores(one) for one in (scores, models["cnn1d"], models["cnn2d"]))
    return [
        MoodBar(Side(key), Bar.of(moods[key], end), Bar.of(cnn1d[key], end), Bar.of(cnn2d[key], end))
        for key in sorted(moods, key=lambda key: -moods[key])
    ]


def song_axis_end(scores: Mapping[str, Any], models: Mapping[str, Mapping[str, Any]]) -> float:
    """The end of the axis on which a song's moods are drawn, for both networks and for each."""
    return axis_end(*(mood_scores(one) for one in (scores, *models.values())))


def emotion_bars(scores: Mapping[str, Any]) -> list[EmotionBar]:
    """The strongest of the nine emotions first; empty for older models, whose moods are these emotions."""
    if not has_terms(scores):
        return []
    emotions = scores["emotions"]
    end = axis_end(emotions)
    return [
        EmotionBar(Side(key), Bar.of(emotions[key], end)) for key in sorted(emotions, key=lambda key: -emotions[key])
    ]
