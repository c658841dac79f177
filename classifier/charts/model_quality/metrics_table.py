"""All metrics in groups, for both networks, each network and the baselines; and which differences are significant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifier.charts.metric_text import Metric, card_value

LANE_HEIGHT = 16
VIEWS = (("both", "Both"), ("cnn1d", "1D network"), ("cnn2d", "2D network"))
BASELINES = (("plain_svm", "Support vector machine"), ("most_frequent", "Most frequent answer"))
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
        "Names, against editors’ words",
        "The two moods of a song, compared with the 3 to 30 mood words that editors gave it (4Q).",
        (
            _names("4qaed", "first", "Editors used a word of the main mood", "4Q names, main mood"),
            _names("4qaed", "one", "Of at least one of the two moods", "4Q names, one mood"),
            _names("4qaed", "both", "Of both moods", "4Q names, both moods"),
            _names("4qaed", "macro_recall", "Recall: every mood counts the same", "4Q names, mean recall"),
            _names("4qaed", "macro_precision", "Precision: every mood counts the same", "4Q names, mean precision"),
            _names(
                "4qaed",
                "contrary_first",
                "The main mood contradicts the quadrant (less is better)",
                "4Q contradictory",
            ),
            _names("4qaed", "contrary_any", "One of the two does (less is better)", "4Q contradictory, either mood"),
        ),
    ),
    (
        "Names, against one word a song",
        "Each song has a single mood word, so a name with two moods seldom matches (MIREX-like).",
        (
            _names("mirex", "first", "It is a word of the main mood", "MIREX-like names, main mood"),
            _names("mirex", "one", "It is a word of one of the two moods", "MIREX-like names, one mood"),
        ),
    ),
    (
        "Names, against listeners",
        "The likeliest two of the nine moods that listeners could choose (Emotify).",
        (
            _names("emotify", "first", "The main mood is one that most listeners chose", "Emotify names, main mood"),
            _names("emotify", "one", "At least one of the two moods is", "Emotify names, one mood"),
            _names("emotify", "both", "Both moods are", "Emotify names, both moods"),
        ),
    ),
    (
        "Four mood quadrants",
        "Happy, angry, sad or relaxed: one of four for each recording, all equally frequent (4Q).",
        (
            _dataset("4qaed", "accuracy", "Accuracy", "4Q accuracy"),
            _dataset("4qaed", "macro_f1", "Macro-F1: every quadrant counts the same", "4Q macro-F1", as_percent=False),
            _dataset(
                "4qaed", "three_class_accuracy", "Accuracy for energetic, emotional, peaceful", "4Q three classes"
            ),
        ),
    ),
    (
        "Valence and arousal",
        "R², the explained part of the differences between songs: 0 is none, 1 is all (4Q).",
        (
            _dataset("4qaed", "r2_valence", "How pleasant (valence)", "4Q valence, R²", as_percent=False),
            _dataset("4qaed", "r2_arousal", "How lively (arousal)", "4Q arousal, R²", as_percent=False),
        ),
    ),
    (
        "Nine emotions",
        "The share of listeners who feel each emotion (Emotify).",
        (
            _dataset(
                "emotify",
                "mean_r",
                "Mean correlation with the listeners’ shares",
                "Emotify mean correlation",
                as_percent=False,
            ),
        ),
    ),
    (
        "Five clusters of mood words",
        "The hardest of these tasks: people often disagree about it themselves (MIREX-like).",
        (
            _dataset("mirex", "accuracy", "Accuracy", "MIREX-like accuracy"),
            _dataset(
                "mirex", "macro_f1", "Macro-F1: every cluster counts the same", "MIREX-like macro-F1", as_percent=False
            ),
        ),
    ),
)

# Only named where two systems are compared: less is better, which a chart from 0 to 1 cannot show.
OTHER_NAMES = {"emotify.mse": "Emotify mean squared error (less is better)"}


def metric_groups(card: Mapping[str, Any]) -> list[MetricGroup]:
    """The groups and rows for which the card has values."""
    groups = [
        MetricGroup(title, text, [row for source in sources if (row := _row(card, source))])
        for title, text, sources in GROUPS
    ]
    return [group for group in groups if group.rows]


def _row(card: Mapping[str, Any], source: MetricSource) -> MetricRow | None:
    views = VIEWS if "*" in source.path else VIEWS[:1]
    networks = _estimates(card, source, source.path, views)
    if not networks or networks[0].kind != "both":
        return None
    baselines = _estimates(card, source, source.baseline_path, BASELINES)
    return MetricRow(source.text, source.name, networks, baselines, LANE_HEIGHT * len(networks))


def _estimates(
    card: Mapping[str, Any], source: MetricSource, path: tuple[str, ...], systems: tuple[tuple[str, str], ...]
) -> list[Estimate]:
    estimates: list[Estimate] = []
    for kind, title in systems:
        keys = [kind if key == "*" else key for key in path]
        metric = Metric.from_card(card_value(card, *keys), as_percent=source.as_percent)
        if metric is not None:
            estimates.append(Estimate(kind, title, metric, LANE_HEIGHT * len(estimates) + LANE_HEIGHT // 2))
    return estimates


def differences(card: Mapping[str, Any]) -> list[Difference]:
    """The paired bootstrap comparisons of the card."""
    return [_difference(entry) for entry in card.get("significance") or ()]


def _difference(entry: Mapping[str, Any]) -> Difference:
    low, high = float(entry["low"]), float(entry["high"])
    return Difference(
        metric=_metric_name(str(entry["figure"])),
        system=COLUMNS.get(entry["a"], str(entry["a"])),
        compared_with=COLUMNS.get(entry["b"], str(entry["b"])),
        difference=_signed(float(entry["difference"])),
        interval=f"{_signed(low)} to {_signed(high)}",
        is_significant=low > 0 or high < 0,
    )


def _metric_name(key: str) -> str:
    """The name of a metric such as "4qaed.macro_f1"; the key itself if it is unknown."""
    dataset, _, name = key.partition(".")
    sources = [source for _, _, group in GROUPS for source in group]
    names = (source.name for source in sources if source.path[-1] == name and dataset in source.path)
    return OTHER_NAMES.get(key) or next(names, key)


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")
