"""The theme of the pages, the colours of moods, and the health check."""

import hashlib
from functools import cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import quote_etag
from django.views.decorators.cache import never_cache
from django.views.decorators.http import condition, require_POST, require_safe

from classifier import ml_gateway
from classifier.charts.palette import stylesheet
from classifier.jobs.health import health_report
from classifier.views.ownership import return_address

THEMES = ("light", "dark")
YEAR_S = 365 * 24 * 3600


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    response = redirect(return_address(request, reverse("home")))
    selected = request.POST.get("theme", "")
    if selected in THEMES:
        # The page's script reads the cookie too, to switch without reloading.
        response.set_cookie(
            "theme",
            selected,
            max_age=YEAR_S,
            path=settings.SESSION_COOKIE_PATH,
            samesite="Lax",
            secure=request.is_secure(),
        )
    else:
        response.delete_cookie("theme", path=settings.SESSION_COOKIE_PATH, samesite="Lax")
    return response


@cache
def _palette() -> str:
    return stylesheet(ml_gateway.MOODS)


def _etag(request: HttpRequest) -> str:
    return quote_etag(hashlib.sha256(_palette().encode()).hexdigest()[:16])


@login_not_required
@require_safe
@condition(etag_func=_etag)
def palette(request: HttpRequest) -> HttpResponse:
    """CSS rules with the colours of each mood term."""
    return HttpResponse(_palette(), content_type="text/css; charset=utf-8", headers={"Cache-Control": "max-age=300"})


@login_not_required
@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    report = health_report(now=timezone.now())
    return JsonResponse(report, status=200 if report["ok"] else 503)
