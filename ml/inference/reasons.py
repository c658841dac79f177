"""Why the 1D network heard a mood: what its answer loses when a feature is taken away."""

from __future__ import annotations

from typing import Any

import numpy as np

from ml.audio.segments import Segment, frame_window
from ml.calibration import Reference
from ml.features.names import FEATURES, KEYS, Feature
from ml.features.song import SongFeatures
from ml.models.bundle import Bundle
from ml.models.score_vector import LABELS

LISTENED = 6
"""Segments, evenly spread over the song, that are heard again without each feature."""
TOLD = 6
"""Reasons that are given."""


def reasons(features: SongFeatures, segments: list[Segment], mood: str, bundle: Bundle) -> list[dict[str, Any]]:
    """The features that pushed `mood` (an emotion's name) most, strongest first.

    Occlusion (Zeiler and Fergus 2014): each feature in turn is set to its mean over the training songs, and the
    effect is by how much the mood's share falls, in -1..1; negative where the feature spoke against it. The text
    compares the song with the songs that the model was trained on.
    """
    chosen = np.unique(np.linspace(0, len(segments) - 1, min(LISTENED, len(segments))).round().astype(int))
    windows = [frame_window(segments[i], len(features.frames), bundle.card.spec, bundle.frame_views) for i in chosen]
    heard = bundle.feature_scaler(np.stack([features.frames[window] for window in windows]))
    without = np.repeat(heard[None], len(FEATURES) + 1, axis=0)
    for column in range(len(FEATURES)):
        without[column, :, :, column] = 0.0
    shares = bundle.cnn1d.scores(without.reshape(-1, *heard.shape[1:]))[:, LABELS.index(mood)]
    by_feature = shares.reshape(len(FEATURES) + 1, -1).mean(axis=1)
    effects = by_feature[-1] - by_feature[:-1]
    values = features.medians()
    strongest = np.argsort(-np.abs(effects))[:TOLD]
    return [
        {
            "feature": FEATURES[i].name,
            "text": text(FEATURES[i], values[FEATURES[i].name], bundle.card.feature_reference),
            "effect": round(float(effects[i]), 4),
        }
        for i in strongest
    ]


def text(feature: Feature, value: float, reference: Reference) -> str:
    """ "slower than 80 % of songs" """
    if feature.name == "key":
        return f"its key note is {KEYS[int(value) % 12]}"
    if feature.name == "mode":
        return "in major" if value >= 0.5 else "in minor"
    rank = reference.rank(feature.name, value)
    word = feature.high if rank >= 0.5 else feature.low
    beyond = min(round(100 * max(rank, 1 - rank)), 99)  # a library has an end, music has none
    return f"{word} than {beyond} % of songs"
