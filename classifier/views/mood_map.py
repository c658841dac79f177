"""The mood map: every song of a person in the plane of valence and arousal."""

from __future__ import annotations

import gzip
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.charts.library.active_filters import active_filters
from classifier.charts.library.mood_map import landscape
from classifier.charts.library.mood_map_points import FORMAT, points_json
from classifier.charts.library.periods import timeline
from classifier.charts.library.timeline import growth
from classifier.library.filters import LibraryFilter
from classifier.library.mood_map import additions, analysed_songs, cell_counts, fingerprint, map_points, time_span

# Two thirds of the gain of the usual level for a third of its time.
GZIP_LEVEL = 2


@require_safe
def mood_map(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Works without a script as a picture of counts and a table; the points come from `mood_points`."""
    if address := tidy_address(request):
        return redirect(address)
    library_filter = LibraryFilter(request.GET)
    seen = landscape(cell_counts(analysed_songs(request.user, library_filter)), library_filter)
    context = {
        "section": "map",
        "looking": "mood-map",
        "map": seen,
        **filter_context(request, library_filter, seen.count),
    }
    return render(request, "map/page.html", context)


@require_safe
def mood_points(request: AuthenticatedHttpRequest) -> HttpResponse:
    songs = analysed_songs(request.user, LibraryFilter(request.GET))
    # Weak, since the same songs go out packed or plain.
    etag = f'W/"{FORMAT}-{fingerprint(songs)}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = _packed(request, points_json(map_points(songs)))
    response.headers["ETag"] = etag
    # Kept by this browser alone, and asked for again each time, which mostly costs one look into the database.
    response.headers["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ("Accept-Encoding", "Cookie"))
    return response


def _packed(request: AuthenticatedHttpRequest, text: str) -> HttpResponse:
    """Small on its way. Nothing secret stands beside what the asker chose, so that lengths give nothing away."""
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(text, content_type="application/json")
    packed = gzip.compress(text.encode(), GZIP_LEVEL, mtime=0)
    return HttpResponse(packed, content_type="application/json", headers={"Content-Encoding": "gzip"})


def filter_context(request: AuthenticatedHttpRequest, library_filter: LibraryFilter, count: int) -> dict[str, Any]:
    """`count` is the number of songs that match."""
    return {
        "filter": library_filter,
        "query": library_filter.to_query(),
        "active_filters": active_filters(library_filter),
        "count": count,
        "whole_count": analysed_songs(request.user, LibraryFilter()).count() if library_filter.narrows else count,
        "seen_at": timezone.now().isoformat(),
    }


def tidy_address(request: AuthenticatedHttpRequest) -> str:
    """The same address without what a form left empty; empty where it needs no tidying."""
    if all(text for name, text in request.GET.items() if name in LibraryFilter.parameter_names()):
        return ""
    asked_for = {name: text for name, text in request.GET.items() if text}
    return f"{request.path}?{urlencode(asked_for)}" if asked_for else request.path


@require_safe
def mood_time(request: AuthenticatedHttpRequest) -> HttpResponse:
    """`by` is the length of a period; `until` is the day with which the drawing ends, if not with the last song."""
    if address := tidy_address(request):
        return redirect(address)
    library_filter = LibraryFilter(request.GET)
    songs = analysed_songs(request.user, library_filter)
    span = time_span(songs)
    grown = None
    if span.first and span.last:
        first, last = timezone.localdate(span.first), timezone.localdate(span.last)
        line = timeline(first, last, by=request.GET.get("by", ""), until=request.GET.get("until", ""))
        grown = growth(additions(songs, line.borders), line, library_filter)
    context = {
        "section": "map",
        "looking": "mood-time",
        "grown": grown,
        **filter_context(request, library_filter, span.count),
    }
    return render(request, "map/time.html", context)
