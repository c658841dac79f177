"""Health checks for orchestrators and monitoring. Without sign-in they say only yes or no."""

from __future__ import annotations

import logging
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from classifier.accounts.tokens import is_expired, token_of_key
from classifier.models import ApiToken
from classifier.monitoring.metrics_access import may_read_metrics
from classifier.monitoring.readiness import readiness

logger = logging.getLogger(__name__)

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


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus. An address like any other that does not exist, unless a setting turns it on."""
    if not settings.METRICS_ENABLED:
        raise Http404
    if not may_read_metrics(request):
        headers = {"WWW-Authenticate": "Bearer"} if settings.METRICS_TOKEN else {}
        message = "The metrics need the token METRICS_TOKEN as bearer, or an address in METRICS_ALLOW.\n"
        return HttpResponse(message, status=HTTPStatus.UNAUTHORIZED, content_type="text/plain", headers=headers)
    # Here, since it loads prometheus-client, which most installations do not need.
    from classifier.monitoring.metrics import exposition

    try:
        content, content_type = exposition(request.headers.get("Accept", ""))
    except DatabaseError as error:
        logger.warning("There are no metrics without the database: %s", error)
        message = "The database does not answer.\n"
        return HttpResponse(message, status=HTTPStatus.SERVICE_UNAVAILABLE, content_type="text/plain")
    return HttpResponse(content, content_type=content_type)


def _is_owner(request: HttpRequest) -> bool:
    """By session or API token. Without the database, the owner cannot be recognised."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    try:
        if scheme.lower() == "bearer":
            return _is_token_of_owner(key.strip())
        return bool(getattr(request.user, "is_owner", False))
    except DatabaseError:
        return False


def _is_token_of_owner(key: str) -> bool:
    now = timezone.now()
    token = token_of_key(key=key, now=now)
    if token is None or is_expired(token, now=now):
        return False
    return token.has_scope(ApiToken.READ) and token.owner.is_owner
