"""How the traits of the sound go with the moods in the training data; reasons in words must agree with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ml.calibration import Reference
from ml.features.extraction import SongFeatures
from ml.features.traits import ALL_TRAITS
from ml.inference.reasons import song_measures, trait_positions
from ml.moods import EMOTION_OF_TERM, MOOD_NAMES
from ml.training.data.clips import Clip
from ml.training.data.packing import Pack

MIN_CLIPS = 10
"""A collection with fewer clips of a mood says nothing about it."""
DECIMALS = 3


def trait_card(pack: Pack) -> dict[str, dict[str, Any]]:
    """The card's "feature_reference", the distribution of everything that traits are measured by, and its
    "trait_directions", {mood: {trait: correlation}}.

    Uses the labelled clips as they were recorded; augmented copies would count a song twice.
    """
    rows = [i for i, clip in enumerate(pack.clips) if clip.term_targets is not None and clip.copy_of is None]
    songs = [SongFeatures(pack.frames_of(i), pack.mel_of(i), pack.duration_s(i)) for i in rows]
    measures = [song_measures(song, pack.spec) for song in songs]
    reference = Reference.of(measures)
    positions = []
    for song, values in zip(songs, measures, strict=True):
        at = trait_positions(song, values, {name: reference.rank(name, value) for name, value in values.items()})
        positions.append([at[trait.name] for trait in ALL_TRAITS])
    clips = [pack.clips[i] for i in rows]
    found = correlations(np.array(positions), known_targets(clips), [clip.collection for clip in clips])
    return {
        "feature_reference": {
            name: [float(f"{knot:.6g}") for knot in knots] for name, knots in reference.to_card().items()
        },
        "trait_directions": {
            mood: {trait.name: round(float(found[row, at]), DECIMALS) for at, trait in enumerate(ALL_TRAITS)}
            for row, mood in enumerate(MOOD_NAMES)
        },
    }


def known_targets(clips: Sequence[Clip]) -> np.ndarray:
    """How much of a label each clip has of each mood, float (clips, 16); NaN where its people were not asked for it:
    listeners of Emotify could only name nine emotions."""
    targets = np.array([clip.term_targets for clip in clips], float)
    unasked = np.array([mood not in EMOTION_OF_TERM for mood in MOOD_NAMES])
    of_shares = np.array([clip.emotions is not None for clip in clips])
    targets[np.ix_(of_shares, unasked)] = np.nan
    return targets


def correlations(positions: np.ndarray, targets: np.ndarray, collections: Sequence[str]) -> np.ndarray:
    """The correlation of each trait with each mood, float (moods, traits), -1..1.

    `positions`: (clips, traits). `targets`: (clips, moods), NaN where unknown. Both are centred within each collection
    first, because collections differ in sound and in labels, and that difference is no mood.
    """
    names = np.array(collections)
    out = np.zeros((targets.shape[1], positions.shape[1]))
    for mood, labels in enumerate(targets.T):
        x, y = [], []
        for name in np.unique(names):
            rows = (names == name) & ~np.isnan(labels)
            if labels[rows].sum() < MIN_CLIPS:
                continue
            x.append(positions[rows] - positions[rows].mean(axis=0))
            y.append(labels[rows] - labels[rows].mean())
        if x:
            traits, label = np.concatenate(x), np.concatenate(y)
            scale = np.sqrt((traits**2).sum(axis=0) * (label**2).sum())
            out[mood] = label @ traits / np.where(scale > 0, scale, 1.0)
    return out
