"""Extracts the network inputs of every song to disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ml.errors import MoodError
from ml.features.names import NAMES
from ml.training.data.feature_cache import FeatureCache
from ml.training.older_networks import Architecture
from ml.training.own.labelled_songs import Collection, Problem, Song

SPECTROGRAMS_PER_MOOD = 3
"""Stored for the plots."""
SAMPLE_S = 10


@dataclass(frozen=True)
class FeatureArrays:
    """The readable songs and their features, one row or item a song."""

    collection: Collection
    pieces: Sequence[np.ndarray]
    """float32 (pieces, *shape) each, memory-mapped."""
    medians: np.ndarray
    """float32 (songs, 57): median features of each song."""
    durations_s: np.ndarray


def extract_feature_arrays(
    collection: Collection, architecture: Architecture, cache: FeatureCache, place: Path, processes: int | None = None
) -> FeatureArrays:
    """Reads every song once and stores its pieces in the file `place`. Unreadable songs become problems."""
    failed = cache.fill([song.path for song in collection.songs], processes)
    problems = {
        song.path: Problem(song.place, "audio_unreadable", f"{song.path.name}: {failed[song.path]}")
        for song in collection.songs
        if song.path in failed
    }
    readable = collection.without(problems)
    counts, medians, durations = [], [], []
    with place.open("wb") as store:
        for song in tqdm(readable.songs, desc="pieces", unit="song", leave=False):
            try:
                pieces = np.ascontiguousarray(architecture.inputs(song.path, cache), np.float32)
            except MoodError as error:
                problem = Problem(song.place, "audio_unreadable", f"{song.path.name}: {error.message}")
                problems[song.path] = problem
                continue
            pieces.tofile(store)
            counts.append(len(pieces))
            features = cache.load(song.path)
            medians.append([features.medians()[name] for name in NAMES])
            durations.append(features.duration_s)
    return FeatureArrays(
        collection.without(problems),
        _memory_mapped(place, counts, architecture.shape),
        np.array(medians, np.float32).reshape(-1, len(NAMES)),
        np.array(durations, np.float32),
    )


def sample_spectrograms(songs: Sequence[Song], moods: Sequence[str], cache: FeatureCache) -> dict[str, np.ndarray]:
    """The middle ten seconds of some songs of each mood: uint8 (songs, steps, bands), as in `SongFeatures.mel`."""
    steps = SAMPLE_S * cache.spec.steps_per_s
    samples = {}
    for mood in moods:
        with_mood = [song for song in songs if mood in song.moods]
        chosen = [with_mood[number] for number in np.linspace(0, len(with_mood) - 1, SPECTROGRAMS_PER_MOOD).astype(int)]
        excerpts = []
        for song in dict.fromkeys(chosen):
            mel = cache.load(song.path).mel
            start = max(0, (len(mel) - steps) // 2)
            excerpts.append(np.resize(mel[start : start + steps], (steps, mel.shape[1])))
        samples[mood] = np.stack(excerpts)
    return samples


def _memory_mapped(place: Path, counts: list[int], shape: tuple[int, ...]) -> list[np.ndarray]:
    if not counts:
        return []
    everything = np.memmap(place, np.float32, "r", shape=(sum(counts), *shape))
    ends = np.cumsum(counts)
    return [everything[end - count : end] for end, count in zip(ends, counts, strict=True)]
