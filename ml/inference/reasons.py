"""Why the 1D network heard a mood: what the mood's share loses when a trait of the sound is taken away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ml.audio.segments import Segment, frame_window, spread
from ml.features.extraction import SongFeatures
from ml.features.traits import TRAITS
from ml.models.bundle import Bundle
from ml.models.score_vector import LABELS

LISTENED = 12
"""Segments, evenly spread over the song, that are heard again without each trait."""
FOR, AGAINST = 4, 2
"""Reasons that are given of each kind; where there are fewer of one, more of the other."""


def reasons(
    features: SongFeatures, segments: Sequence[Segment], moods: Sequence[str], bundle: Bundle
) -> list[dict[str, Any]]:
    """The traits of the sound that moved each of `moods` (names of emotions) most, mood by mood.

    Of each mood first what pushed towards it, strongest first; last what pushed most against it. The text compares the
    song with the songs that the model was trained on. What the effect is, `effects` says.
    """
    heard = effects(bundle.feature_scaler(spread_windows(features, segments, bundle)), bundle)
    values = features.medians()
    ranks = {name: bundle.card.feature_reference.rank(name, value) for name, value in values.items()}
    return [
        _told(row, mood, heard[row, LABELS.index(mood)], values, ranks)
        for mood in moods
        for row in strongest(heard[:, LABELS.index(mood)])
    ]


def effects(heard: np.ndarray, bundle: Bundle) -> np.ndarray:
    """By how much the 1D network's scores fall without each trait: (traits, 20), the mean over segments.

    `heard`: standardised features (segments, frames, 57). Occlusion (Zeiler and Fergus, "Visualizing and understanding
    convolutional networks", 2014): each trait's features are set to their means over the training songs. Of a share
    the effect is -1..1, negative where the trait spoke against the mood.
    """
    without = [without_columns(heard, trait.columns) for trait in TRAITS]
    shares = bundle.cnn1d.scores(np.concatenate([heard, *without])).reshape(len(TRAITS) + 1, len(heard), -1)
    by_trait = shares.mean(axis=1)
    fallen: np.ndarray = by_trait[0] - by_trait[1:]
    return fallen


def without_columns(heard: np.ndarray, columns: Sequence[int]) -> np.ndarray:
    """A copy of standardised features in which some are as in the mean of the training songs, which is 0."""
    copy = heard.copy()
    copy[..., list(columns)] = 0.0
    return copy


def spread_windows(
    features: SongFeatures, segments: Sequence[Segment], bundle: Bundle, most: int = LISTENED
) -> np.ndarray:
    """Raw features (segments, frames of all views, 57) of at most so many segments, evenly spread."""
    count, spec, views = len(features.frames), bundle.card.spec, bundle.frame_views
    windows = [frame_window(segment, count, spec, views) for segment in spread(segments, most)]
    return np.stack([features.frames[window] for window in windows])


def strongest(fallen: np.ndarray) -> list[int]:
    """Indices of the effects to tell, from what pushed most towards to what pushed most against."""
    order = np.argsort(-fallen).tolist()
    towards = [row for row in order if fallen[row] > 0]
    against = [row for row in order if fallen[row] <= 0]
    fewer = min(len(against), max(AGAINST, FOR + AGAINST - len(towards)))
    return towards[: FOR + AGAINST - fewer] + against[len(against) - fewer :]


def _told(row: int, mood: str, effect: float, values: dict[str, float], ranks: dict[str, float]) -> dict[str, Any]:
    trait = TRAITS[row]
    feature, text = trait.told(values, ranks)
    return {"mood": mood, "trait": trait.name, "feature": feature, "text": text, "effect": round(float(effect), 4)}
