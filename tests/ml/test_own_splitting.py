"""Splits keep artists apart and have every mood in every part."""

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
    run = [
        Song(f"row {number + 2}", Path(f"{number}.mp3"), moods, artist, "column", folds[number] if folds else None)
        for number, (moods, artist) in enumerate(songs)
    ]
    return Collection(Path("songs.csv"), run)


def two_songs_an_artist(count: int = 40) -> Collection:
    return collection([(("calm" if number // 2 % 2 else "sad",), f"artist {number // 2}") for number in range(count)])


def parts(split: Split) -> list[np.ndarray]:
    return [split.train, split.validation, split.test]


def artists(result: Collection, songs: np.ndarray) -> set[str]:
    return {result.songs[song].artist for song in songs}


@pytest.mark.parametrize("seed", range(5))
def test_no_artist_is_in_two_parts(seed: int) -> None:
    result = two_songs_an_artist()
    train, validation, test = (artists(result, part) for part in parts(single_split(result, 0.2, seed)))
    assert len(train) + len(validation) + len(test) == len(train | validation | test) == 20


@pytest.mark.parametrize("seed", range(5))
def test_every_part_has_two_songs_of_every_mood(seed: int) -> None:
    moods = ["calm"] * 30 + ["sad"] * 8
    result = collection([((mood,), f"artist {number}") for number, mood in enumerate(moods)])
    for part in parts(single_split(result, 0.2, seed)):
        counted = Counter(result.songs[song].moods[0] for song in part)
        assert min(counted["calm"], counted["sad"]) >= 2


@pytest.mark.parametrize("count", range(6, 20))
def test_six_songs_of_a_mood_by_six_artists_are_always_enough(count: int) -> None:
    moods = ["calm"] * count + ["sad"] * 6 + ["warm"] * (2 * count)
    result = collection([((mood,), f"artist {number}") for number, mood in enumerate(moods)])
    assert all(len(part) >= 6 for part in parts(single_split(result, 0.2, 0)))
    assert len(fold_splits(result, 3, 0)) == 3


def test_the_test_set_has_about_the_requested_share() -> None:
    split = single_split(two_songs_an_artist(100), 0.2, 0)
    assert 16 <= len(split.test) <= 24


def test_the_split_depends_on_the_seed() -> None:
    result = two_songs_an_artist()
    first, again, other = (single_split(result, 0.2, seed).test.tolist() for seed in (1, 1, 2))
    assert first == again != other


def test_every_song_is_tested_once_in_cross_validation() -> None:
    result = two_songs_an_artist()
    splits = fold_splits(result, 4, 0)
    tested = np.concatenate([split.test for split in splits])
    assert sorted(tested.tolist()) == list(range(40))
    for split in splits:
        assert not artists(result, split.test) & (artists(result, split.train) | artists(result, split.validation))


def test_folds_of_the_table_are_used() -> None:
    songs = [(("calm" if number % 2 else "sad",), f"artist {number}") for number in range(24)]
    result = collection(songs, [number // 8 for number in range(24)])
    assert [split.test.tolist() for split in fold_splits(result, 0, 0)] == [
        list(range(start, start + 8)) for start in (0, 8, 16)
    ]


def test_artists_in_several_folds_are_detected() -> None:
    result = collection([(("calm",), "bach"), (("sad",), "bach"), (("sad",), "satie")], [0, 1, 1])
    assert artists_in_several_folds(result.songs) == ["bach"]


def test_the_final_network_trains_on_all_but_the_validation_set() -> None:
    split = final_split(two_songs_an_artist(), 0)
    assert len(split.test) == 0
    assert len(split.train) + len(split.validation) == 40


def test_a_song_with_several_moods_counts_for_each() -> None:
    songs = [(("calm", "sad") if number % 3 == 0 else ("calm",), f"artist {number}") for number in range(30)]
    result = collection(songs)
    for part in parts(single_split(result, 0.2, 0)):
        assert sum("sad" in result.songs[song].moods for song in part) >= 2


def test_too_few_songs_are_reported_by_mood() -> None:
    result = collection([(("calm" if number < 5 else "sad",), f"artist {number}") for number in range(20)])
    with pytest.raises(MoodError, match=r"needs 6 songs.*“calm” has 5") as caught:
        single_split(result, 0.2, 0)
    assert caught.value.code == "too_few_songs"


def test_too_few_artists_are_reported() -> None:
    result = collection([(("calm" if number < 20 else "sad",), f"a {max(0, number - 19)}") for number in range(40)])
    with pytest.raises(MoodError, match="those of “calm” are by 1"):
        single_split(result, 0.2, 0)
