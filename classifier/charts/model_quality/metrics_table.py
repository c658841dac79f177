"""All metrics in groups, for both networks, each network and the baselines; and which differences are significant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_noop

from classifier.charts.metric_text import Metric, card_value
from classifier.localized import grouped

LANE_HEIGHT = 16
VIEWS = (("both", gettext_noop("Both")), ("cnn1d", gettext_noop("1D network")), ("cnn2d", gettext_noop("2D network")))
BASELINES = (
    ("plain_svm", gettext_noop("Support vector machine")),
    ("most_frequent", gettext_noop("Most frequent answer")),
)
COLUMNS = dict((*VIEWS, *BASELINES))


@dataclass(frozen=True)
class MetricSource:
    """Where a card holds a metric, and its names."""

    path: tuple[str, ...]
    """Keys of the card's value; "*" stands for the network."""
    baseline_path: tuple[str, ...]
    text: str
    name: str
    as_percent: bool = True


@dataclass(frozen=True)
class Estimate:
    """The metric of one network or baseline: a marker with its interval."""

    kind: str
    title: str
    metric: Metric
    y: int


@dataclass(frozen=True)
class MetricRow:
    text: str
    name: str
    networks: list[Estimate]
    baselines: list[Estimate]
    height: int

    @property
    def first(self) -> Estimate:
        return self.networks[0]

    @property
    def others(self) -> list[Estimate]:
        return [*self.networks[1:], *self.baselines]

    @property
    def cells(self) -> list[str]:
        """The row of the table, in the order of COLUMNS."""
        exact = {estimate.kind: estimate.metric.exact for estimate in (*self.networks, *self.baselines)}
        return [exact.get(kind, "–") for kind in COLUMNS]


@dataclass(frozen=True)
class MetricGroup:
    title: str
    text: str
    rows: list[MetricRow]


@dataclass(frozen=True)
class Difference:
    """A paired comparison of two systems on one metric."""

    metric: str
    system: str
    compared_with: str
    difference: str
    interval: str
    is_significant: bool


def _dataset(dataset: str, key: str, text: str, name: str, *, as_percent: bool = True) -> MetricSource:
    return MetricSource(("metrics", "*", dataset, key), ("baselines", "*", dataset, key), text, name, as_percent)


def _names(naming: str, key: str, text: str, name: str) -> MetricSource:
    return MetricSource(("names", "*", naming, "figures", key), ("baselines", "*", "names", naming, key), text, name)


GROUPS: tuple[tuple[str, str, tuple[MetricSource, ...]], ...] = (
    (
        gettext_noop("Names, against editors’ words"),
        gettext_noop("The two moods of a song, compared with the 3 to 30 mood words that editors gave it (4Q)."),
        (
            _names(
                "4qaed",
                "first",
                gettext_noop("Editors used a word of the main mood"),
                gettext_noop("4Q names, main mood"),
            ),
            _names(
                "4qaed", "one", gettext_noop("Of at least one of the two moods"), gettext_noop("4Q names, one mood")
            ),
            _names("4qaed", "both", gettext_noop("Of both moods"), gettext_noop("4Q names, both moods")),
            _names(
                "4qaed",
                "macro_recall",
                gettext_noop("Recall: every mood counts the same"),
                gettext_noop("4Q names, mean recall"),
            ),
            _names(
                "4qaed",
                "macro_precision",
                gettext_noop("Precision: every mood counts the same"),
                gettext_noop("4Q names, mean precision"),
            ),
            _names(
                "4qaed",
                "contrary_first",
                gettext_noop("The main mood contradicts the quadrant (less is better)"),
                gettext_noop("4Q contradictory"),
            ),
            _names(
                "4qaed",
                "contrary_any",
                gettext_noop("One of the two does (less is better)"),
                gettext_noop("4Q contradictory, either mood"),
            ),
        ),
    ),
    (
        gettext_noop("Names, against one word a song"),
        gettext_noop("Each song has a single mood word, so a name with two moods seldom matches (MIREX-like)."),
        (
            _names(
                "mirex",
                "first",
                gettext_noop("It is a word of the main mood"),
                gettext_noop("MIREX-like names, main mood"),
            ),
            _names(
                "mirex",
                "one",
                gettext_noop("It is a word of one of the two moods"),
                gettext_noop("MIREX-like names, one mood"),
            ),
        ),
    ),
    (
        gettext_noop("Names, against listeners"),
        gettext_noop("The likeliest two of the nine moods that listeners could choose (Emotify)."),
        (
            _names(
                "emotify",
                "first",
                gettext_noop("The main mood is one that most listeners chose"),
                gettext_noop("Emotify names, main mood"),
            ),
            _names(
                "emotify",
                "one",
                gettext_noop("At least one of the two moods is"),
                gettext_noop("Emotify names, one mood"),
            ),
            _names("emotify", "both", gettext_noop("Both moods are"), gettext_noop("Emotify names, both moods")),
        ),
    ),
    (
        gettext_noop("Four mood quadrants"),
        gettext_noop("Happy, angry, sad or relaxed: one of four for each recording, all equally frequent (4Q)."),
        (
            _dataset("4qaed", "accuracy", gettext_noop("Accuracy"), gettext_noop("4Q accuracy")),
            _dataset(
                "4qaed",
                "macro_f1",
                gettext_noop("Macro-F1: every quadrant counts the same"),
                gettext_noop("4Q macro-F1"),
                as_percent=False,
            ),
            _dataset(
                "4qaed",
                "three_class_accuracy",
                gettext_noop("Accuracy for energetic, emotional, peaceful"),
                gettext_noop("4Q three classes"),
            ),
        ),
    ),
    (
        gettext_noop("Valence and arousal"),
        gettext_noop("R², the explained part of the differences between songs: 0 is none, 1 is all (4Q)."),
        (
            _dataset(
                "4qaed",
                "r2_valence",
                gettext_noop("How pleasant (valence)"),
                gettext_noop("4Q valence, R²"),
                as_percent=False,
            ),
            _dataset(
                "4qaed",
                "r2_arousal",
                gettext_noop("How lively (arousal)"),
                gettext_noop("4Q arousal, R²"),
                as_percent=False,
            ),
        ),
    ),
    (
        gettext_noop("Nine emotions"),
        gettext_noop("The share of listeners who feel each emotion (Emotify)."),
        (
            _dataset(
                "emotify",
                "mean_r",
                gettext_noop("Mean correlation with the listeners’ shares"),
                gettext_noop("Emotify mean correlation"),
                as_percent=False,
            ),
        ),
    ),
    (
        gettext_noop("Five clusters of mood words"),
        gettext_noop("The hardest of these tasks: people often disagree about it themselves (MIREX-like)."),
        (
            _dataset("mirex", "accuracy", gettext_noop("Accuracy"), gettext_noop("MIREX-like accuracy")),
            _dataset(
                "mirex",
                "macro_f1",
                gettext_noop("Macro-F1: every cluster counts the same"),
                gettext_noop("MIREX-like macro-F1"),
                as_percent=False,
            ),
        ),
    ),
)

