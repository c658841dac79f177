"""The page "How good is it?": what the card of a model says of its quality, its training and its terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from classifier import ml_gateway
from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.charts.model_quality.confusion_matrix import confusions
from classifier.charts.model_quality.headline_metrics import axes_words, lead, shorts
from classifier.charts.model_quality.metrics_table import TITLES, measure_groups
from classifier.charts.model_quality.per_class_metrics import genre_records, mood_records, music_groups
from classifier.charts.model_quality.reliability_diagram import coverage, errors, reliabilities
from classifier.charts.model_quality.significance_table import gains
from classifier.charts.model_quality.training_data import Provenance, provenance
from classifier.error_responses import error_response
from classifier.errors import ProductError
from classifier.model_cards import card_of


@require_safe
def how_good(request: AuthenticatedHttpRequest) -> HttpResponse:
    """`?version=` looks at an installed model that is not the one in use."""
    try:
        context = quality_context(card_of(request.GET.get("version")))
    except (ProductError, ml_gateway.MoodError) as error:
        return error_response(request, error)
    return render(request, "quality/page.html", {"section": "quality", **context})


def quality_context(card: Mapping[str, Any]) -> dict[str, Any]:
    """Everything drawn from the card. A part that it lacks is left out; one in no known shape is refused."""
    try:
        groups = measure_groups(card)
        return {
            "model": provenance(card),
            "in_use": card["version"] == settings.MODEL_BUNDLE,
            "lead": lead(card),
            "shorts": shorts(card),
            "groups": groups,
            "baselines": {lane.kind for group in groups for row in group.rows for lane in row.baselines},
            "axes_words": axes_words(card),
            "who": list(TITLES.values()),
            "gains": gains(card),
            "confusions": confusions(card),
            "reliabilities": reliabilities(card),
            "errors": errors(card),
            "coverage": coverage(card),
            "moods": mood_records(card),
            "moods_judged": "moods" in card,
            "genres": genre_records(card),
            "music": music_groups(card),
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ml_gateway.MoodError(
            "model_corrupt", "The model's card tells its figures in no known way; install the bundle again."
        ) from error


@dataclass(frozen=True)
class ModelLine:
    """A model as a result names it: what it is, and where to read how good it is."""

    version: str
    address: str
    from_research: bool


def model_line(version: str) -> ModelLine | None:
    """None where the model that made a result is no longer installed."""
    try:
        model: Provenance = provenance(card_of(version))
    except (ProductError, ml_gateway.MoodError):
        return None
    page = reverse("how-good")
    return ModelLine(
        version, page if version == settings.MODEL_BUNDLE else f"{page}?version={version}", model.from_research
    )
