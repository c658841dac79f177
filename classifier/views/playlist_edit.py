"""The pages that make a new playlist and change one. A preview shows the songs before anything is stored."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.charts.library.active_filters import summary
from classifier.errors import ProductError
from classifier.library.filters import LibraryFilter
from classifier.library.selection import Selection
from classifier.models import Person, Playlist, Song, Status
from classifier.playlists.rule import FILTER, MAX_CHOSEN, MAX_SONGS, SIMILAR, PlaylistRule
from classifier.playlists.stored import playlist_create, playlist_edit
from classifier.views.playlist_forms import PlaylistForm, default_rule, initial_of, songs_of_rule
from classifier.views.playlists import chosen_entries, duration_text, own_playlist

MAX_FOUND = 8
MAX_RULE = 40_000
"""Characters of a rule in an address."""
PREVIEW, FIND, SAVE = "preview", "find", "save"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def new(request: AuthenticatedHttpRequest) -> HttpResponse:
    """From nothing, or from a `rule`, a filter (`query`), songs to be `like`, or the form of a selection of songs."""
    is_selection = "until" in request.POST
    if request.method == "POST" and not is_selection:
        return _form_page(request, None)
    try:
        rule = _rule_of_selection(request) if is_selection else _rule_of_address(request)
    except ProductError as error:
        messages.error(request, error.message)
        return redirect("playlist-list")
    return _page(request, _unbound(request.user, rule), None)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit(request: AuthenticatedHttpRequest, playlist_id: uuid.UUID) -> HttpResponse:
    playlist = own_playlist(request, playlist_id)
    if request.method == "POST":
        return _form_page(request, playlist)
    try:
        rule = PlaylistRule.from_json(playlist.rule)
    except ProductError as error:
        messages.error(request, error.message)
        rule = default_rule()
    return _page(request, _unbound(request.user, rule, playlist), playlist)


def _form_page(request: AuthenticatedHttpRequest, playlist: Playlist | None) -> HttpResponse:
    """What the buttons of the form do."""
    action = request.POST.get("action", SAVE)
    found = _found(request.user, request.POST.get("find", "")) if action == FIND else []
    form = PlaylistForm(request.user, request.POST, songs=_songs_of_form(request, found))
    if action == FIND:
        return _page(request, form, playlist, found=found, is_checked=False)
    if not form.is_valid():
        return _page(request, form, playlist, status=400)
    rule = form.cleaned_data["rule"]
    try:
        if action == PREVIEW:
            entries = chosen_entries(request.user, rule)
            return _page(request, form, playlist, entries=entries, duration=duration_text(entries), is_preview=True)
        values = {
            "name": form.cleaned_data["name"],
            "description": form.cleaned_data["description"],
            "rule": rule,
            "is_nightly": form.cleaned_data["is_nightly"],
            "source_id": form.source_id,
            "now": timezone.now(),
        }
        if playlist is None:
            playlist = playlist_create(owner=request.user, **values)
        else:
            playlist_edit(playlist=playlist, **values)
    except ProductError as error:
        form.add_error("name" if error.code.startswith("playlist_name") else None, error.message)
        return _page(request, form, playlist, status=error.http_status)
    messages.success(request, gettext("The playlist “%(name)s” is saved.") % {"name": playlist.name})
    return redirect("playlist", playlist.id)


def _page(
    request: AuthenticatedHttpRequest,
    form: PlaylistForm,
    playlist: Playlist | None,
    *,
    status: int = 200,
    is_checked: bool = True,
    **context: Any,
) -> HttpResponse:
    """With `is_checked`, a form that was sent shows its errors."""
    query = str(form["query"].value() or "")
    context |= {
        "section": "playlists",
        "form": form,
        "playlist": playlist,
        "show_errors": form.is_bound and is_checked,
        "filter_words": summary(LibraryFilter(QueryDict(query))),
        "query": query,
        "selected": _selected(form),
    }
    return render(request, "playlists/form.html", context, status=status)


def _unbound(owner: Person, rule: PlaylistRule, playlist: Playlist | None = None) -> PlaylistForm:
    initial = initial_of(rule, playlist)
    return PlaylistForm(owner, songs=songs_of_rule(owner, rule), initial=initial)


def _rule_of_address(request: AuthenticatedHttpRequest) -> PlaylistRule:
    if text := request.GET.get("rule", "")[:MAX_RULE]:
        try:
            return PlaylistRule.from_json(json.loads(text))
        except (ValueError, RecursionError):
            raise ProductError(
                "playlist_rule", gettext("The rule in this address is no JSON: open the page again.")
            ) from None
    if query := request.GET.get("query", ""):
        return default_rule(order=FILTER, query=query, artist_gap=0).checked()
    if like := request.GET.getlist("like"):
        return default_rule(order=SIMILAR, seeds=tuple(like)).checked()
    return default_rule()


def _rule_of_selection(request: AuthenticatedHttpRequest) -> PlaylistRule:
    """Of single songs; all that match a filter are the filter."""
    selected = Selection.from_form(request.POST, now=timezone.now())
    query = selected.library_filter.to_query()
    if selected.everything:
        return default_rule(order=FILTER, query=query, artist_gap=0).checked()
    ids = tuple(selected.songs(request.user).values_list("id", flat=True)[:MAX_CHOSEN])
    return default_rule(order=FILTER, song_ids=ids, songs=min(len(ids), MAX_SONGS) or 1, artist_gap=0).checked()


def _found(owner: Person, text: str) -> list[Song]:
    """Analysed songs that match a search."""
    songs = Song.objects.for_owner(owner).filter(status=Status.DONE)
    query = QueryDict(mutable=True)
    query["q"] = text.strip()
    return list(LibraryFilter(query).apply(songs)[:MAX_FOUND]) if query["q"] else []


def _songs_of_form(request: AuthenticatedHttpRequest, found: list[Song]) -> list[Song]:
    """Those that it names, and those that were found."""
    texts = [*request.POST.getlist("seeds"), *(request.POST.get(name, "") for name in ("start", "end"))]
    ids = []
    for text in texts[: MAX_CHOSEN + 2]:
        try:
            ids.append(uuid.UUID(text.removeprefix("song:")))
        except ValueError:
            continue  # a mood, or a place
    songs = Song.objects.for_owner(request.user).in_bulk(ids)
    named = {one: songs[one] for one in ids if one in songs}
    return [*named.values(), *(song for song in found if song.id not in named)]


def _selected(form: PlaylistForm) -> int:
    """How many single songs the rule is limited to."""
    try:
        kept = json.loads(str(form["kept"].value() or "{}"))
    except (ValueError, RecursionError):
        return 0
    ids = kept.get("song_ids") if isinstance(kept, dict) else None
    return len(ids) if isinstance(ids, list) else 0
