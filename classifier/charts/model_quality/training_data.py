"""Where a model comes from: what it was trained on, and what may be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifier.charts.metric_text import part


@dataclass(frozen=True)
class Collection:
    """A published collection of recordings with people's labels, offered for research."""

    title: str
    labels: str
    source: str


RESEARCH = {
    "4qaed": Collection(
        "4Q audio emotion dataset",
        "One of four quadrants of mood, and mood words of editors; valence and arousal from the norms of these words",
        "Panda, Malheiro, Paiva, IEEE Transactions on Affective Computing 2018",
    ),
    "mirex": Collection(
        "MIREX-like mood dataset",
        "One of five clusters of mood words",
        "Panda, Malheiro, Rocha, Oliveira, Paiva, CMMR 2013",
    ),
    "emotify": Collection(
        "Emotify",
        "For each of nine emotions, the share of listeners who felt it strongly",
        "Aljanaki, Wiering, Veltkamp, Information Processing & Management 2016",
    ),
}


@dataclass(frozen=True)
class TrainedOn:
    title: str
    labels: str
    source: str
    count: int


@dataclass(frozen=True)
class Provenance:
    version: str
    created: str
    trained_on: list[TrainedOn]
    networks: list[str]
    limitations: list[str]
    licence: str
    from_research: bool
    """Trained on collections that are offered for research: its weights are not free for every use."""


def provenance(card: Mapping[str, Any]) -> Provenance:
    clips = {str(key): int(count) for key, count in (part(card, "training", "clips") or {}).items()}
    return Provenance(
        version=str(card["version"]),
        created=str(card.get("created", "")),
        trained_on=[_trained_on(key, count) for key, count in clips.items()],
        networks=_networks(card),
        limitations=[str(text) for text in card.get("limitations") or ()],
        licence=str(part(card, "training", "licence") or ""),
        from_research=any(key in RESEARCH for key in clips),
    )


def _trained_on(key: str, count: int) -> TrainedOn:
    known = RESEARCH.get(key, Collection(key, "", ""))
    return TrainedOn(known.title, known.labels, known.source, count)


def _networks(card: Mapping[str, Any]) -> list[str]:
    """How large each network is; one of several members says so."""
    told = []
    for name, title in (("cnn1d", "the 1D network"), ("cnn2d", "the 2D network")):
        count, members = part(card, "networks", name, "parameters"), part(card, "networks", name, "members")
        if count:
            among = f" in {members} members that answer as one" if members and members > 1 else ""
            told.append(f"{title} has {count / 1e6:.1f} million weights{among}")
    return told
