"""A path through the valence-arousal plane: never backwards, in even steps."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from uuid import UUID

import pytest

from classifier.playlists.path import Line, path, steps
from classifier.playlists.spacing import Candidate, Spacing

LINE = Line((3.0, 3.5), (7.0, 6.5))


def song(number: int, valence: float, arousal: float, artist: str = "") -> Candidate:
    return Candidate(UUID(int=number), valence=valence, arousal=arousal, artist=artist)


def library(count: int, seed: int = 1) -> list[Candidate]:
    """Songs all over the plane, of 40 artists."""
    random = Random(seed)
    return [
        song(number, random.uniform(1, 9), random.uniform(1, 9), f"artist {number % 40}") for number in range(count)
    ]


def shares(chosen: list[Candidate], line: Line = LINE) -> list[float]:
    return [line.share(one.valence, one.arousal) for one in chosen]


def test_the_steps_are_even_and_reach_both_ends() -> None:
    places = steps(LINE, 5)
    assert places[0] == LINE.start
    assert places[-1] == pytest.approx(LINE.end)
    assert [LINE.share(*place) for place in places] == pytest.approx([0, 0.25, 0.5, 0.75, 1])


@pytest.mark.parametrize("number", [2, 5, 12, 40])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_path_never_goes_backwards_and_its_steps_are_even(number: int, seed: int) -> None:
    chosen = path(library(4000, seed), LINE, number)
    along = shares(chosen)
    assert len(chosen) == number
    assert along == sorted(along)
    step = 1 / (number - 1)
    assert all(0 < later - earlier < 2 * step for earlier, later in pairwise(along))
    # The nearest song of a step is not far from it in a library of this size.
    assert max(one.distance for one in chosen) < 0.5


def test_the_way_back_goes_down() -> None:
    back = Line(LINE.end, LINE.start)
    chosen = path(library(2000), back, 8)
    assert chosen[0].valence > chosen[-1].valence
    assert shares(chosen, back) == sorted(shares(chosen, back))


def test_each_song_is_in_a_path_once_although_there_are_few() -> None:
    few = library(30)
    chosen = path(few, LINE, 20)
    assert len({one.id for one in chosen}) == len(chosen)
    assert shares(chosen) == sorted(shares(chosen))


def test_a_step_without_songs_gets_one_that_lies_between_its_neighbours() -> None:
    line = Line((1.0, 5.0), (9.0, 5.0))
    # Nothing between 4 and 6, where the middle step is; two songs near the second one.
    songs = [song(1, 1, 5), song(2, 2.9, 5), song(3, 3.9, 5), song(4, 7, 5), song(5, 9, 5)]
    assert [one.valence for one in path(songs, line, 5)] == [1, 2.9, 3.9, 7, 9]


def test_a_path_through_a_gap_is_shorter() -> None:
    line = Line((1.0, 5.0), (9.0, 5.0))
    assert len(path([song(1, 1, 5), song(2, 9, 5)], line, 6)) == 2


def test_no_artist_comes_again_within_the_gap() -> None:
    chosen = path(library(4000), LINE, 20, spacing=Spacing(artist_gap=6))
    artists = [one.artist for one in chosen]
    assert len(artists) == 20
    assert all(len(set(artists[first : first + 7])) == 7 for first in range(14))


def test_the_songs_at_both_ends_are_given() -> None:
    first, last = song(9001, *LINE.start), song(9002, *LINE.end)
    chosen = path(library(500), LINE, 6, first=first, last=last)
    assert (chosen[0].id, chosen[-1].id) == (first.id, last.id)


def test_the_same_songs_give_the_same_path_in_any_order() -> None:
    songs = library(800)
    shuffled = songs[:]
    Random(5).shuffle(shuffled)
    assert path(songs, LINE, 15) == path(shuffled, LINE, 15)
