"""What the map and the history over time ask of the library: the filter of the history, above both."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone

from classifier.landscape import heard_songs
from classifier.library_filter import VALUES, LibraryFilter
from classifier.views.drawing.library import FilterForm, chips


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
