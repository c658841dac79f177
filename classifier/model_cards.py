"""The cards of installed models, as the pages and the API ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from classifier import ml_gateway
from classifier.errors import ProductError

FACTS = ("version", "created", "training", "limitations")
# What was measured; null for each that the card of an older model lacks. docs/api.md says what each holds.
MEASURED = (
    "metrics",
    "composite",
    "confusion",
    "reliability",
    "moods",
    "words",
    "baselines",
    "significance",
    "by_genre",
    "genres",
)


def card_of(version: str | None) -> Mapping[str, Any]:
    """That of the model in use, unless another is named; MoodError where it is damaged or missing."""
    if version and not ml_gateway.installed(version):
        raise ProductError(
            "version_unknown",
            f"The model “{version[:40]}” is not installed here: name one that is, or none for the one in use.",
            HTTPStatus.NOT_FOUND,
        )
    return ml_gateway.model_card(version or "")


def model_json(card: Mapping[str, Any]) -> dict[str, Any]:
    """What a program may want to know of a model: where it comes from, its terms, and how good it is."""
    networks = card.get("networks") or {}
    return {
        **{name: card.get(name) for name in FACTS},
        "parameters": {name: network.get("parameters") for name, network in networks.items()},
        "thresholds": {view: found.get("threshold") for view, found in (card.get("calibration") or {}).items()},
        **{name: card.get(name) for name in MEASURED},
    }
