"""The owner's page about the models: the one that comes with the product, and those trained on own data."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from classifier import ml_gateway
from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.charts.model_quality.headline_metrics import summary_text
from classifier.charts.model_quality.own_model_card import OwnModelCard, own_model_card
from classifier.error_responses import error_response
from classifier.errors import ProductError
from classifier.library.filters import LibraryFilter
from classifier.models import OwnModel, Song
from classifier.services.own_model_admin import own_models_use

NOT_READ = "heard_by=older"
"""The filter of the library for songs that a model in use has not read."""


@dataclass(frozen=True)
class OwnModelRow:
    model: OwnModel
    card: OwnModelCard


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: AuthenticatedHttpRequest) -> HttpResponse:
    """POST lets one model read new songs (`use=yes`), or no longer."""
    if not request.user.is_owner:
        raise PermissionDenied
    if request.method == "POST":
        return _use(request)
    models = list(OwnModel.objects.all())
    songs = Song.objects.for_owner(request.user)
    context = {
        "section": "quality",
        "shipped": settings.MODEL_BUNDLE,
        "shipped_summary": _shipped_summary(),
        "rows": [OwnModelRow(model, own_model_card(model.card)) for model in models],
        "not_read": LibraryFilter(QueryDict(NOT_READ)).apply(songs).count() if any(m.is_used for m in models) else 0,
        "not_read_address": f"{reverse('song-list')}?{NOT_READ}",
    }
    return render(request, "own_models/page.html", context)


def _use(request: AuthenticatedHttpRequest) -> HttpResponse:
    name = request.POST.get("name", "")
    used = set(OwnModel.objects.used().values_list("name", flat=True))
    used = used | {name} if request.POST.get("use") == "yes" else used - {name}
    try:
        own_models_use(names=sorted(used))
    except ProductError as error:
        return error_response(request, error)
    messages.success(request, gettext("Saved. New songs are read by the models in use."))
    return redirect("own-models")


def _shipped_summary() -> str:
    try:
        return summary_text(ml_gateway.model_card())
    except ml_gateway.MoodError as error:
        return error.message
