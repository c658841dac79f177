"""From ranked candidates to a playlist: artists and albums apart, each recording once, as many as fit."""

from __future__ import annotations

from uuid import UUID

import pytest

from classifier.playlists.spacing import Candidate, Spacing, is_copy, spaced


def songs(artists: str, *, seconds: float = 200.0) -> list[Candidate]:
    """One song for each letter, which is its artist; a dot is an unknown one."""
    return [
        Candidate(UUID(int=number), artist=letter.strip("."), album=letter.strip("."), duration_s=seconds)
        for number, letter in enumerate(artists)
    ]


def letters(chosen: list[Candidate]) -> str:
    return "".join(one.artist or "." for one in chosen)


def test_without_rules_the_best_ones_come_in_their_order() -> None:
    ranked = songs("aaabbb")
    assert spaced(ranked, most_songs=4) == ranked[:4]


@pytest.mark.parametrize(
    ("gap", "ranked", "expected"),
    [
        (1, "aabb", "abab"),
        (1, "aaab", "aba"),  # the last one has nobody to stand between
        (2, "aabcd", "abcad"),
        (3, "abcabc", "abc"),
        (2, "abcabc", "abcabc"),
        (5, "....", "...."),
    ],
)
def test_a_song_that_comes_too_soon_waits_for_the_first_place_where_it_may_stand(
    gap: int, ranked: str, expected: str
) -> None:
    assert letters(spaced(songs(ranked), most_songs=10, spacing=Spacing(artist_gap=gap))) == expected


def test_albums_are_kept_apart_too() -> None:
    assert letters(spaced(songs("aabbc"), most_songs=10, spacing=Spacing(album_gap=1))) == "ababc"


def test_the_time_is_not_exceeded_and_shorter_songs_fill_it() -> None:
    long, short = songs("ab", seconds=400), songs("c", seconds=150)
    chosen = spaced([*long, *short], most_songs=10, most_seconds=600)
    assert letters(chosen) == "ac"


def test_a_full_list_does_not_search_the_whole_library_for_a_short_song() -> None:
    ranked = [*songs("a" * 60, seconds=300), Candidate(UUID(int=99), artist="z", duration_s=10)]
    assert len(spaced(ranked, most_songs=100, most_seconds=3_100)) == 10


def test_another_copy_of_a_recording_is_left_out() -> None:
    same_audio = [Candidate(UUID(int=number), audio_hash=text) for number, text in enumerate(("x", "y", "x", "", ""))]
    assert spaced(same_audio, most_songs=10, is_copy=is_copy) == [*same_audio[:2], *same_audio[3:]]
    encodings = [Candidate(UUID(int=number), recording=text) for number, text in enumerate(("x", "y", "x", "", ""))]
    assert spaced(encodings, most_songs=10, is_copy=is_copy) == [*encodings[:2], *encodings[3:]]
    assert spaced(encodings, most_songs=10) == encodings
