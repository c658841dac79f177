"""Pages of a list read identifiers first, and then the rows that are shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from classifier.fields import MAX_KEY_LENGTH
from classifier.library.filter_form import SORTS
from classifier.library.filters import LibraryFilter
from classifier.library.song_list import SongList, in_chunks
from classifier.models import Person, Song
from tests.shelf import shelve

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def library(anna: Person) -> list[Song]:
    return [
        shelve(
            anna,
            f"{'cab'[number % 3]} {number}",
            artist=f"Artist {number % 2}" if number % 4 else "",
            duration_s=60.0 + number % 5 if number % 3 else None,
            confidence=0.1 * (number % 7),
            created_at=NOON + timedelta(minutes=number),
        )
        for number in range(11)
    ]


def listed(owner: Person, **query: str) -> SongList:
    return SongList(LibraryFilter(query).apply(Song.objects.for_owner(owner)), Song.objects.with_analysis())


@pytest.mark.parametrize("sort", [sort for sort, _ in SORTS])
def test_every_page_of_every_order_has_its_songs(library: list[Song], anna: Person, sort: str) -> None:
    songs = listed(anna, sort=sort)
    plain = list(LibraryFilter({"sort": sort}).apply(Song.objects.for_owner(anna)))
    assert len(songs) == len(plain) == 11
    for first in range(0, 11, 3):
        assert songs[first : first + 3] == plain[first : first + 3]


def test_a_page_takes_a_fixed_number_of_queries(
    library: list[Song], anna: Person, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for first in (0, 9):
        # Number, identifiers, songs, analyses.
        with django_assert_num_queries(4):
            page = listed(anna, mood="calm", sort="title")[first : first + 2]
            assert [song.analysis.name for song in page] == ["Calm but Powerful"] * 2  # type: ignore[union-attr]


def test_a_song_that_is_deleted_meanwhile_is_left_out(library: list[Song], anna: Person) -> None:
    songs = listed(anna)
    assert len(songs) == 11
    Song.objects.filter(id=library[9].id).delete()
    assert songs[0:3] == [library[10], library[8], library[7]]


def test_chunks_keep_the_order(library: list[Song], anna: Person) -> None:
    songs = LibraryFilter({"sort": "title"}).apply(Song.objects.for_owner(anna))
    assert list(in_chunks(songs, Song.objects.with_result(), size=4)) == list(songs)


@pytest.mark.parametrize("letter", ["a", "ﷺ"])
def test_long_names_are_sorted_by_what_an_index_can_hold(anna: Person, letter: str) -> None:
    """One letter of the second title becomes 18."""
    song = shelve(anna, 255 * letter, artist=255 * letter)
    song.refresh_from_db()
    assert (len(song.sort_title), len(song.sort_artist)) == (MAX_KEY_LENGTH, MAX_KEY_LENGTH)
    columns = song.name_columns(title=255 * letter)
    assert len(columns["sort_title"]) == MAX_KEY_LENGTH
    assert len(columns["search_text"]) >= 255
