"""What was measured, in groups: each measure of both networks and of each, beside what plainer methods reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifier.charts.metric_text import Figure, part

LANE_HEIGHT = 16
VIEWS = (("both", "Both"), ("cnn1d", "1D network"), ("cnn2d", "2D network"))
BASELINES = (("plain_svm", "Plain method"), ("most_frequent", "Always the most frequent"))
TITLES = dict((*VIEWS, *BASELINES))


@dataclass(frozen=True)
class Measure:
    """Where a card holds a figure, and how it is called."""

    place: tuple[str, ...]
    """Keys of the card's figure; "*" stands for who is measured."""
    baseline: tuple[str, ...]
    text: str
    name: str
    as_percent: bool = True


@dataclass(frozen=True)
class Lane:
    """One who is measured: a mark with its interval."""

    kind: str
    title: str
    figure: Figure
    y: int


@dataclass(frozen=True)
class Row:
    text: str
    name: str
    lanes: list[Lane]
    baselines: list[Lane]
    height: int

    @property
    def first(self) -> Lane:
        return self.lanes[0]

    @property
    def others(self) -> list[Lane]:
        return [*self.lanes[1:], *self.baselines]

    def exact(self, kind: str) -> str:
        return next((one.figure.exact for one in (*self.lanes, *self.baselines) if one.kind == kind), "–")

    @property
    def cells(self) -> list[str]:
        """The row of the table, in the order of TITLES."""
        return [self.exact(kind) for kind in TITLES]


@dataclass(frozen=True)
class Group:
    title: str
    text: str
    rows: list[Row]


def _metric(collection: str, figure: str, text: str, name: str, *, as_percent: bool = True) -> Measure:
    return Measure(("metrics", "*", collection, figure), ("baselines", "*", collection, figure), text, name, as_percent)


def _composite(figure: str, text: str, name: str) -> Measure:
    return Measure(("composite", "*", "figures", figure), ("baselines", "*", "composite", figure), text, name)


def _words(figure: str, text: str, name: str) -> Measure:
    return Measure(("words", figure), ("words", "baselines", "*", figure), text, name)


GROUPS: tuple[tuple[str, str, tuple[Measure, ...]], ...] = (
    (
        "The mixture of two moods",
        "What it answers first, beside what listeners said of the songs of Emotify.",
        (
            _composite(
                "first_side_right", "Its first mood is one of the two that listeners name most", "Mixture, first side"
            ),
            _composite("one_side_right", "At least one of its two moods is", "Mixture, one side"),
            _composite("pair_exact", "The whole mixture is one that the listeners’ answers give", "Mixture, exact"),
        ),
    ),
    (
        "The mixture, by editors’ words",
        "Songs of 4Q whose mood words name two moods that can stand together; nobody wrote them for this question. "
        "Each mood’s words are weighed so that it is as common as among listeners.",
        (
            _words("first_side", "Its first mood is one of the two that most words name", "4Q mood words, first side"),
            _words("one_side", "At least one of its two moods is", "4Q mood words, one side"),
            _words("exact", "The whole mixture is one that the words give", "4Q mood words, exact"),
            Measure(
                ("words", "unscaled", "first_side"),
                ("words", "unscaled", "baselines", "*", "first_side"),
                "Its first mood, with words that are not weighed",
                "4Q mood words unweighed, first side",
            ),
        ),
    ),
    (
        "Four quadrants of mood",
        "Happy, angry, sad or relaxed: one of four for each recording, equally many of each (4Q).",
        (
            _metric("4qaed", "accuracy", "The right quadrant", "4Q accuracy"),
            _metric("4qaed", "macro_f1", "The same, fair to each quadrant", "4Q macro-F1", as_percent=False),
            _metric(
                "4qaed", "three_class_accuracy", "The right one of energetic, emotional, peaceful", "4Q three classes"
            ),
        ),
    ),
    (
        "How pleasant, how lively",
        "How much of the difference between songs it explains: 0 is nothing, 1 is all (4Q).",
        (
            _metric("4qaed", "r2_valence", "How pleasant (valence)", "4Q valence, R²", as_percent=False),
            _metric("4qaed", "r2_arousal", "How lively (arousal)", "4Q arousal, R²", as_percent=False),
        ),
    ),
    (
        "Nine emotions",
        "How far it knows what share of listeners feels each (Emotify): 0 is not at all, 1 is perfectly.",
        (
            _metric(
                "emotify", "mean_r", "Its shares follow the listeners’", "Emotify mean correlation", as_percent=False
            ),
            _metric("emotify", "pair_at_least_one", "One of the listeners’ strongest two", "Emotify pair, one right"),
            _metric("emotify", "pair_exact", "Both of the listeners’ strongest two", "Emotify pair, both right"),
        ),
    ),
    (
        "Five clusters of mood words",
        "The hardest of these questions: people themselves often disagree about it (MIREX-like).",
        (
            _metric("mirex", "accuracy", "The right cluster", "MIREX-like accuracy"),
            _metric("mirex", "macro_f1", "The same, fair to each cluster", "MIREX-like macro-F1", as_percent=False),
        ),
    ),
)


def measure_groups(card: Mapping[str, Any]) -> list[Group]:
    """The groups of which the card has any figure, with the rows that it has."""
    found = [
        Group(title, text, [row for one in measures if (row := _row(card, one))]) for title, text, measures in GROUPS
    ]
    return [group for group in found if group.rows]


def _row(card: Mapping[str, Any], measure: Measure) -> Row | None:
    views = VIEWS if "*" in measure.place else VIEWS[:1]
    lanes = _lanes(card, measure, measure.place, views)
    if not lanes or lanes[0].kind != "both":
        return None
    baselines = _lanes(card, measure, measure.baseline, BASELINES)
    frequent = Figure.of(part(card, "composite", "both", "most_frequent_pair", measure.place[-1]))
    if measure.place[0] == "composite" and frequent and all(one.kind != "most_frequent" for one in baselines):
        baselines.append(Lane("most_frequent", TITLES["most_frequent"], frequent, 0))
    return Row(measure.text, measure.name, lanes, baselines, LANE_HEIGHT * len(lanes))


def _lanes(
    card: Mapping[str, Any], measure: Measure, place: tuple[str, ...], who: tuple[tuple[str, str], ...]
) -> list[Lane]:
    lanes = []
    for kind, title in who:
        path = [kind if key == "*" else key for key in place]
        figure = Figure.of(part(card, *path), as_percent=measure.as_percent)
        if figure is not None:
            lanes.append(Lane(kind, title, figure, LANE_HEIGHT * len(lanes) + LANE_HEIGHT // 2))
    return lanes


# Told only where two are compared: less of it is better, which no drawing from 0 to 1 shows.
MORE_NAMES = {"emotify.mse": "Emotify mean squared error (less is better)"}


def measure_named(figure: str) -> str:
    """What a figure such as "4qaed.macro_f1" is called; its own name where it is none of these."""
    collection, _, name = figure.partition(".")
    measures = [measure for _, _, some in GROUPS for measure in some]
    found = (one.name for one in measures if one.place[-1] == name and collection in one.place)
    return MORE_NAMES.get(figure) or next(found, figure)
