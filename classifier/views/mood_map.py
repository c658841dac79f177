"""The mood map and the timeline: every song of a user in the valence-arousal plane, and by the time it was added."""

from __future__ import annotations

import gzip
import hashlib
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.charts.library.active_filters import active_filters
from classifier.charts.library.mood_map import mood_map_chart
from classifier.charts.library.mood_map_points import points_json
from classifier.charts.library.periods import period_range
from classifier.charts.library.timeline import timeline_chart
from classifier.library.filter_form import DEFAULTS, ONE
from classifier.library.filters import LibraryFilter
from classifier.library.mood_map import (
    Additions,
    analysed_songs,
    cell_counts,
    drawn_points,
    newest_points,
)
from classifier.models import Song, Status

# Two thirds of the gain of the default level in a third of its time.
GZIP_LEVEL = 2
MAX_LISTED = 100
"""Selected songs that the page lists."""


@require_safe
def mood_map(request: AuthenticatedHttpRequest) -> HttpResponse:
    """A chart of counts and a list of regions, which need no script; the points come from `mood_points`."""
    if address := address_without_empty_fields(request):
        return redirect(address)
    library_filter = LibraryFilter(request.GET)
    chart = mood_map_chart(cell_counts(analysed_songs(request.user, library_filter)), library_filter)
    context = {
        "section": "map",
        "active_tab": "mood-map",
        "chart": chart,
        **filter_context(request, library_filter, chart.count),
    }
    return render(request, "map/page.html", context)


@require_safe
def mood_points(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The songs that the map draws; with `newest`, the first of the list instead."""
    songs = analysed_songs(request.user, LibraryFilter(request.GET))
    total = songs.count()
    newest = request.GET.get("newest") == "yes"
    points = newest_points(songs, MAX_LISTED) if newest else drawn_points(songs, total)
    return _answer(request, points_json(points, total))


def _answer(request: AuthenticatedHttpRequest, text: str) -> HttpResponse:
    """Cached by this browser only, and revalidated each time."""
    # Weak, since the response may be compressed or not.
    etag = f'W/"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
    response = get_conditional_response(request, etag=etag) or _compressed(request, text)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ("Accept-Encoding", "Cookie"))
    return response


def _compressed(request: AuthenticatedHttpRequest, text: str) -> HttpResponse:
    """Safe from BREACH: the response holds no secret beside what the request chose."""
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(text, content_type="application/json")
    compressed = gzip.compress(text.encode(), GZIP_LEVEL, mtime=0)
    return HttpResponse(compressed, content_type="application/json", headers={"Content-Encoding": "gzip"})


def filter_context(request: AuthenticatedHttpRequest, library_filter: LibraryFilter, count: int) -> dict[str, Any]:
    """`count` is the number of songs that match."""
    library_filter.offer_sources(request.user)
    done = Song.objects.for_owner(request.user).filter(status=Status.DONE)
    if library_filter.shown_copies == ONE:
        done = done.without_copies()
    return {
        "filter": library_filter,
        "query": library_filter.to_query(),
        "active_filters": active_filters(library_filter),
        "count": count,
        "total": done.count() if library_filter.narrows else count,
        "seen_at": timezone.now().isoformat(),
    }


def address_without_empty_fields(request: AuthenticatedHttpRequest) -> str:
    """Where to redirect a form that was sent with empty fields; an empty string where there are none."""
    if all(text for name, text in request.GET.items() if name in LibraryFilter.parameter_names()):
        return ""
    filled = {name: text for name, text in request.GET.items() if text and (name, text) not in DEFAULTS}
    return f"{request.path}?{urlencode(filled)}" if filled else request.path


@require_safe
def mood_time(request: AuthenticatedHttpRequest) -> HttpResponse:
    """`by` is the length of a period; `until` is the last day shown, unless that is the day of the last song."""
    if address := address_without_empty_fields(request):
        return redirect(address)
    library_filter = LibraryFilter(request.GET)
    additions = Additions(analysed_songs(request.user, library_filter))
    chart = None
    if additions:
        first, last = map(timezone.localdate, additions.span)
        shown = period_range(first, last, by=request.GET.get("by", ""), until=request.GET.get("until", ""))
        chart = timeline_chart(additions.by_period(shown.borders), shown, library_filter)
    context = {
        "section": "map",
        "active_tab": "mood-time",
        "chart": chart,
        **filter_context(request, library_filter, len(additions)),
    }
    return render(request, "map/time.html", context)
