"""Songs are dealt out by artist, and every part holds every mood."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from ml.errors import MoodError
from ml.training.own.labelled_songs import Collection, Song
from ml.training.own.splitting import (
    Split,
    artists_in_several_folds,
    final_split,
    fold_splits,
    single_split,
)


def collection(songs: list[tuple[tuple[str, ...], str]], folds: list[int] | None = None) -> Collection:
    """Songs as (moods, artist)."""
    made = [
        Song(f"row {number + 2}", Path(f"{number}.mp3"), moods, artist, "column", folds[number] if folds else None)
        for number, (moods, artist) in enumerate(songs)
    ]
    return Collection(Path("songs.csv"), made)


def two_songs_an_artist(count: int = 40) -> Collection:
    return collection([(("calm" if number // 2 % 2 else "sad",), f"artist {number // 2}") for number in range(count)])


def parts(split: Split) -> list[np.ndarray]:
    return [split.train, split.validation, split.test]


def artists(found: Collection, songs: np.ndarray) -> set[str]:
    return {found.songs[song].artist for song in songs}


@pytest.mark.parametrize("seed", range(5))
def test_no_artist_is_in_two_parts(seed: int) -> None:
    found = two_songs_an_artist()
    train, validation, test = (artists(found, part) for part in parts(single_split(found, 0.2, seed)))
    assert len(train) + len(validation) + len(test) == len(train | validation | test) == 20


@pytest.mark.parametrize("seed", range(5))
def test_every_part_holds_two_songs_of_every_mood_even_of_few(seed: int) -> None:
    moods = ["calm"] * 30 + ["sad"] * 8
    found = collection([((mood,), f"artist {number}") for number, mood in enumerate(moods)])
    for part in parts(single_split(found, 0.2, seed)):
        counted = Counter(found.songs[song].moods[0] for song in part)
        assert min(counted["calm"], counted["sad"]) >= 2


@pytest.mark.parametrize("count", range(6, 20))
def test_six_songs_of_a_mood_by_six_artists_are_always_enough(count: int) -> None:
    moods = ["calm"] * count + ["sad"] * 6 + ["warm"] * (2 * count)
    found = collection([((mood,), f"artist {number}") for number, mood in enumerate(moods)])
    assert all(len(part) >= 6 for part in parts(single_split(found, 0.2, 0)))
    assert len(fold_splits(found, 3, 0)) == 3


def test_about_the_asked_share_judges() -> None:
    split = single_split(two_songs_an_artist(100), 0.2, 0)
    assert 16 <= len(split.test) <= 24


def test_the_same_seed_deals_the_same_and_another_otherwise() -> None:
    found = two_songs_an_artist()
    first, again, other = (single_split(found, 0.2, seed).test.tolist() for seed in (1, 1, 2))
    assert first == again != other


def test_in_folds_every_song_judges_once() -> None:
    found = two_songs_an_artist()
    splits = fold_splits(found, 4, 0)
    judged = np.concatenate([split.test for split in splits])
    assert sorted(judged.tolist()) == list(range(40))
    for split in splits:
        assert not artists(found, split.test) & (artists(found, split.train) | artists(found, split.validation))


def test_a_tables_own_folds_are_kept() -> None:
    songs = [(("calm" if number % 2 else "sad",), f"artist {number}") for number in range(24)]
    found = collection(songs, [number // 8 for number in range(24)])
    assert [split.test.tolist() for split in fold_splits(found, 0, 0)] == [
        list(range(start, start + 8)) for start in (0, 8, 16)
    ]


def test_folds_that_part_an_artist_are_found() -> None:
    found = collection([(("calm",), "bach"), (("sad",), "bach"), (("sad",), "satie")], [0, 1, 1])
    assert artists_in_several_folds(found.songs) == ["bach"]


def test_the_network_that_is_kept_learns_from_all_but_those_that_tell_when_to_stop() -> None:
    split = final_split(two_songs_an_artist(), 0)
    assert len(split.test) == 0
    assert len(split.train) + len(split.validation) == 40


def test_a_song_of_several_moods_counts_in_each() -> None:
    songs = [(("calm", "sad") if number % 3 == 0 else ("calm",), f"artist {number}") for number in range(30)]
    found = collection(songs)
    for part in parts(single_split(found, 0.2, 0)):
        assert sum("sad" in found.songs[song].moods for song in part) >= 2


def test_too_few_songs_are_counted_by_mood() -> None:
    found = collection([(("calm" if number < 5 else "sad",), f"artist {number}") for number in range(20)])
    with pytest.raises(MoodError, match=r"needs 6 songs.*“calm” has 5") as caught:
        single_split(found, 0.2, 0)
    assert caught.value.code == "too_few_songs"


def test_many_songs_of_one_artist_are_too_few_artists() -> None:
    found = collection([(("calm" if number < 20 else "sad",), f"a {max(0, number - 19)}") for number in range(40)])
    with pytest.raises(MoodError, match="those of “calm” are by 1"):
        single_split(found, 0.2, 0)
