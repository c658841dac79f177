"""How often each mood genre is assigned, and for which music the model is weak."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.active_words import genre_in_words, genre_title
from classifier.charts.metric_text import Metric, card_value
from classifier.charts.number_text import percent
from classifier.charts.primitives import percent_of
from classifier.charts.song.genre_rules import rule_text
from classifier.localized import grouped

LEAST_SONGS = 15
"""Fewer songs say too little: the confidence interval would cover half of the scale."""
DATASET_TITLES = {"4qaed": "4Q", "mirex": "MIREX-like", "emotify": "Emotify"}


@dataclass(frozen=True)
class Share:
    title: str
    percent: str


@dataclass(frozen=True)
class Example:
    dataset: str
    file: str
    labels: str


@dataclass(frozen=True)
class GenreFrequency:
    genre: ml_gateway.AnyGenre
    rule: str
    percent: str
    width: str
    datasets: list[Share]
    runners_up: list[Share]
    runner_up: str
    """The most frequent one alone, for older cards that have no more."""
    examples: list[Example]


@dataclass(frozen=True)
class MusicGenreMetric:
    """One genre of music. `is_weak` if its interval lies below the value for all music."""

    name: str
    count: int
    metric: Metric
    is_weak: bool


@dataclass(frozen=True)
class MusicGenreGroup:
    title: str
    text: str
    overall: Metric | None
    rows: list[MusicGenreMetric]
    weak_text: str


def genre_frequencies(card: Mapping[str, Any]) -> list[GenreFrequency]:
    """The mood genres, the most frequent first."""
    shares = card_value(card, "genres", "shares", "all") or {}
    rules = ml_gateway.genres(str(card.get("version", "")))
    genres = [(rules[name], float(share)) for name, share in shares.items() if name in rules]
    return [_genre(card, genre, share) for genre, share in sorted(genres, key=lambda pair: -pair[1])]


def _genre(card: Mapping[str, Any], genre: ml_gateway.AnyGenre, share: float) -> GenreFrequency:
    by_dataset = {name: shares for name, shares in card["genres"]["shares"].items() if name != "all"}
    runners_up = card_value(card, "genres", "confused_with", genre.name) or {}
    runner_up = card_value(card, "genres", "rivals", genre.name)
    return GenreFrequency(
        genre=genre_in_words(genre),
        rule=rule_text(genre),
        percent=grouped(100 * share, 1),
        width=percent_of(share),
        datasets=[
            Share(dataset_title(key), grouped(100 * shares[genre.name], 1)) for key, shares in by_dataset.items()
        ],
        runners_up=[
            Share(genre_title(name), str(percent(frequency)))
            for name, frequency in sorted(runners_up.items(), key=lambda pair: -pair[1])[:3]
            if name in ml_gateway.GENRES and frequency > 0
        ],
        runner_up=genre_title(runner_up) if runner_up in ml_gateway.GENRES else "",
        examples=[
            Example(dataset_title(one["collection"]), one["file"], _labels_text(one.get("labels")))
            for one in card_value(card, "genres", "examples", genre.name) or ()
        ],
    )


def _labels_text(labels: Any) -> str:
    return labels if isinstance(labels, str) else ", ".join(map(str, labels or ()))


def music_genre_groups(card: Mapping[str, Any]) -> list[MusicGenreGroup]:
    """By genre of music, the weakest first."""
    groups = (
        (
            "4qaed",
            "accuracy",
            True,
            gettext("Accuracy for the mood quadrant"),
            gettext("Recordings of 4Q, by the genre in their catalogue."),
        ),
        (
            "emotify",
            "mean_r",
            False,
            gettext("Correlation with listeners’ emotions"),
            gettext(
                "Recordings of Emotify, by genre. Songs of one genre are more alike, so each value is lower than "
                "overall."
            ),
        ),
    )
    drawn = [_music_group(card, *group) for group in groups]
    return [group for group in drawn if group.rows]


def _music_group(
    card: Mapping[str, Any], dataset: str, key: str, as_percent: bool, title: str, text: str
) -> MusicGenreGroup:
    # Correlations within a genre cannot be compared with the overall one: songs of one genre are more alike.
    overall = Metric.from_card(card_value(card, "metrics", "both", dataset, key)) if as_percent else None
    rows = []
    for genre, entry in (card_value(card, "by_genre", dataset) or {}).items():
        metric = Metric.from_card(entry.get(key), as_percent=as_percent)
        if metric is not None:
            rows.append(MusicGenreMetric(str(genre), int(entry["count"]), metric, _is_weak(metric, overall)))
    rows.sort(key=lambda row: row.metric.value)
    return MusicGenreGroup(title, text, overall, rows, _weak_text(rows, overall))


def _is_weak(metric: Metric, overall: Metric | None) -> bool:
    return overall is not None and metric.high is not None and metric.high < overall.value


def _weak_text(rows: list[MusicGenreMetric], overall: Metric | None) -> str:
    weak = [row.name for row in rows if row.is_weak]
    if weak:
        return gettext("Clearly below the overall accuracy: %(names)s.") % {"names": ", ".join(weak)}
    if overall is not None and any(row.metric.high is not None for row in rows):
        return gettext("No genre is clearly below the overall accuracy, but each has few recordings.")
    return (
        gettext("Lowest: %(lowest)s; highest: %(highest)s.") % {"lowest": rows[0].name, "highest": rows[-1].name}
        if len(rows) > 1
        else ""
    )


def dataset_title(key: str) -> str:
    return DATASET_TITLES.get(key, key)
