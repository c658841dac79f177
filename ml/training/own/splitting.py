"""Splits songs into training, validation and test set, artists apart."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from ml.errors import MoodError
from ml.training.own.labelled_songs import Collection, Song

MIN_SONGS = 2
"""Minimum songs of every mood in every part."""
VALIDATION_SHARE = 0.2
"""Share of the songs outside the test set, for early stopping."""
ATTEMPTS = 40
"""Random splits that are tried before giving up."""


@dataclass(frozen=True)
class Split:
    """Indices of songs. `test` is empty for a final network."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def single_split(collection: Collection, share: float, seed: int) -> Split:
    """A split with a test set of about `share` of the songs. Raises MoodError("too_few_songs")."""
    require_enough(collection, parts=3)
    everything = np.arange(len(collection.songs))
    for attempt in range(ATTEMPTS):
        rest, test = _two_parts(collection, everything, share, seed + 1000 * attempt)
        split = _with_validation(collection, rest, test, seed + 1000 * attempt)
        if split is not None and _has_all_moods(collection, test):
            return split
    raise _not_enough(collection)


def fold_splits(collection: Collection, folds: int, seed: int) -> list[Split]:
    """Cross-validation splits: by the column `fold` if the table has one, else `folds` parts by artist.

    Raises MoodError("too_few_songs").
    """
    folds_of_songs = [song.fold for song in collection.songs]
    everything = np.arange(len(folds_of_songs))
    if any(fold is not None for fold in folds_of_songs):
        parts = [
            everything[np.array(folds_of_songs) == fold]
            for fold in sorted({fold for fold in folds_of_songs if fold is not None})
        ]
        require_enough(collection, parts=max(3, len(parts)))
        splits = _all_with_validation(collection, parts, seed)
        if splits is None:
            raise _not_enough(collection)
        return splits
    require_enough(collection, parts=max(3, folds))
    for attempt in range(ATTEMPTS):
        parts = _parts(collection, everything, folds, seed + 1000 * attempt)
        if all(_has_all_moods(collection, part) for part in parts):
            splits = _all_with_validation(collection, parts, seed)
            if splits is not None:
                return splits
    raise _not_enough(collection)


def final_split(collection: Collection, seed: int) -> Split:
    """All songs train, except the validation set."""
    for attempt in range(ATTEMPTS):
        nobody = np.array([], int)
        split = _with_validation(collection, np.arange(len(collection.songs)), nobody, seed + 1000 * attempt)
        if split is not None:
            return split
    raise _not_enough(collection)


def artists_in_several_folds(songs: Sequence[Song]) -> list[str]:
    """Artists in several folds of the table, which leak."""
    folds: dict[str, set[int | None]] = {}
    for song in songs:
        folds.setdefault(song.artist, set()).add(song.fold)
    return sorted(artist for artist, artist_folds in folds.items() if len(artist_folds) > 1)


def require_enough(collection: Collection, parts: int) -> None:
    """Raises MoodError("too_few_songs") with each mood that has too few songs or artists."""
    needed = MIN_SONGS * parts
    songs = Counter(mood for song in collection.songs for mood in song.moods)
    artists = {mood: len({s.artist for s in collection.songs if mood in s.moods}) for mood in songs}
    too_few = [f"“{mood}” has {songs[mood]}" for mood in collection.moods if songs[mood] < needed]
    if too_few:
        raise MoodError(
            "too_few_songs",
            f"Each mood needs {needed} songs, {MIN_SONGS} in each of {parts} parts; {', '.join(too_few)}. Add songs, or"
            " leave the mood out.",
        )
    same_artists = [f"those of “{mood}” are by {artists[mood]}" for mood in collection.moods if artists[mood] < parts]
    if same_artists:
        raise MoodError(
            "too_few_songs",
            f"Each mood needs songs by {parts} artists, because an artist's songs stay together;"
            f" {', '.join(same_artists)}. Add songs by others.",
        )


def _all_with_validation(collection: Collection, parts: list[np.ndarray], seed: int) -> list[Split] | None:
    splits = []
    for part in parts:
        rest = np.setdiff1d(np.arange(len(collection.songs)), part)
        candidates = (_with_validation(collection, rest, part, seed + 1000 * attempt) for attempt in range(ATTEMPTS))
        split = next((one for one in candidates if one is not None), None)
        if split is None:
            return None
        splits.append(split)
    return splits


def _with_validation(collection: Collection, rest: np.ndarray, test: np.ndarray, seed: int) -> Split | None:
    train, validation = _two_parts(collection, rest, VALIDATION_SHARE, seed + 1)
    return (
        Split(train, validation, test)
        if _has_all_moods(collection, train) and _has_all_moods(collection, validation)
        else None
    )


def _two_parts(collection: Collection, songs: np.ndarray, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The rest, and one of about 1 / share parts made of whole artists."""
    parts = _parts(collection, songs, max(2, round(1 / share)), seed)
    return np.sort(np.concatenate(parts[1:])), parts[0]


def _parts(collection: Collection, songs: np.ndarray, count: int, seed: int) -> list[np.ndarray]:
    """At most `count` parts without common artists, stratified by mood.

    Fewer parts for few songs, so that each can have `MIN_SONGS` of every mood. For the stratification a song with
    several moods counts as its rarest.
    """
    common = Counter(mood for song in collection.songs for mood in song.moods)
    rarest = [min(collection.songs[song].moods, key=lambda mood: common[mood]) for song in songs]
    artists = [collection.songs[song].artist for song in songs]
    counts = Counter(mood for song in songs for mood in collection.songs[song].moods)
    count = min(count, min(counts.values()) // MIN_SONGS, *Counter(rarest).values(), len(set(artists)))
    if count < 2:
        return [songs, songs[:0]]
    splitter = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # moods with few artists; the result is checked
        return [songs[test_part] for _, test_part in splitter.split(songs, rarest, artists)]


def _has_all_moods(collection: Collection, songs: np.ndarray) -> bool:
    counts = Counter(mood for song in songs for mood in collection.songs[song].moods)
    return all(counts[mood] >= MIN_SONGS for mood in collection.moods)


def _not_enough(collection: Collection) -> MoodError:
    return MoodError(
        "too_few_songs",
        f"The {len(collection.songs)} songs cannot be split so that artists stay together and each part has"
        f" {MIN_SONGS} songs of every mood. Add songs by other artists, or leave out the rarest mood.",
    )
