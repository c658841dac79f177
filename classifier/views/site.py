"""The theme and the language of the pages, the colours of moods, and the health check."""

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
from classifier.active_words import active_words
from classifier.charts.own_colours import own_stylesheet
from classifier.charts.palette import part_rule, stylesheet
from classifier.jobs.health import health_report
from classifier.languages import remember_language
from classifier.views.ownership import return_address

THEMES = ("light", "dark")
OWN = "v"
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


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    response = redirect(return_address(request, reverse("home")))
    remember_language(response, request.POST.get("language", ""), secure=request.is_secure())
    return response


@cache
def _shipped_palette() -> str:
    return stylesheet(ml_gateway.MOODS)


def _palette(request: HttpRequest) -> str:
    """With `v`, the version of the user's vocabulary, also the colours of that. Parts of split terms have the colour of
    their term unless they have their own."""
    active = active_words() if OWN in request.GET else None
    if active is None or active.vocabulary is None:
        return _shipped_palette()
    parts = (part_rule(key) for key in active.parts if key not in active.vocabulary.colours)
    return _shipped_palette() + "".join(parts) + own_stylesheet(active.vocabulary.colours)


def _etag(request: HttpRequest) -> str:
    return quote_etag(hashlib.sha256(_palette(request).encode()).hexdigest()[:16])


@login_not_required
@require_safe
@condition(etag_func=_etag)
def palette(request: HttpRequest) -> HttpResponse:
    """CSS rules with the colours of each mood term; those of the user, if they have chosen some."""
    access = "private, max-age=300" if OWN in request.GET else "max-age=300"
    return HttpResponse(_palette(request), content_type="text/css; charset=utf-8", headers={"Cache-Control": access})


@login_not_required
@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    report = health_report(now=timezone.now())
    return JsonResponse(report, status=200 if report["ok"] else 503)
