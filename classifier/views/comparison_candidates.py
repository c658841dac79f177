"""The choice of a song to compare with: what has the same title, what lies near in mood, or what is looked for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q
from django.urls import reverse

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.models import Person, Song, Status
from classifier.views.song_cards import Card, cards

LIKE, NEAR, FOUND = 5, 5, 30
# What tells one version of a song from another, and no more of its title.
VERSION_WORDS = re.compile(
    r"[(\[{].*|[-–—_,.:;/ ]+(?:\d+|v\d+|mix\w*|remix\w*|master\w*|remaster\w*|live|demo|edit|version|final|rough|take"
    r"|instrumental|acoustic|mono|stereo|take)\b.*$",
    re.IGNORECASE,
)
SHORTEST_TITLE = 3


@dataclass(frozen=True)
class Offer:
    """A song that may be chosen, with the address that chooses it."""

    card: Card
    address: str


@dataclass(frozen=True)
class Offers:
    title: str
    songs: list[Offer]


def choosing(request: AuthenticatedHttpRequest, a: Song | None, b: Song | None, problem: str) -> dict[str, Any]:
    """The context of the page: the song that is kept, and others in groups."""
    kept, place = _kept(a, b)
    q = request.GET.get("q", "").strip()[:200]
    groups = _found(request.user, q, kept) if q else _offered(request.user, kept)
    return {
        "section": "history",
        "problem": problem,
        "kept": cards([kept])[0] if kept else None,
        "kept_place": place,
        "q": q,
        "groups": [
            Offers(title, [Offer(card, _address(card.song, kept, place)) for card in cards(songs)])
            for title, songs in groups
            if songs
        ],
    }


def _kept(a: Song | None, b: Song | None) -> tuple[Song | None, str]:
    """Of what was asked for, the song that can stay, and its place."""
    for song, place in ((a, "a"), (b, "b")):
        if song is not None and song.status == Status.DONE and song.analysis is not None:
            return song, place
    return None, "a"


def _found(person: Person, q: str, kept: Song | None) -> list[tuple[str, list[Song]]]:
    return [("Found", list(_others(person, kept).with_words(q).newest_first()[:FOUND]))]


def _offered(person: Person, kept: Song | None) -> list[tuple[str, list[Song]]]:
    if kept is None:
        return [("Newest", list(_others(person, None).newest_first()[:FOUND]))]
    like = list(_like(_others(person, kept), kept)[:LIKE])
    near = list(_near(_others(person, kept, but=like), kept)[:NEAR])
    newest = _others(person, kept, but=[*like, *near]).newest_first()[: FOUND - LIKE - NEAR]
    return [("Perhaps another version of it", like), ("Nearest in mood", near), ("Newest", list(newest))]


def _others(person: Person, kept: Song | None, but: Iterable[Song] = ()) -> Any:
    """Songs that were heard, in no order."""
    without = [song.id for song in (kept, *but) if song is not None]
    songs = Song.objects.for_owner(person).with_current_analysis().with_analysis()
    return songs.analysed().exclude(id__in=without)


def _like(songs: Any, kept: Song) -> Any:
    title = plain_title(kept)
    if len(title) < SHORTEST_TITLE:
        return songs.none()
    return songs.filter(Q(title__icontains=title) | Q(file_name__icontains=title)).newest_first()


def _near(songs: Any, kept: Song) -> Any:
    here = kept.analysis
    assert here is not None
    across, up = F("analysis_valence") - here.valence, F("analysis_arousal") - here.arousal
    return songs.order_by(across * across + up * up, "id")


def plain_title(song: Song) -> str:
    """A title without what names its version: "Harbour (rough mix 2)" is "Harbour"."""
    title = song.title or PurePath(song.file_name).stem
    return VERSION_WORDS.sub("", title).strip()


def _address(song: Song, kept: Song | None, place: str) -> str:
    other = "b" if place == "a" else "a"
    chosen = {place: kept.id, other: song.id} if kept else {"a": song.id}
    return f"{reverse('song-compare')}?{urlencode(chosen)}"
