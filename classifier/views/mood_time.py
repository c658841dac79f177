"""What a person has been adding: the moods of their songs by week, month or year."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from classifier.landscape import additions, heard_songs, span_of
from classifier.library_filter import LibraryFilter
from classifier.views.drawing.growth import growth
from classifier.views.drawing.periods import timeline
from classifier.views.map_question import question, tidy_address


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
