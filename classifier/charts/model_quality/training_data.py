"""What a model was trained on, and the terms of its weights."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_noop

from classifier import ml_gateway
from classifier.active_words import word
from classifier.charts.metric_text import card_value
from classifier.localized import grouped
from classifier.stored_texts import in_page_language

NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.(?P<decimals>\d+))?")
ADJECTIVE = re.compile(rf"\b(?:{'|'.join(mood.adjective for mood in ml_gateway.MOODS.values())})\b(?= \(|,|\.)")
"""In a list of moods."""


@dataclass(frozen=True)
class Dataset:
    """A published collection of labelled recordings, available for research."""

    title: str
    labels: str
    source: str


RESEARCH_DATASETS = {
    "4qaed": Dataset(
        gettext_noop("4Q audio emotion dataset"),
        gettext_noop(
            "One of four mood quadrants, and editors’ mood tags; valence and arousal from the norms of these words"
        ),
        "Panda, Malheiro, Paiva, IEEE Transactions on Affective Computing 2018",
    ),
    "mirex": Dataset(
        gettext_noop("MIREX-like mood dataset"),
        gettext_noop("One of five clusters of mood words"),
        "Panda, Malheiro, Rocha, Oliveira, Paiva, CMMR 2013",
    ),
    "emotify": Dataset(
        "Emotify",
        gettext_noop("For each of nine emotions, the share of listeners who felt it strongly"),
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
        limitations=limitations(card),
        licence=in_page_language(str(card_value(card, "training", "licence") or "")),
        from_research=any(key in RESEARCH_DATASETS for key in counts),
    )


def limitations(card: Mapping[str, Any]) -> list[str]:
    """In the language of the page, as far as the sentences of the card are known."""
    return [_limitation(str(text)) for text in card.get("limitations") or ()]


def _limitation(text: str) -> str:
    translated = in_page_language(text)
    if translated == text:
        return text
    return ADJECTIVE.sub(lambda match: word(match[0].lower()).adjective, NUMBER.sub(_number, translated))


def _number(match: re.Match[str]) -> str:
    return grouped(float(match[0].replace(",", "")), len(match["decimals"] or ""))


def _dataset(key: str, count: int) -> TrainingDataset:
    dataset = RESEARCH_DATASETS.get(key, Dataset(key, "", ""))
    labels = gettext(dataset.labels) if dataset.labels else ""
    return TrainingDataset(gettext(dataset.title), labels, dataset.source, count)


def _network_sizes(card: Mapping[str, Any]) -> list[str]:
    sizes = []
    for name, title in (("cnn1d", gettext("the 1D network")), ("cnn2d", gettext("the 2D network"))):
        count = card_value(card, "networks", name, "parameters")
        members = card_value(card, "networks", name, "members")
        if count:
            values = {"network": title, "count": grouped(count / 1e6, 1), "members": members}
            text = gettext("%(network)s has %(count)s million weights")
            if members and members > 1:
                text = gettext("%(network)s has %(count)s million weights (an ensemble of %(members)s members)")
            sizes.append(text % values)
    return sizes
