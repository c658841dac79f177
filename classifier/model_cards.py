"""The cards of the installed models, as the pages and the API show them."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.errors import ProductError

FACTS = ("version", "created", "training", "limitations")
# Each is null where the card of an older model lacks it. docs/api.md describes them.
METRICS = (
    "names",
    "name_examples",
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
    """The card of the named model, or of the current one. Raises MoodError if it is damaged or missing."""
    if version and not ml_gateway.installed(version):
        raise ProductError(
            "version_unknown",
            gettext(
                "The model “%(version)s” is not installed: name an installed one, or leave version out for the "
                "current one."
            )
            % {"version": version[:40]},
            HTTPStatus.NOT_FOUND,
        )
    return ml_gateway.model_card(version or "")


def model_json(card: Mapping[str, Any]) -> dict[str, Any]:
    networks = card.get("networks") or {}
    calibration = card.get("calibration") or {}
    return {
        **{name: card.get(name) for name in FACTS},
        "parameters": {name: network.get("parameters") for name, network in networks.items()},
        "thresholds": {view: values.get("threshold") for view, values in calibration.items()},
        "naming": card.get("naming"),
        **{name: card.get(name) for name in METRICS},
    }
