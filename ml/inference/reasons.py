"""Reasons for a mood: how much its share drops when a trait is removed from the 1D network's input (occlusion)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ml.audio.segments import Segment, evenly_spaced, frame_window
from ml.features.extraction import SongFeatures
from ml.features.traits import TRAITS
from ml.models.bundle import Bundle
from ml.models.score_vector import LABELS

MAX_SEGMENTS = 12
"""Number of segments, evenly spaced over the song, that are analysed again without each trait."""
FOR, AGAINST = 4, 2
"""Number of reasons for and against a mood; if there are fewer of one kind, there are more of the other."""


def reasons(
    features: SongFeatures, segments: Sequence[Segment], moods: Sequence[str], bundle: Bundle
) -> list[dict[str, Any]]:
    """The traits with the largest effect on each of `moods` (names of emotions), mood by mood; see `trait_effects`.

    For each mood the traits in favour come first, strongest first; the strongest trait against it comes last. The text
    compares the song with the training songs. Each reason is {"mood", "trait", "feature", "text", "effect"}.
    """
    effects = trait_effects(bundle.feature_scaler(spaced_windows(features, segments, bundle)), bundle)
    values = features.medians()
    ranks = {name: bundle.card.feature_reference.rank(name, value) for name, value in values.items()}
    return [
        _reason(row, mood, effects[row, LABELS.index(mood)], values, ranks)
        for mood in moods
        for row in strongest(effects[:, LABELS.index(mood)])
    ]


def trait_effects(frames: np.ndarray, bundle: Bundle) -> np.ndarray:
    """The drop of the 1D network's scores without each trait, float32 (traits, 36), the mean over segments.

    `frames`: standardised features, float32 (segments, frames, 57). Occlusion (Zeiler and Fergus, "Visualizing and
    understanding convolutional networks", 2014): each trait's features are set to their means over the training songs.
    The effect on a share is -1..1, negative if the trait lowers it.
    """
    occluded = [without_columns(frames, trait.columns) for trait in TRAITS]
    scores = bundle.cnn1d.scores(np.concatenate([frames, *occluded])).reshape(len(TRAITS) + 1, len(frames), -1)
    by_trait = scores.mean(axis=1)
    drops: np.ndarray = by_trait[0] - by_trait[1:]
    return drops


def without_columns(frames: np.ndarray, columns: Sequence[int]) -> np.ndarray:
    """A copy of standardised features (..., 57) with `columns` set to their mean over the training songs, which is
    0."""
    copy = frames.copy()
    copy[..., list(columns)] = 0.0
    return copy


def spaced_windows(
    features: SongFeatures, segments: Sequence[Segment], bundle: Bundle, max_segments: int = MAX_SEGMENTS
) -> np.ndarray:
    """Raw features (segments, frames of all views, 57) of at most `max_segments` evenly spaced segments."""
    count, spec, views = len(features.frames), bundle.card.spec, bundle.frame_views
    windows = [frame_window(segment, count, spec, views) for segment in evenly_spaced(segments, max_segments)]
    return np.stack([features.frames[window] for window in windows])


def strongest(effects: np.ndarray) -> list[int]:
    """Indices of the effects to report, (traits,), from the most positive to the most negative."""
    order = np.argsort(-effects).tolist()
    positive = [row for row in order if effects[row] > 0]
    negative = [row for row in order if effects[row] <= 0]
    fewer = min(len(negative), max(AGAINST, FOR + AGAINST - len(positive)))
    return positive[: FOR + AGAINST - fewer] + negative[len(negative) - fewer :]


def _reason(row: int, mood: str, effect: float, values: dict[str, float], ranks: dict[str, float]) -> dict[str, Any]:
    trait = TRAITS[row]
    feature, text = trait.describe(values, ranks)
    return {"mood": mood, "trait": trait.name, "feature": feature, "text": text, "effect": round(float(effect), 4)}
