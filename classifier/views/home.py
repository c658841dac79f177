"""The first page: where songs are given, and the last ones that were."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from classifier import door
from classifier.health import worker_answers
from classifier.limits import max_upload_bytes, size_text
from classifier.models import Song
from classifier.views.cards import cards
from classifier.views.drawing.words import length_text

RECENT = 6


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html", home_context(request))


def home_context(request: HttpRequest) -> dict[str, Any]:
    recent = Song.objects.for_owner(request.user).for_history()[:RECENT]
    return {
        "section": "home",
        "limits": upload_limits(),
        "cards": cards(recent),
        "worker_answers": worker_answers(now=timezone.now()),
    }


def upload_limits() -> Mapping[str, Any]:
    """What the page tells before anything is sent, and what its script refuses at once."""
    return {
        "file_bytes": max_upload_bytes(),
        "file_text": size_text(max_upload_bytes()),
        "least": length_text(door.SPEC.min_duration_s),
        "most": length_text(door.SPEC.max_duration_s),
    }
