"""The page "How accurate is it?": the metrics, training data and terms in a model's card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from classifier import ml_gateway
from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.charts.model_quality.confusion_matrix import confusion_matrices
from classifier.charts.model_quality.headline_metrics import axes_text, headline_metrics, summary_text
from classifier.charts.model_quality.metrics_table import COLUMNS, differences, metric_groups
from classifier.charts.model_quality.name_metrics import faults, names_by_collection
from classifier.charts.model_quality.per_class_metrics import genre_frequencies, music_genre_groups
from classifier.charts.model_quality.reliability_diagram import (
    calibration_errors,
    coverage_curve,
    reliability_diagrams,
)
from classifier.charts.model_quality.term_metrics import term_metrics
from classifier.charts.model_quality.training_data import training_data
from classifier.error_responses import error_response
from classifier.errors import ProductError
from classifier.model_cards import card_of


@require_safe
def how_good(request: AuthenticatedHttpRequest) -> HttpResponse:
    """`?version=` shows an installed model other than the one in use."""
    try:
        context = quality_context(card_of(request.GET.get("version")))
    except (ProductError, ml_gateway.MoodError) as error:
        return error_response(request, error)
    return render(request, "model_quality/page.html", {"section": "quality", **context})


def quality_context(card: Mapping[str, Any]) -> dict[str, Any]:
    """Missing parts of the card are left out; a part in an unknown format raises MoodError."""
    try:
        groups = metric_groups(card)
        return {
            "model": training_data(card),
            "in_use": card["version"] == settings.MODEL_BUNDLE,
            "summary": summary_text(card),
            "headline_metrics": headline_metrics(card),
            "metric_groups": groups,
            "baselines": {estimate.kind for group in groups for row in group.rows for estimate in row.baselines},
            "axes_text": axes_text(card),
            "columns": [gettext(title) for title in COLUMNS.values()],
            "differences": differences(card),
            "confusion_matrices": confusion_matrices(card),
            "reliability_diagrams": reliability_diagrams(card),
            "calibration_errors": calibration_errors(card),
            "coverage": coverage_curve(card),
            "names_by_collection": names_by_collection(card),
            "faults": faults(card),
            "terms": term_metrics(card),
            "genres": genre_frequencies(card),
            "music_genres": music_genre_groups(card),
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ml_gateway.MoodError(
            "model_corrupt",
            gettext("The metrics in the model’s card have an unknown format: install the bundle again."),
        ) from error


@dataclass(frozen=True)
class ModelLink:
    """The model of a result, with the address of its quality page."""

    version: str
    address: str
    from_research: bool


def model_link(version: str) -> ModelLink | None:
    """None if the model of a result is no longer installed."""
    try:
        model = training_data(card_of(version))
    except (ProductError, ml_gateway.MoodError):
        return None
    page = reverse("how-good")
    version = ml_gateway.base_version(version)
    return ModelLink(
        version, page if version == settings.MODEL_BUNDLE else f"{page}?version={version}", model.from_research
    )
