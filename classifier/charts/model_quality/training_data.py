"""What a model was trained on, and the terms of its weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifier.charts.metric_text import card_value


@dataclass(frozen=True)
class Dataset:
    """A published collection of labelled recordings, available for research."""

    title: str
    labels: str
    source: str


RESEARCH_DATASETS = {
    "4qaed": Dataset(
        "4Q audio emotion dataset",
        "One of four mood quadrants, and editors’ mood tags; valence and arousal from the norms of these words",
        "Panda, Malheiro, Paiva, IEEE Transactions on Affective Computing 2018",
    ),
    "mirex": Dataset(
        "MIREX-like mood dataset",
        "One of five clusters of mood words",
        "Panda, Malheiro, Rocha, Oliveira, Paiva, CMMR 2013",
    ),
    "emotify": Dataset(
        "Emotify",
        "For each of nine emotions, the share of listeners who felt it strongly",
        "Aljanaki, Wiering, Veltkamp, Information Processing & Management 2016",
    ),
}


@dataclass(frozen=True)
class TrainingDataset:
    title: str
    labels: str
    source: str
    count: int


@dataclass(frozen=True)
class TrainingData:
    version: str
    created: str
    datasets: list[TrainingDataset]
    networks: list[str]
    limitations: list[str]
    licence: str
    from_research: bool
    """Trained on datasets that are available for research: the weights are not free for every use."""


def training_data(card: Mapping[str, Any]) -> TrainingData:
    counts = {str(key): int(count) for key, count in (card_value(card, "training", "clips") or {}).items()}
    return TrainingData(
        version=str(card["version"]),
        created=str(card.get("created", "")),
        datasets=[_dataset(key, count) for key, count in counts.items()],
        networks=_network_sizes(card),
        limitations=[str(text) for text in card.get("limitations") or ()],
        licence=str(card_value(card, "training", "licence") or ""),
        from_research=any(key in RESEARCH_DATASETS for key in counts),
    )


def _dataset(key: str, count: int) -> TrainingDataset:
    dataset = RESEARCH_DATASETS.get(key, Dataset(key, "", ""))
    return TrainingDataset(dataset.title, dataset.labels, dataset.source, count)


def _network_sizes(card: Mapping[str, Any]) -> list[str]:
    sizes = []
    for name, title in (("cnn1d", "the 1D network"), ("cnn2d", "the 2D network")):
        count = card_value(card, "networks", name, "parameters")
        members = card_value(card, "networks", name, "members")
        if count:
            ensemble = f" (an ensemble of {members} members)" if members and members > 1 else ""
            sizes.append(f"{title} has {count / 1e6:.1f} million weights{ensemble}")
    return sizes
