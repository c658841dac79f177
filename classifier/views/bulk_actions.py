"""Actions on many songs at once: one form, whose buttons choose the action."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from classifier import ml_gateway
from classifier.accounts.authentication import AuthenticatedHttpRequest, token_allowed
from classifier.accounts.security_log import Kind, record_event
from classifier.charts.mood_names import Side
from classifier.error_responses import error_response, wants_json
from classifier.errors import FILE_ERRORS, ProductError
from classifier.library.export import csv_lines, json_lines
from classifier.library.filters import LibraryFilter
from classifier.library.selection import Selection
from classifier.models import Song, Status
from classifier.query_parameters import check_parameters
from classifier.services.bulk import songs_correct, songs_delete, songs_rerun
from classifier.views.song_cards import cards

if TYPE_CHECKING:
    from classifier.querysets import SongQuerySet

Lines = Callable[["SongQuerySet"], Iterator[str]]

EXPORTS: dict[str, tuple[Lines, str]] = {
    "csv": (csv_lines, "text/csv; charset=utf-8"),
    "jsonl": (json_lines, "application/jsonl; charset=utf-8"),
}
# Up to this many songs are listed on the confirmation page, and analysed again without confirmation.
MAX_LISTED = 30


@token_allowed
@require_safe
def export(request: AuthenticatedHttpRequest, kind: str) -> HttpResponseBase:
    """All songs that match a filter."""
    try:
        check_parameters(request.GET, *LibraryFilter.parameter_names())
        library_filter = LibraryFilter(request.GET).checked()
    except ProductError as error:
        return error_response(request, error)
    record_event(Kind.EXPORTED, request.user, request, what=f"songs as {kind}")
    return _file(library_filter.apply(Song.objects.for_owner(request.user)), kind)


@require_POST
def selection(request: AuthenticatedHttpRequest) -> HttpResponseBase:
    """The buttons below the list; an action that cannot be undone or takes long needs a confirmation."""
    action = request.POST.get("action", "")
    try:
        if action not in ACTIONS:
            raise ProductError("action_unknown", f"“{action[:40]}” is not an action: use one of {', '.join(ACTIONS)}.")
        selected = Selection.from_form(request.POST, now=timezone.now())
        return ACTIONS[action](request, selected)
    except ProductError as error:
        if wants_json(request):
            return error_response(request, error)
        messages.error(request, error.message)
        return redirect(_library(request.POST.get("query", "")))


def _export(request: AuthenticatedHttpRequest, selected: Selection) -> HttpResponseBase:
    record_event(Kind.EXPORTED, request.user, request, what=f"songs as {request.POST['action']}")
    return _file(selected.songs(request.user), request.POST["action"])


def _compare(request: AuthenticatedHttpRequest, selected: Selection) -> HttpResponse:
    ids = list(selected.songs(request.user).values_list("id", flat=True)[:3])
    if len(ids) != 2:
        raise ProductError("two_compared", "Only two songs can be compared: select exactly two.")
    return redirect(f"{reverse('song-compare')}?{urlencode({'a': ids[0], 'b': ids[1]})}")


def _rerun(request: AuthenticatedHttpRequest, selected: Selection) -> HttpResponse:
    ids = _ids(request, selected)
    if len(ids) > MAX_LISTED and not _confirmed(request, len(ids)):
        return _ask_for_confirmation(request, selected, ids)
    queued = songs_rerun(ids=ids, now=timezone.now())
    if queued:
        messages.success(request, f"{_songs(queued)} will be analysed again. The current results stay until then.")
    unreadable = selected.songs(request.user).filter(status=Status.FAILED, error_code__in=FILE_ERRORS).count()
    if unreadable:
        messages.info(request, f"Skipped {_songs(unreadable)}: another analysis of the same file would fail again.")
    if waiting := len(ids) - queued - unreadable:
        messages.info(request, f"Skipped {_songs(waiting)} already in the queue.")
    return redirect(_library(selected.library_filter.to_query()))


def _delete(request: AuthenticatedHttpRequest, selected: Selection) -> HttpResponse:
    ids = _ids(request, selected)
    if not _confirmed(request, len(ids)):
        return _ask_for_confirmation(request, selected, ids)
    deleted = songs_delete(ids=ids)
    record_event(Kind.SONGS_DELETED, request.user, request, songs=deleted)
    messages.success(request, f"Deleted {_songs(deleted)} with {'its' if deleted == 1 else 'their'} audio.")
    return redirect(_library(selected.library_filter.to_query()))


def _correct(request: AuthenticatedHttpRequest, selected: Selection) -> HttpResponse:
    ids = _ids(request, selected)
    if not _confirmed(request, len(ids)):
        return _ask_for_confirmation(request, selected, ids)
    moods = {side: request.POST.get(side, "") for side in ("primary", "secondary")}
    try:
        corrected = songs_correct(ids=ids, **moods, now=timezone.now())
    except ProductError as error:
        messages.error(request, error.message)
        return _ask_for_confirmation(request, selected, ids)
    messages.success(request, f"Your moods for {_songs(corrected)} are saved.")
    return redirect(_library(selected.library_filter.to_query()))


ACTIONS: dict[str, Callable[[AuthenticatedHttpRequest, Selection], HttpResponseBase]] = {
    "rerun": _rerun,
    "correct": _correct,
    "compare": _compare,
    "csv": _export,
    "jsonl": _export,
    "delete": _delete,
}


def _ids(request: AuthenticatedHttpRequest, selected: Selection) -> list[UUID]:
    ids = list(selected.songs(request.user).values_list("id", flat=True))
    if not ids:
        raise ProductError("nothing_selected", "No songs selected: select songs in the list first.")
    return ids


def _confirmed(request: AuthenticatedHttpRequest, count: int) -> bool:
    """Confirmed, and for as many songs as are selected now."""
    return request.POST.get("confirmed") == str(count)


def _ask_for_confirmation(request: AuthenticatedHttpRequest, selected: Selection, ids: list[UUID]) -> HttpResponse:
    shown = cards(Song.objects.filter(id__in=ids[:MAX_LISTED]).with_analysis())
    positions = {song_id: position for position, song_id in enumerate(ids[:MAX_LISTED])}
    context = {
        "section": "history",
        "action": request.POST["action"],
        "count": len(ids),
        "cards": sorted(shown, key=lambda card: positions[card.song.id]),
        "more": len(ids) - len(shown),
        "fields": selected.fields(),
        "primary": request.POST.get("primary", ""),
        "secondary": request.POST.get("secondary", ""),
        "back": _library(selected.library_filter.to_query()),
        "moods": [Side(key) for key in ml_gateway.MOODS],
        "model": settings.MODEL_BUNDLE,
    }
    return render(request, "songs/selection.html", context)


def _file(songs: SongQuerySet, kind: str) -> HttpResponseBase:
    lines, content_type = EXPORTS[kind]
    name = f"songs {timezone.localdate().isoformat()}.{kind}"
    return StreamingHttpResponse(
        lines(songs),
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )


def _library(query: str) -> str:
    address = reverse("song-list")
    query = LibraryFilter(QueryDict(query)).to_query()
    return f"{address}?{query}" if query else address


def _songs(count: int) -> str:
    return "1 song" if count == 1 else f"{count:,} songs"
