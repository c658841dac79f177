"""The songs that a rule chooses, each with its reason. Nothing is stored, and the same library gives the same list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.models import Song
from classifier.playlists.candidates import Pool, candidate_songs, candidates_of
from classifier.playlists.mixture import by_mixture, mixture_distance
from classifier.playlists.path import Line, Place, path
from classifier.playlists.reasons import PathReason, Reason, filter_reason, mixture_reason, similar_reason
from classifier.playlists.rule import MIXTURE, PATH, SIMILAR, PathEnd, PlaylistRule
from classifier.playlists.similar_songs import is_comparable, nearest_first
from classifier.playlists.spacing import Candidate, IsCopy, Spacing, is_copy, no_copies, spaced
from classifier.sort_models import MOOD_COLUMNS
from classifier.vocabularies.stored import words_of

if TYPE_CHECKING:
    from classifier.models import Person
    from classifier.querysets import SongQuerySet

TYPICAL = 5
"""Songs with the highest chance of a term; their middle is where a path to that term ends."""
CORRIDORS = (0.4, 1.2, 12.0)
"""How far beside a path songs are looked for, in points of the plane: farther away where the first leave gaps."""
SHORTEST_PATH = 0.2
"""Between the ends of a path, in points of the plane."""
ABOUT_A_SONG_S = 300.0
"""A list of so many minutes is full when less than this is left."""

NOT_SHOWN = ("tags", "search_text", "warnings", "error_message")
"""Large columns of a song that no playlist reads."""


@dataclass(frozen=True)
class ChosenSong:
    song: Song
    reason: str
    """Why it is there, in plain words."""
    distance: float
    """0 is the best. Of a mixture, 1 minus the mean chance; of similar songs, their distance in moods and sound; of a
    path, the distance from its step in points of valence and arousal. 0 in the order of a filter."""


def choose(owner: Person, rule: PlaylistRule) -> list[ChosenSong]:
    """Fewer songs than the rule asks for where the library has no more. Raises ProductError where a song or a saved
    filter that the rule names is gone."""
    with words_of(owner):
        return _chosen(_Chooser(owner, rule))


def _chosen(chooser: _Chooser) -> list[ChosenSong]:
    candidates, reason = chooser.candidates()
    songs = _rows([one.id for one in candidates])
    chosen: list[ChosenSong] = []
    for one in candidates:
        # Without those that were deleted meanwhile.
        if (song := songs.get(one.id)) is not None:
            distance = chooser.distance(song, one)
            chosen.append(ChosenSong(song, reason(song, len(chosen), distance), distance))
    return chosen


class _Chooser:
    def __init__(self, owner: Person, rule: PlaylistRule) -> None:
        self._owner, self._rule = owner, rule
        self._pool = Pool(rule.certain_only)
        self._spacing = Spacing(rule.artist_gap, rule.album_gap)
        self._is_copy: IsCopy = is_copy if rule.one_copy else no_copies

    def candidates(self) -> tuple[list[Candidate], Reason]:
        rule = self._rule
        songs = candidate_songs(self._owner, rule)
        if rule.order == MIXTURE:
            ranked = by_mixture(songs, rule.wanted, rule.unwanted)
            return self._first(self._pool.growing(ranked)), mixture_reason(rule)
        if rule.order == SIMILAR:
            return self._similar(songs)
        if rule.order == PATH:
            return self._path(songs)
        return self._first(self._pool.growing(songs)), filter_reason

    def distance(self, song: Song, candidate: Candidate) -> float:
        if self._rule.order != MIXTURE:
            return candidate.distance
        chances = {term: getattr(song, MOOD_COLUMNS[term]) for term in self._rule.weights}
        return mixture_distance(chances, self._rule.wanted, self._rule.unwanted)

    def _first(self, ranked_pools: Iterator[list[Candidate]]) -> list[Candidate]:
        """Of as many candidates as it takes."""
        rule = self._rule
        most_seconds = None if rule.minutes is None else 60.0 * rule.minutes
        chosen: list[Candidate] = []
        for pool in ranked_pools:
            chosen = spaced(
                pool,
                most_songs=rule.most_songs,
                most_seconds=most_seconds,
                spacing=self._spacing,
                is_copy=self._is_copy,
            )
            is_full = most_seconds is not None and sum(one.duration_s for one in chosen) > most_seconds - ABOUT_A_SONG_S
            if is_full or len(chosen) == rule.most_songs:
                break
        return chosen

    # --- Songs like these ------------------------------------------------------------------------

    def _similar(self, songs: SongQuerySet) -> tuple[list[Candidate], Reason]:
        seeds = [_existing(self._owner, song_id) for song_id in self._rule.seeds]
        originals = candidates_of([seed.id for seed in seeds])

        def is_copy_of_seed(candidate: Candidate, chosen: list[Candidate]) -> bool:
            return is_copy(candidate, [*originals, *chosen])

        self._is_copy = is_copy_of_seed if self._rule.one_copy else no_copies
        chosen: list[Candidate] = []
        for pools in nearest_first(songs, seeds, self._pool, most_songs=self._rule.most_songs):
            chosen = self._first(pools)
            if len(chosen) == self._rule.most_songs:
                break
        return chosen, similar_reason(seeds)

    # --- A path ----------------------------------------------------------------------------------

    def _path(self, songs: SongQuerySet) -> tuple[list[Candidate], Reason]:
        rule = self._rule
        assert rule.start is not None
        assert rule.end is not None
        first, last = (self._song_at(end) for end in (rule.start, rule.end))
        places = [self._place(songs, rule.start, first), self._place(songs, rule.end, last)]
        line = Line(*places)
        if line.length < SHORTEST_PATH:
            raise ProductError(
                "playlist_path_short",
                gettext(
                    "Both ends of the path have nearly the same valence and arousal: choose ends that differ more."
                ),
                HTTPStatus.CONFLICT,
            )
        number = rule.most_songs
        chosen: list[Candidate] = []
        for width in CORRIDORS:
            near = self._pool.near_line(songs, line, number, width)
            chosen = path(near, line, number, spacing=self._spacing, is_copy=self._is_copy, first=first, last=last)
            if len(chosen) == number:
                break
        return chosen, PathReason(line, number)

    def _song_at(self, end: PathEnd) -> Candidate | None:
        if end.song is None:
            return None
        _existing(self._owner, end.song)
        return candidates_of([end.song])[0]

    def _place(self, songs: SongQuerySet, end: PathEnd, song: Candidate | None) -> Place:
        """Of a term, the middle of the songs with its highest chances, since the plane is not filled to its corners."""
        if end.place is not None:
            return end.place
        if song is not None:
            return song.valence, song.arousal
        column = MOOD_COLUMNS[end.mood]
        ranked = songs.filter(**{f"{column}__isnull": False}).order_by(f"-{column}", "-id")
        places = list(ranked.values_list("sort_valence", "sort_arousal")[:TYPICAL])
        if not places:
            raise ProductError(
                "playlist_empty",
                gettext("No song matches the rules of this playlist: loosen them."),
                HTTPStatus.CONFLICT,
            )
        valences, arousals = zip(*places, strict=True)
        return sum(valences) / len(places), sum(arousals) / len(places)


def _existing(owner: Person, song_id: UUID) -> Song:
    """An analysed song of the owner, with its sixteen chances."""
    song = Song.objects.for_owner(owner).filter(id=song_id).first()
    if song is None or not is_comparable(song):
        raise ProductError(
            "playlist_song_missing",
            gettext(
                "A song that this playlist starts from is not in your library, or has no result of a current "
                "model: choose another song."
            ),
            HTTPStatus.CONFLICT,
        )
    return song


def _rows(ids: list[UUID]) -> dict[UUID, Song]:
    return Song.objects.defer(*NOT_SHOWN).with_analysis().in_bulk(ids)
