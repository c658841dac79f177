"""The pages of artists and albums: lists of them, and the mood profile of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.charts.library.mood_profile import MoodBar, by_frequency, profile_plane, strongest_songs
from classifier.charts.mood_names import CompositeMood
from classifier.fields import fold_key
from classifier.library.filter_form import EVERY, ONE
from classifier.library.groups import ALBUM, ARTIST, ORDERS, Group, Key, filled_groups, groups, songs_of
from classifier.library.text_search import bounded
from classifier.models import Song
from classifier.querysets import SongQuerySet
from classifier.sort_models import MOOD_COLUMNS
from classifier.views.song_cards import cards

PER_PAGE = 48
MOST_SONGS = 2000
"""Songs of an artist that the page reads. An artist has rarely a tenth of that."""
MOST_LISTED = 100
"""Songs that the page of an artist lists; the history has all of them."""


@dataclass(frozen=True)
class GroupCard:
    """An artist or an album in a list."""

    group: Group
    address: str
    bar: MoodBar | None
    mood: CompositeMood | None
    """The two most frequent main moods, whose colours stand where there is no cover."""


@require_safe
def artists(request: AuthenticatedHttpRequest) -> HttpResponse:
    return _list(request, "artists", ARTIST)


@require_safe
def albums(request: AuthenticatedHttpRequest) -> HttpResponse:
    return _list(request, "albums", ALBUM)


@require_safe
def artist(request: AuthenticatedHttpRequest) -> HttpResponse:
    """All songs that name this artist, in any spelling of case and accents."""
    key = (fold_key(request.GET.get("name", "")),)
    copies = _copies(request)
    songs = songs_of(request.user, ARTIST, key, every_copy=copies == EVERY)
    group = _group(request, ARTIST, key)
    albums_of = groups(request.user, ALBUM).filter(sort_album_artist=key[0])[:MOST_LISTED]
    own = filled_groups(request.user, ALBUM, list(albums_of)) if albums_of else []
    listed = songs.with_analysis().in_order("album")[:MOST_LISTED]
    context = {
        "albums": [_card(one, ALBUM) for one in own],
        "cards": cards(listed),
        "more": max(group.songs - MOST_LISTED, 0),
        **_addresses({"artist": group.name, "sort": "album"}, copies),
    }
    return render(
        request, "groups/artist.html", context | _profile(group, songs) | _switch(request, ARTIST, key, group)
    )


@require_safe
def album(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The songs of an album in the order of their tracks."""
    key = tuple(fold_key(request.GET.get(name, "")) for name in ("name", "artist"))
    copies = _copies(request)
    songs = songs_of(request.user, ALBUM, key, every_copy=copies == EVERY)
    group = _group(request, ALBUM, key)
    listed = songs.with_analysis().order_by(F("track_order").asc(nulls_last=True), "sort_title", "id")[:MOST_SONGS]
    context = {
        "cards": cards(listed),
        "artist_address": group_address(ARTIST, group.artist) if group.artist else "",
        **_addresses({"album": group.name, "album_artist": group.artist, "sort": "album"}, copies),
        **_switch(request, ALBUM, key, group),
    }
    return render(request, "groups/album.html", context | _profile(group, songs))


def group_address(columns: Key, name: str, artist_name: str = "") -> str:
    """The page of an artist or an album. Any spelling leads to it."""
    if columns == ARTIST:
        return f"{reverse('artist')}?{urlencode({'name': name})}"
    return f"{reverse('album')}?{urlencode({'name': name, 'artist': artist_name})}"


def _list(request: AuthenticatedHttpRequest, kind: str, columns: Key) -> HttpResponse:
    text = bounded(request.GET.get("q", ""))
    order = request.GET.get("sort", "")
    order = order if order in ORDERS else "name"
    page = Paginator(groups(request.user, columns, text=text, order=order), PER_PAGE).get_page(request.GET.get("page"))
    query = urlencode({name: value for name, value in {"q": text, "sort": order}.items() if value not in ("", "name")})
    context = {
        "section": "history",
        "kind": kind,
        "page": page,
        "pages": list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)),
        "and_query": f"{query}&" if query else "",
        "groups": [_card(group, columns) for group in filled_groups(request.user, columns, page.object_list)],
        "q": text,
        "order": order,
        "orders": ORDERS.items(),
    }
    return render(request, "groups/list.html", context)


def _group(request: AuthenticatedHttpRequest, columns: Key, key: Key) -> Group:
    every = _copies(request) == EVERY
    songs = songs_of(request.user, columns, key, every_copy=every).count() if key[0] else 0
    if not songs:
        raise Http404(gettext("You have no songs of this name."))
    row = {**dict(zip(columns, key, strict=True)), "songs": songs}
    return filled_groups(request.user, columns, [row], every_copy=every)[0]


def _copies(request: AuthenticatedHttpRequest) -> str:
    return EVERY if request.GET.get("copies") == EVERY else ONE


def _switch(request: AuthenticatedHttpRequest, columns: Key, key: Key, group: Group) -> dict[str, Any]:
    """To every copy of the recordings and back, where that makes a difference."""
    address = group_address(columns, group.name, group.artist)
    if _copies(request) == EVERY:
        return {"copies_address": address, "every_copy": True}
    hidden = songs_of(request.user, columns, key, every_copy=True).count() - group.songs
    return {"copies_address": f"{address}&copies={EVERY}" if hidden > 0 else "", "hidden_copies": hidden}


def _addresses(query: dict[str, str], copies: str) -> dict[str, str]:
    """Where the songs of a group are listed and played."""
    if copies == EVERY:
        query |= {"copies": EVERY}
    text = urlencode({name: text for name, text in query.items() if text})
    return {"history": f"{reverse('song-list')}?{text}", "queue": f"{reverse('play-queue')}?{text}"}


def _card(group: Group, columns: Key) -> GroupCard:
    return GroupCard(group, group_address(columns, group.name, group.artist), MoodBar.of(group.moods), _colours(group))


def _colours(group: Group) -> CompositeMood | None:
    moods = [key for key, _ in by_frequency(group.moods.counts)[:2]]
    return CompositeMood.from_keys(*(*moods, "")[:2]) if moods else None


def _profile(group: Group, songs: SongQuerySet) -> dict[str, Any]:
    newest = songs.newest_first()
    analysed = newest.with_current_analysis().analysed()
    places = analysed.values_list(F("effective_primary"), F("analysis_valence"), F("analysis_arousal"))[:MOST_SONGS]
    scored: list[Song] = list(newest.only("id", "title", "file_name", *MOOD_COLUMNS.values())[:MOST_SONGS])
    return {
        "section": "history",
        "group": group,
        "bar": MoodBar.of(group.moods),
        "colours": _colours(group),
        "profile": profile_plane(list(places)),
        "strongest": strongest_songs(scored),
    }
