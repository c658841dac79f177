"""The pages of playlists: those that a user keeps, and ready-made ones."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.charts.library.active_filters import summary
from classifier.charts.number_text import clock
from classifier.errors import ProductError
from classifier.library.filters import LibraryFilter
from classifier.models import Person, Playlist, Song
from classifier.playlists.choose import ChosenSong, choose
from classifier.playlists.ready_made import READY_MADE, fitting_choice, ready_made
from classifier.playlists.rule import PlaylistRule
from classifier.playlists.rule_text import rule_text
from classifier.playlists.stored import playlist_create, playlist_delete, playlist_refresh
from classifier.playlists.stored_reasons import retold
from classifier.playlists.sync import server_copy_delete
from classifier.views.song_cards import Card, cards

NOT_SHOWN = ("tags", "search_text", "warnings")


@dataclass(frozen=True)
class Entry:
    """A song in a list."""

    card: Card
    reason: str


@dataclass(frozen=True)
class PlaylistRow:
    playlist: Playlist
    rule: str
    songs: int
    duration: str


@require_safe
@never_cache
def playlist_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    here = Q(entries__song__deleted_at=None)
    playlists = Playlist.objects.filter(owner=request.user).select_related("source")
    counted = playlists.annotate(
        songs=Count("entries", filter=here), seconds=Sum("entries__song__duration_s", filter=here)
    )
    rows = [
        PlaylistRow(one, rule_words(request.user, one), one.songs, clock(one.seconds) if one.seconds else "")
        for one in counted
    ]
    context = {"section": "playlists", "rows": rows, "ready": ready_made(request.user)}
    return render(request, "playlists/list.html", context)


@require_safe
@never_cache
def playlist_detail(request: AuthenticatedHttpRequest, playlist_id: uuid.UUID) -> HttpResponse:
    playlist = own_playlist(request, playlist_id)
    entries = entries_of(playlist)
    context = {
        "section": "playlists",
        "playlist": playlist,
        "rule": rule_words(request.user, playlist),
        "entries": entries,
        "duration": duration_text(entries),
        "is_waiting": playlist.source_id is not None and playlist.asked_at is not None,
    }
    return render(request, "playlists/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def ready(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """A ready-made list, computed now; a POST keeps it."""
    one = READY_MADE.get(key)
    if one is None:
        raise Http404
    rule, chosen = fitting_choice(request.user, one)
    if request.method == "POST":
        try:
            playlist = playlist_create(
                owner=request.user, name=_free_name(request.user, one.name), rule=rule, now=timezone.now()
            )
        except ProductError as error:
            messages.error(request, error.message)
            return redirect("playlist-ready", key)
        messages.success(
            request,
            gettext("The playlist “%(name)s” is yours now, and follows your library.") % {"name": playlist.name},
        )
        return redirect("playlist", playlist.id)
    entries = entries_of_chosen(chosen)
    context = {"section": "playlists", "ready": one, "entries": entries, "duration": duration_text(entries)}
    return render(request, "playlists/ready.html", context)


@require_POST
def refresh(request: AuthenticatedHttpRequest, playlist_id: uuid.UUID) -> HttpResponse:
    playlist = own_playlist(request, playlist_id)
    try:
        changes = playlist_refresh(playlist=playlist, now=timezone.now())
    except ProductError as error:
        messages.error(request, error.message)
        return redirect("playlist", playlist_id)
    if changes.added or changes.removed:
        messages.success(
            request,
            gettext("Refreshed: %(added)s added, %(removed)s removed.")
            % {"added": changes.added, "removed": changes.removed},
        )
    else:
        messages.success(request, gettext("Refreshed: the same songs as before."))
    return redirect("playlist", playlist_id)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def delete(request: AuthenticatedHttpRequest, playlist_id: uuid.UUID) -> HttpResponse:
    playlist = own_playlist(request, playlist_id)
    if request.method == "POST":
        try:
            if request.POST.get("server_copy"):
                server_copy_delete(playlist)
        except ProductError as error:
            messages.error(request, gettext("%(problem)s Nothing was deleted.") % {"problem": error.message})
            return redirect("playlist-delete", playlist_id)
        playlist_delete(playlist=playlist)
        messages.success(
            request, gettext("The playlist “%(name)s” is deleted. Its songs are not.") % {"name": playlist.name}
        )
        return redirect("playlist-list")
    return render(request, "playlists/delete.html", {"section": "playlists", "playlist": playlist})


def own_playlist(request: AuthenticatedHttpRequest, playlist_id: uuid.UUID) -> Playlist:
    return get_object_or_404(
        Playlist.objects.filter(owner=request.user).select_related("source", "owner"), id=playlist_id
    )


def entries_of(playlist: Playlist) -> list[Entry]:
    rows = list(playlist.entries.filter(song__deleted_at=None).values_list("song_id", "reason"))
    songs = Song.objects.defer(*NOT_SHOWN).with_analysis().in_bulk([song_id for song_id, _ in rows])
    shown = cards(songs[song_id] for song_id, _ in rows)
    reason_of = retold(playlist)
    return [Entry(card, reason_of(card.song, stored)) for card, (_, stored) in zip(shown, rows, strict=True)]


def chosen_entries(owner: Person, rule: PlaylistRule) -> list[Entry]:
    """Of a rule that is not stored. Raises ProductError."""
    return entries_of_chosen(choose(owner, rule))


def entries_of_chosen(chosen: list[ChosenSong]) -> list[Entry]:
    shown = cards(one.song for one in chosen)
    return [Entry(card, one.reason) for card, one in zip(shown, chosen, strict=True)]


def duration_text(entries: list[Entry]) -> str:
    return clock(sum(entry.card.song.duration_s or 0.0 for entry in entries))


def rule_words(owner: Person, playlist: Playlist) -> str:
    """The rule, and the filter that narrows it."""
    try:
        rule = PlaylistRule.from_json(playlist.rule)
    except ProductError as error:  # of a version with other filters
        return error.message
    filter_words = summary(LibraryFilter(QueryDict(rule.query)))
    return "; ".join(filter(None, [rule_text(owner, rule), filter_words]))


def new_address(**values: Any) -> str:
    """The page of a new playlist that begins with this rule."""
    query = QueryDict(mutable=True)
    query.update({name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()})
    return f"{reverse('playlist-new')}?{query.urlencode()}"


def _free_name(owner: Person, name: str) -> str:
    taken = set(Playlist.objects.filter(owner=owner, name__startswith=name).values_list("name", flat=True))
    number, free = 2, name
    while free in taken:
        free, number = f"{name} {number}", number + 1
    return free
