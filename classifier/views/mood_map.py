"""The mood map: every song of a person in the plane of valence and arousal."""

from __future__ import annotations

import gzip

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from classifier.landscape import cell_counts, heard_songs, spots, stamp
from classifier.library_filter import LibraryFilter
from classifier.views.drawing.landscape import landscape
from classifier.views.drawing.points import FORMAT, points_json
from classifier.views.map_question import question, tidy_address

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
