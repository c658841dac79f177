"""The mood map: every song of a person in the plane of valence and arousal."""

from __future__ import annotations

import gzip
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from classifier.charts.library.filter_form import FilterForm, chips
from classifier.charts.library.mood_map import landscape
from classifier.charts.library.mood_map_points import FORMAT, points_json
from classifier.charts.library.periods import timeline
from classifier.charts.library.timeline import growth
from classifier.library.filters import VALUES, LibraryFilter
from classifier.library.mood_map import additions, cell_counts, heard_songs, span_of, spots, stamp

# Two thirds of the gain of the usual level for a third of its time.
GZIP_LEVEL = 2


@require_safe
def mood_map(request: HttpRequest) -> HttpResponse:
    """Works without a script as a picture of counts and a table; the points come from `mood_points`."""
    if address := tidy_address(request):
        return redirect(address)
    asked = LibraryFilter.from_query(request.GET)
    seen = landscape(cell_counts(heard_songs(request.user, asked)), asked)
    context = {"section": "map", "looking": "mood-map", "map": seen, **question(request, asked, seen.count)}
    return render(request, "map/page.html", context)


@require_safe
def mood_points(request: HttpRequest) -> HttpResponse:
    songs = heard_songs(request.user, LibraryFilter.from_query(request.GET))
    # Weak, since the same songs go out packed or plain.
    etag = f'W/"{FORMAT}-{stamp(songs)}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = _packed(request, points_json(spots(songs)))
    response.headers["ETag"] = etag
    # Kept by this browser alone, and asked for again each time, which mostly costs one look into the database.
    response.headers["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ("Accept-Encoding", "Cookie"))
    return response


def _packed(request: HttpRequest, text: str) -> HttpResponse:
    """Small on its way. Nothing secret stands beside what the asker chose, so that lengths give nothing away."""
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(text, content_type="application/json")
    packed = gzip.compress(text.encode(), GZIP_LEVEL, mtime=0)
    return HttpResponse(packed, content_type="application/json", headers={"Content-Encoding": "gzip"})


def question(request: HttpRequest, asked: LibraryFilter, count: int) -> dict[str, Any]:
    """`count` is how many songs it means."""
    return {
        "asked": asked,
        "query": asked.to_query(),
        "form": FilterForm(asked),
        "chips": chips(asked.without("sort")),
        "count": count,
        "whole_count": heard_songs(request.user, LibraryFilter()).count() if asked.narrows else count,
        "seen_at": timezone.now().isoformat(),
    }


def tidy_address(request: HttpRequest) -> str:
    """The same address without what a form left empty; empty where it needs no tidying."""
    if all(text for name, text in request.GET.items() if name in VALUES):
        return ""
    asked_for = {name: text for name, text in request.GET.items() if text}
    return f"{request.path}?{urlencode(asked_for)}" if asked_for else request.path


@require_safe
def mood_time(request: HttpRequest) -> HttpResponse:
    """`by` is the length of a period; `until` is the day with which the drawing ends, if not with the last song."""
    if address := tidy_address(request):
        return redirect(address)
    asked = LibraryFilter.from_query(request.GET)
    songs = heard_songs(request.user, asked)
    span = span_of(songs)
    grown = None
    if span.first and span.last:
        first, last = timezone.localdate(span.first), timezone.localdate(span.last)
        line = timeline(first, last, by=request.GET.get("by", ""), until=request.GET.get("until", ""))
        grown = growth(additions(songs, line.borders), line, asked)
    context = {"section": "map", "looking": "mood-time", "grown": grown, **question(request, asked, span.count)}
    return render(request, "map/time.html", context)
