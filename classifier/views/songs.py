"""The history, and the page of each song."""

import uuid
from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.charts.library.active_filters import active_filters, quick_filters, summary
from classifier.jobs.health import worker_answers
from classifier.library.filter_form import DEFAULTS
from classifier.library.filters import LibraryFilter
from classifier.library.song_list import SongList
from classifier.models import SavedFilter, Song, Status
from classifier.views.song_cards import cards, song_places
from classifier.views.song_result import result_page

PER_PAGE = 30


@require_safe
def song_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The whole page, or for htmx the part between its header and its footer."""
    if not request.htmx and any(
        name in LibraryFilter.parameter_names() and not text for name, text in request.GET.items()
    ):
        # A form sends its empty fields too; an address to save or share has only those that are set.
        filled = {name: text for name, text in request.GET.items() if text and (name, text) not in DEFAULTS}
        return redirect(_address(request, urlencode(filled)))
    context = library_context(request, LibraryFilter(request.GET))
    if not request.htmx:
        response = render(request, "songs/list.html", context)
    else:
        response = render(request, "songs/library/part.html", context)
        response.headers["HX-Push-Url"] = _address(request, context["query"], context["page"].number)
    patch_vary_headers(response, ["HX-Request"])
    return response


def library_context(request: AuthenticatedHttpRequest, library_filter: LibraryFilter) -> dict[str, Any]:
    """Everything that the list shows, in a constant number of queries."""
    library_filter.offer_sources(request.user)
    songs = SongList(library_filter.apply(Song.objects.for_owner(request.user)), Song.objects.with_analysis())
    page = Paginator(cast("Sequence[Song]", songs), PER_PAGE).get_page(request.GET.get("page"))
    shown = cards(page.object_list)
    query = library_filter.to_query()
    return {
        "section": "history",
        "is_empty": not (page.paginator.count or library_filter.narrows or library_filter.problems),
        "filter": library_filter,
        "query": query,
        "and_query": f"{query}&" if query else "",
        "export_query": library_filter.to_query(copies=library_filter.shown_copies),
        "active_filters": active_filters(library_filter),
        "quick_filters": quick_filters(library_filter),
        "summary": summary(library_filter),
        "saved": list(SavedFilter.objects.for_owner(request.user)),
        "page": page,
        "pages": list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)),
        "cards": shown,
        "seen_at": timezone.now().isoformat(),
        "unfinished": any(not card.song.is_over for card in shown),
        "worker_answers": worker_answers(now=timezone.now()),
    }


@require_safe
def song_detail(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> HttpResponse:
    songs = Song.objects.for_owner(request.user).with_analysis(detail=True)
    song = get_object_or_404(songs, id=song_id)
    if song.status == Status.DONE and song.analysis is not None:
        return result_page(request, song)
    [card] = cards([song])
    context = {
        "card": card,
        "song": song,
        "places": song_places(song),
        "worker_answers": worker_answers(now=timezone.now()),
    }
    return render(request, "songs/unfinished.html", context)


def _address(request: AuthenticatedHttpRequest, query: str, page: int = 1) -> str:
    parts = [query] if query else []
    if page > 1:
        parts.append(f"page={page}")
    return f"{request.path}?{'&'.join(parts)}" if parts else request.path