# Only named where two systems are compared: less is better, which a chart from 0 to 1 cannot show.
OTHER_NAMES = {"emotify.mse": gettext_noop("Emotify mean squared error (less is better)")}


def metric_groups(card: Mapping[str, Any]) -> list[MetricGroup]:
    """The groups and rows for which the card has values."""
    groups = [
        MetricGroup(gettext(title), gettext(text), [row for source in sources if (row := _row(card, source))])
        for title, text, sources in GROUPS
    ]
    return [group for group in groups if group.rows]


def _row(card: Mapping[str, Any], source: MetricSource) -> MetricRow | None:
    views = VIEWS if "*" in source.path else VIEWS[:1]
    networks = _estimates(card, source, source.path, views)
    if not networks or networks[0].kind != "both":
        return None
    baselines = _estimates(card, source, source.baseline_path, BASELINES)
    return MetricRow(gettext(source.text), gettext(source.name), networks, baselines, LANE_HEIGHT * len(networks))


def _estimates(
    card: Mapping[str, Any], source: MetricSource, path: tuple[str, ...], systems: tuple[tuple[str, str], ...]
) -> list[Estimate]:
    estimates: list[Estimate] = []
    for kind, title in systems:
        keys = [kind if key == "*" else key for key in path]
        metric = Metric.from_card(card_value(card, *keys), as_percent=source.as_percent)
        if metric is not None:
            estimates.append(Estimate(kind, gettext(title), metric, LANE_HEIGHT * len(estimates) + LANE_HEIGHT // 2))
    return estimates


def differences(card: Mapping[str, Any]) -> list[Difference]:
    """The paired bootstrap comparisons of the card."""
    return [_difference(entry) for entry in card.get("significance") or ()]


def _difference(entry: Mapping[str, Any]) -> Difference:
    low, high = float(entry["low"]), float(entry["high"])
    return Difference(
        metric=_metric_name(str(entry["figure"])),
        system=_system(str(entry["a"])),
        compared_with=_system(str(entry["b"])),
        difference=_signed(float(entry["difference"])),
        interval=gettext("%(low)s to %(high)s") % {"low": _signed(low), "high": _signed(high)},
        is_significant=low > 0 or high < 0,
    )


def _metric_name(key: str) -> str:
    """The name of a metric such as "4qaed.macro_f1"; the key itself if it is unknown."""
    dataset, _, name = key.partition(".")
    sources = [source for _, _, group in GROUPS for source in group]
    names = (source.name for source in sources if source.path[-1] == name and dataset in source.path)
    name = OTHER_NAMES.get(key) or next(names, "")
    return gettext(name) if name else key


def _system(kind: str) -> str:
    return gettext(COLUMNS[kind]) if kind in COLUMNS else kind


def _signed(value: float) -> str:
    return ("+" if value >= 0 else "−") + grouped(abs(value), 3)
