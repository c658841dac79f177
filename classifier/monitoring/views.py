"""Health checks for orchestrators and monitoring. They answer strangers only yes or no."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from classifier.accounts.tokens import token_of_key
from classifier.monitoring.readiness import readiness

FOR_STRANGERS = "Not ready: the owner sees the reason at this address after signing in, and on the page /status/."


@login_not_required
@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """Whether the process answers. Touches neither database nor disk."""
    return JsonResponse({"live": True})


@login_not_required
@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    state = readiness()
    status = HTTPStatus.OK if state.ready else HTTPStatus.SERVICE_UNAVAILABLE
    if not _is_owner(request):
        message = state.message if state.ready else FOR_STRANGERS
        return JsonResponse({"ready": state.ready, "message": message}, status=status)
    reasons = [reason.as_json() for reason in state.reasons]
    answer = {"ready": state.ready, "message": state.message, "checks": state.checks, "reasons": reasons}
    return JsonResponse(answer, status=status)


def _is_owner(request: HttpRequest) -> bool:
    """By session or API token. Without the database, nobody can be recognised."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    try:
        if scheme.lower() == "bearer":
            token = token_of_key(key=key.strip(), now=timezone.now())
            return token is not None and token.owner.is_owner
        return bool(getattr(request.user, "is_owner", False))
    except DatabaseError:
        return False
