"""Candidates for a comparison: songs with a similar title, similar songs, or search results."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.fields import fold
from classifier.library.search_index import containing
from classifier.library.text_search import bounded, excess, matching
from classifier.models import Person, Song, Status
from classifier.playlists.choose import choose
from classifier.playlists.rule import SIMILAR, PlaylistRule
from classifier.playlists.similar_songs import is_comparable
from classifier.views.song_cards import Card, cards

if TYPE_CHECKING:
    from classifier.querysets import SongQuerySet

MOST_VERSIONS, MOST_SIMILAR, MOST_SONGS = 5, 5, 30
# The end of a title that names a version of the song.
VERSION_SUFFIX = re.compile(
    r"[(\[{].*|[-–—_,.:;/ ]+(?:\d+|v\d+|mix\w*|remix\w*|master\w*|remaster\w*|live|demo|edit|version|final|rough|take"
    r"|instrumental|acoustic|mono|stereo|take)\b.*$",
    re.IGNORECASE,
)
SHORTEST_TITLE = 3


@dataclass(frozen=True)
class Candidate:
    """A song to choose, with the address of the comparison."""

    card: Card
    address: str


@dataclass(frozen=True)
class CandidateGroup:
    title: str
    candidates: list[Candidate]


def candidates_context(
    request: AuthenticatedHttpRequest, a: Song | None, b: Song | None, problem: str
) -> dict[str, Any]:
    """The context of the page that asks for the missing song of a comparison."""
    selected, letter = _selected(a, b)
    text = request.GET.get("q", "")
    q = bounded(text)
    groups = _search(request.user, q, selected) if q else _suggestions(request.user, selected)
    return {
        "section": "history",
        "problem": problem,
        "selected": cards([selected])[0] if selected else None,
        "selected_letter": letter,
        "q": q,
        "excess": excess(text),
        "groups": [
            CandidateGroup(title, [Candidate(card, _address(card.song, selected, letter)) for card in cards(songs)])
            for title, songs in groups
            if songs
        ],
    }


def _selected(a: Song | None, b: Song | None) -> tuple[Song | None, str]:
    """The song that is chosen already, if it can be compared, and its parameter in the address."""
    for song, letter in ((a, "a"), (b, "b")):
        if song is not None and song.status == Status.DONE and song.analysis is not None:
            return song, letter
    return None, "a"


def _search(person: Person, q: str, selected: Song | None) -> list[tuple[str, list[Song]]]:
    return [(gettext("Search results"), list(matching(_others(person, selected), q).newest_first()[:MOST_SONGS]))]


def _suggestions(person: Person, selected: Song | None) -> list[tuple[str, list[Song]]]:
    if selected is None:
        return [(gettext("Newest"), list(_others(person, None).newest_first()[:MOST_SONGS]))]
    versions = list(_versions(_others(person, selected), selected)[:MOST_VERSIONS])
    similar = _similar(person, selected, exclude=versions)
    newest = _others(person, selected, exclude=[*versions, *similar]).newest_first()
    return [
        (gettext("Other versions"), versions),
        (gettext("Similar songs"), similar),
        (gettext("Newest"), list(newest[: MOST_SONGS - MOST_VERSIONS - MOST_SIMILAR])),
    ]


def _others(person: Person, selected: Song | None, exclude: Iterable[Song] = ()) -> SongQuerySet:
    """Analysed songs, in no order."""
    excluded = [song.id for song in (selected, *exclude) if song is not None]
    songs = Song.objects.for_owner(person).with_current_analysis().with_analysis()
    return songs.analysed().exclude(id__in=excluded)


def _versions(songs: SongQuerySet, selected: Song) -> SongQuerySet:
    title = title_without_version(selected)
    if len(title) < SHORTEST_TITLE:
        return songs.none()
    named = Q(title__icontains=title) | Q(file_name__icontains=title)
    return songs.filter(containing([fold(title)], using=songs.db), named).newest_first()


def _similar(person: Person, selected: Song, exclude: list[Song]) -> list[Song]:
    if not is_comparable(selected):
        return []
    rule = PlaylistRule(order=SIMILAR, seeds=(selected.id,), songs=MOST_SIMILAR + len(exclude))
    return [one.song for one in choose(person, rule) if one.song not in exclude][:MOST_SIMILAR]


def title_without_version(song: Song) -> str:
    """For example "Harbour" for "Harbour (rough mix 2)"."""
    title = song.title or PurePath(song.file_name).stem
    return VERSION_SUFFIX.sub("", title).strip()


def _address(song: Song, selected: Song | None, letter: str) -> str:
    other = "b" if letter == "a" else "a"
    parameters = {letter: selected.id, other: song.id} if selected else {"a": song.id}
    return f"{reverse('song-compare')}?{urlencode(parameters)}"
