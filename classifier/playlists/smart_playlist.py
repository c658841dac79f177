"""The rule of a playlist as a smart playlist of Navidrome (.nsp), as far as its conditions can say the same.

See https://www.navidrome.org/docs/usage/features/smart-playlists/. It reads the tags of files: moods have to be written
into them first.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext

from classifier.active_words import active_words
from classifier.errors import ProductError
from classifier.library.filters import LibraryFilter
from classifier.models import Playlist
from classifier.playlists.candidates import rule_filter
from classifier.playlists.rule import FILTER, MIXTURE, PATH, PlaylistRule
from classifier.playlists.rule_values import RANGES
from classifier.tagging.song_moods import tag_words

RANGE_FIELDS = {"bpm": "bpm", "year": "year", "duration_s": "duration", "valence": "valence", "arousal": "arousal"}
TEXT_FIELDS = {"artist": "artist", "album": "album", "album_artist": "albumartist", "music_genre": "genre"}
SORTS = {
    "title": ("title", "asc"), "artist": ("artist", "asc"), "album": ("album", "asc"), "latest": ("year", "desc"),
    "earliest": ("year", "asc"), "longest": ("duration", "desc"), "shortest": ("duration", "asc"),
    "fastest": ("bpm", "desc"), "slowest": ("bpm", "asc"), "oldest": ("dateadded", "asc"),
    "pleasant": ("valence", "desc"), "unpleasant": ("valence", "asc"), "lively": ("arousal", "desc"),
    "quiet": ("arousal", "asc"),
}  # fmt: skip
NEWEST = ("dateadded", "desc")

Condition = dict[str, dict[str, Any]]


def smart_playlist(playlist: Playlist) -> str:
    """JSON. Raises ProductError (`playlist_nsp`) with what Navidrome's conditions cannot say."""
    rule = PlaylistRule.from_json(playlist.rule)
    _require_conditions_only(rule)
    library_filter = rule_filter(playlist.owner, rule)
    with tag_words(playlist.owner):
        conditions = [*_of_filter(library_filter), *_of_rule(rule)]
    if not conditions:
        raise _impossible(gettext("it has no condition, and would hold every song"))
    sort, order = _sort(library_filter)
    content: dict[str, Any] = {"name": playlist.name, "comment": playlist.description, "public": False}
    content |= {"all": conditions, "sort": sort, "order": order, "limit": rule.most_songs}
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _require_conditions_only(rule: PlaylistRule) -> None:
    if rule.order != FILTER:
        orders = {
            MIXTURE: gettext("its songs are chosen by weights of moods"),
            PATH: gettext("its songs are chosen as a path"),
        }
        raise _impossible(orders.get(rule.order, gettext("its songs are chosen by their likeness to others")))
    for is_used, what in (
        (rule.song_ids, gettext("it is a selection of single songs")),
        (rule.minutes is not None, gettext("it is limited by minutes")),
        (rule.artist_gap or rule.album_gap, gettext("it keeps artists or albums apart")),
        (rule.key_mode, gettext("it asks for a key")),
        (rule.certain_only, gettext("it leaves out uncertain moods")),
    ):
        if is_used:
            raise _impossible(what)


def _of_filter(library_filter: LibraryFilter) -> list[Condition]:
    conditions: list[Condition] = []
    ends: dict[str, list[float | None]] = {}
    for name, value in library_filter.values.items():
        base, _, end = name.rpartition("_")
        if name == "mood":
            conditions.append({"is": {"mood": active_words().words.adjective(active_words().known(value))}})
        elif name in TEXT_FIELDS:
            conditions.append({"is": {TEXT_FIELDS[name]: value}})
        elif base in ("year", "valence", "arousal"):
            ends.setdefault(base, [None, None])[end == "to"] = value
        elif name != "sort":
            raise _impossible(gettext("it filters by “%(name)s”") % {"name": name})
    return conditions + [_range(name, low, high) for name, (low, high) in ends.items()]


def _of_rule(rule: PlaylistRule) -> list[Condition]:
    conditions = [_range(name, low, high) for name, (low, high) in rule.ranges.items()]
    for field, names in (("genre", rule.music_genres), ("artist", rule.artists)):
        if names:
            conditions.append({"any": [{"is": {field: name}} for name in names]})  # type: ignore[dict-item]
    for field, names in (("genre", rule.without_music_genres), ("artist", rule.without_artists)):
        conditions += [{"isNot": {field: name}} for name in names]
    if rule.favourites_only:
        conditions.append({"is": {"loved": True}})
    if rule.least_rating:
        conditions.append({"gt": {"rating": rule.least_rating - 1}})
    return conditions


def _range(name: str, low: float | None, high: float | None) -> Condition:
    least, most = RANGES[name]
    ends = [least if low is None else low, most if high is None else high]
    is_whole = name in ("year", "duration_s", "bpm")
    return {"inTheRange": {RANGE_FIELDS[name]: [round(end) for end in ends] if is_whole else ends}}


def _sort(library_filter: LibraryFilter) -> tuple[str, str]:
    name = library_filter.values.get("sort")
    if name is None:
        return NEWEST
    if name not in SORTS:
        raise _impossible(gettext("its order, “%(name)s”, is none that Navidrome has") % {"name": name})
    return SORTS[name]


def _impossible(why: str) -> ProductError:
    return ProductError(
        "playlist_nsp",
        gettext("This playlist cannot be a smart playlist of Navidrome, since %(why)s: export it in another format.")
        % {"why": why},
        HTTPStatus.CONFLICT,
    )
