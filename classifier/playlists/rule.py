"""What a playlist holds: which songs may be in it, in which order, and how they are spaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.library.filters import LibraryFilter
from classifier.playlists.rule_values import (
    MAX_QUERY,
    RANGES,
    Range,
    checked_flag,
    checked_names,
    checked_number,
    checked_range,
    checked_uuids,
    invalid,
)

FILTER, MIXTURE, SIMILAR, PATH = ORDERS = ("filter", "mixture", "similar", "path")
MINOR, MAJOR = KEY_MODES = ("minor", "major")

MAX_SONGS, DEFAULT_SONGS = 500, 50
MAX_MINUTES = 48 * 60
MAX_GAP = 100
MAX_CHOSEN, MAX_SEEDS, MAX_NAMES = 500, 20, 100
MAX_WEIGHT = 3.0
MIN_PATH, MAX_PATH = 2, 100
MAX_RATING = 5


@dataclass(frozen=True, kw_only=True)
class PathEnd:
    """Where a path begins or ends: at a mood term, a song, or a place (valence, arousal). Exactly one is set."""

    mood: str = ""
    song: UUID | None = None
    place: tuple[float, float] | None = None

    def to_json(self) -> dict[str, Any]:
        if self.song is not None:
            return {"song": str(self.song)}
        if self.place is not None:
            return {"place": list(self.place)}
        return {"mood": self.mood}

    @classmethod
    def from_json(cls, value: Any) -> Self:
        match value:
            case {"mood": str(mood)} if mood in ml_gateway.MOODS:
                return cls(mood=mood)
            case {"song": str(text)}:
                return cls(song=checked_uuids("song", [text], 1)[0])
            case {"place": [valence, arousal]}:
                return cls(place=(checked_number("valence", valence, 1, 9), checked_number("arousal", arousal, 1, 9)))
        raise invalid(
            gettext("A path needs a mood term, a song or a place at each end: choose where it begins and ends.")
        )


@dataclass(frozen=True, kw_only=True)
class PlaylistRule:
    """Valid by construction from JSON or a form (`from_json`); `checked` checks one that was built by hand."""

    order: str = FILTER
    """`filter`: as the filter sorts; `mixture`: by `weights`; `similar`: by the distance to `seeds`; `path`."""

    # Which songs may be in it: all of these hold.
    query: str = ""
    """A filter of the library, as a query string, with its order."""
    saved_filter: int | None = None
    """The id of a saved filter, whose songs it follows."""
    song_ids: tuple[UUID, ...] = ()
    """Only these songs, such as a selection on the map."""
    ranges: Mapping[str, Range] = field(default_factory=dict)
    """Lowest and highest value, either of which may be None: `bpm`, `year`, `valence`, `arousal`, `duration_s`."""
    key_mode: str = ""
    music_genres: tuple[str, ...] = ()
    """Whole names, in any case; a song needs one of them."""
    without_music_genres: tuple[str, ...] = ()
    artists: tuple[str, ...] = ()
    """Whole names, in any case; a song needs one of them."""
    without_artists: tuple[str, ...] = ()
    certain_only: bool = False
    """Without the songs whose mood is “Mixed”."""
    favourites_only: bool = False
    least_rating: int = 0
    """1 to 5, as the user gave it on a music server; 0 takes all."""

    # The order of `mixture`, `similar` and `path`.
    weights: Mapping[str, float] = field(default_factory=dict)
    """By mood term, in halves from -3 to 3; a negative weight means “not”."""
    seeds: tuple[UUID, ...] = ()
    start: PathEnd | None = None
    end: PathEnd | None = None

    # How many, and how they follow each other. Of a path, `songs` is the number of its steps.
    songs: int | None = DEFAULT_SONGS
    minutes: int | None = None
    """At most so many. Without `songs` and `minutes` it holds MAX_SONGS."""
    artist_gap: int = 0
    """No artist again within so many songs; 1 is never twice in a row."""
    album_gap: int = 0
    one_copy: bool = True
    """Each recording once."""

    @property
    def most_songs(self) -> int:
        return min(self.songs or MAX_SONGS, MAX_SONGS)

    @property
    def wanted(self) -> dict[str, float]:
        """Mood terms with a positive weight, the heaviest first."""
        return {term: weight for term, weight in _heaviest(self.weights) if weight > 0}

    @property
    def unwanted(self) -> dict[str, float]:
        return {term: -weight for term, weight in _heaviest(self.weights) if weight < 0}

    def to_json(self) -> dict[str, Any]:
        """Without what is left at its default, so that a rule is the same text in every version."""
        values: dict[str, Any] = {"order": self.order}
        default = PlaylistRule()
        for name in _PLAIN:
            value = getattr(self, name)
            if value != getattr(default, name):
                values[name] = list(value) if isinstance(value, tuple) else value
        for name in ("song_ids", "seeds"):
            if ids := getattr(self, name):
                values[name] = [str(one) for one in ids]
        if self.ranges:
            values["ranges"] = {name: list(ends) for name, ends in self.ranges.items()}
        if self.weights:
            values["weights"] = dict(self.weights)
        for name in ("start", "end"):
            if (place := getattr(self, name)) is not None:
                values[name] = place.to_json()
        return values

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """Raises ProductError (`playlist_rule`) for everything that is not a valid rule."""
        if not isinstance(value, dict):
            raise invalid(gettext("The rule of a playlist has to be an object."))
        if unknown := sorted(set(value) - set(cls.__dataclass_fields__)):
            raise invalid(f"A rule has no “{str(unknown[0])[:40]}”: leave it out.")
        values = dict(value)
        for name in ("start", "end"):
            if values.get(name) is not None:
                values[name] = PathEnd.from_json(values[name])
        return cls(**values).checked()

    def checked(self) -> Self:
        """The same rule with clean values. Raises ProductError (`playlist_rule`, `filter_malformed`)."""
        if self.order not in ORDERS:
            raise invalid(f"order is “{str(self.order)[:40]}”, but must be one of {', '.join(ORDERS)}.")
        if self.key_mode not in ("", *KEY_MODES):
            raise invalid(f"key_mode is “{str(self.key_mode)[:40]}”, but must be one of {', '.join(KEY_MODES)}.")
        least_songs, most_songs = (MIN_PATH, MAX_PATH) if self.order == PATH else (1, MAX_SONGS)
        clean = replace(
            self,
            query=_checked_query(self.query),
            saved_filter=_optional_number("saved_filter", self.saved_filter, 1, 2**63 - 1),
            song_ids=checked_uuids("song_ids", self.song_ids, MAX_CHOSEN),
            ranges=_checked_ranges(self.ranges),
            music_genres=checked_names("music_genres", self.music_genres, MAX_NAMES),
            without_music_genres=checked_names("without_music_genres", self.without_music_genres, MAX_NAMES),
            artists=checked_names("artists", self.artists, MAX_NAMES),
            without_artists=checked_names("without_artists", self.without_artists, MAX_NAMES),
            least_rating=int(checked_number("least_rating", self.least_rating, 0, MAX_RATING)),
            weights=_checked_weights(self.weights),
            seeds=checked_uuids("seeds", self.seeds, MAX_SEEDS),
            songs=_optional_number("songs", self.songs, least_songs, most_songs),
            minutes=_optional_number("minutes", self.minutes, 1, MAX_MINUTES),
            artist_gap=int(checked_number("artist_gap", self.artist_gap, 0, MAX_GAP)),
            album_gap=int(checked_number("album_gap", self.album_gap, 0, MAX_GAP)),
            certain_only=checked_flag("certain_only", self.certain_only),
            favourites_only=checked_flag("favourites_only", self.favourites_only),
            one_copy=checked_flag("one_copy", self.one_copy),
        )
        clean._require_what_the_order_needs()
        return clean

    def _require_what_the_order_needs(self) -> None:
        if self.order == MIXTURE and not self.weights:
            raise invalid(gettext("A mixture needs at least one mood: choose a mood."))
        if self.order == SIMILAR and not self.seeds:
            raise invalid(gettext("Choose at least one song that the others should be like."))
        if self.order == PATH:
            if self.start is None or self.end is None or self.start == self.end:
                raise invalid(gettext("A path needs two different ends: choose where it begins and where it ends."))
            if self.songs is None:
                raise invalid(
                    gettext("A path needs a number of songs, from %(least)s to %(most)s.")
                    % {"least": MIN_PATH, "most": MAX_PATH}
                )


_PLAIN = (
    "query", "saved_filter", "key_mode", "music_genres", "without_music_genres", "artists", "without_artists",
    "certain_only", "favourites_only", "least_rating", "songs", "minutes", "artist_gap", "album_gap", "one_copy",
)  # fmt: skip


def _heaviest(weights: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(weights.items(), key=lambda item: (-abs(item[1]), list(ml_gateway.MOODS).index(item[0])))


def _checked_query(query: Any) -> str:
    if not isinstance(query, str) or len(query) > MAX_QUERY:
        raise invalid(
            gettext("The filter of a playlist takes at most %(most)s characters: use fewer filters at once.")
            % {"most": MAX_QUERY}
        )
    return LibraryFilter(QueryDict(query)).checked().to_query()


def _optional_number(name: str, value: Any, least: int, most: int) -> int | None:
    return None if value is None else int(checked_number(name, value, least, most))


def _checked_ranges(ranges: Any) -> dict[str, Range]:
    if not isinstance(ranges, Mapping) or set(ranges) - set(RANGES):
        raise invalid(f"ranges has to be an object with some of {', '.join(RANGES)}.")
    checked = {name: checked_range(name, ranges[name]) for name in RANGES if name in ranges}
    return {name: ends for name, ends in checked.items() if ends != (None, None)}


def _checked_weights(weights: Any) -> dict[str, float]:
    if not isinstance(weights, Mapping):
        raise invalid("weights has to be an object of mood terms and numbers.")
    if unknown := [str(term)[:40] for term in weights if term not in ml_gateway.MOODS]:
        raise invalid(f"There is no mood term “{unknown[0]}”: the terms are {', '.join(ml_gateway.MOODS)}.")
    checked = {}
    for term in ml_gateway.MOODS:
        weight = checked_number(term, weights.get(term, 0), -MAX_WEIGHT, MAX_WEIGHT)
        if 2 * weight != round(2 * weight):
            raise invalid(f"The weight of {term} is {weight:g}, but must be a multiple of 0.5.")
        if weight:
            checked[term] = weight
    return checked
