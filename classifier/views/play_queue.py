"""What the player of the pages plays: the songs of a filter, a selection or a playlist, or similar to one song."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.error_responses import error_response
from classifier.errors import ProductError
from classifier.library.filters import LibraryFilter
from classifier.library.selection import Selection
from classifier.models import Playlist, Song
from classifier.playlists.play_queue import PlayQueue, play_queue, playlist_queue, queue_in_order, similar_queue
from classifier.query_parameters import check_parameters
from classifier.views.song_cards import Card, cards

FIRST, LIKE, PLAYLIST = "from", "like", "playlist"
"""Parameters beside those of a filter: the song to start with, the song to which the others are similar, a playlist."""

NO_KEY = UUID(int=0)


@require_http_methods(["GET", "HEAD", "POST"])
def song_queue(request: AuthenticatedHttpRequest) -> HttpResponse:
    """JSON with what the player shows and plays. A POST takes the form of a selection, and changes nothing; with
    `in_order`, its songs keep the order in which they are sent."""
    try:
        queue = _of_selection(request) if request.method == "POST" else _of_address(request)
    except ProductError as error:
        return error_response(request, error)
    songs = [_song(card) for card in cards(queue.songs)]
    return JsonResponse({"songs": songs, "start": queue.start, "total": queue.total})


def _of_selection(request: AuthenticatedHttpRequest) -> PlayQueue:
    selected = Selection.from_form(request.POST, now=timezone.now())
    first = _id(request.POST.get(FIRST, ""))
    if request.POST.get("in_order"):
        return queue_in_order(request.user, selected.ids, first=first)
    return play_queue(selected.songs(request.user), first=first)


def _of_address(request: AuthenticatedHttpRequest) -> PlayQueue:
    check_parameters(request.GET, FIRST, LIKE, PLAYLIST, *LibraryFilter.parameter_names())
    first = _id(request.GET.get(FIRST, ""))
    if playlist := _id(request.GET.get(PLAYLIST, "")):
        playlists = Playlist.objects.filter(owner=request.user)
        return playlist_queue(get_object_or_404(playlists, id=playlist), first=first)
    if like := _id(request.GET.get(LIKE, "")):
        songs = Song.objects.for_owner(request.user).with_analysis()
        return similar_queue(request.user, get_object_or_404(songs, id=like))
    songs = LibraryFilter(request.GET).checked().apply(Song.objects.for_owner(request.user))
    return play_queue(songs, first=first)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise ProductError(
            "ids_malformed", gettext("An id in the address is invalid: reload the page and try again.")
        ) from None


def _song(card: Card) -> dict[str, Any]:
    song, mood = card.song, card.mood
    return {
        "id": str(song.id),
        "title": song.display_title,
        "artist": song.artist,
        "album": song.album,
        "duration_s": song.duration_s,
        "mood": {"name": mood.name, "css": mood.css, "certain": mood.certain} if mood else None,
        "audio": _address("song-audio", song.id),
        "page": _address("song-detail", song.id),
        "cover": _address("cover-small", song.cover_image_id) if song.cover_image_id else None,
        "artwork": _address("cover-large", song.cover_image_id) if song.cover_image_id else None,
    }


def _address(name: str, key: UUID) -> str:
    return _pattern(name, get_script_prefix()).replace(str(NO_KEY), str(key))


@cache
def _pattern(name: str, script_prefix: str) -> str:
    """With NO_KEY in place of a key: to build thousands of addresses takes longer than to read their songs."""
    return reverse(name, args=[NO_KEY])
