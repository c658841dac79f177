"""Reasons for the moods of a song: properties of its sound, by occlusion in the 1D network and by the training data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ml.audio.segments import Segment, evenly_spaced, frame_window, frames_inside
from ml.features.extraction import SongFeatures
from ml.features.names import MODE
from ml.features.pace import onsets_per_second
from ml.features.traits import ALL_TRAITS, PACE, TRAITS
from ml.inference.explanations import Evidence, named_traits, sentence, weights
from ml.models.bundle import Bundle
from ml.models.card import Card
from ml.models.score_vector import LABELS
from ml.spec import AudioSpec

MAX_SEGMENTS = 12
"""Number of segments, evenly spaced over the song, that are analysed again without each trait."""
FOR, AGAINST = 4, 2
"""The largest number of reasons for and against a mood."""
SIDES = ("primary", "secondary")


def reasons(
    features: SongFeatures, segments: Sequence[Segment], moods: Sequence[str], bundle: Bundle
) -> dict[str, Any]:
    """Why a song has each of its one or two `moods` (labels of the score vector), as parts of the answer.

    "explanations" has one sentence by side, "primary" and "secondary". "reasons" lists the traits behind it, mood by
    mood, heaviest first, and after them the traits that speak against the mood: each is {"mood", "trait", "feature",
    "text", "effect"}. The text compares the song with the training songs. `effect` is None for the pace, which the 1D
    network does not measure.
    """
    effects = trait_effects(bundle.feature_scaler(spaced_windows(features, segments, bundle)), bundle)
    sounding = without_silence(features, segments, bundle.card.spec)
    values = song_measures(sounding, bundle.card.spec)
    reference = bundle.card.feature_reference
    ranks = {name: reference.rank(name, value) for name, value in values.items() if name in reference.quantiles}
    positions = trait_positions(sounding, values, ranks)
    sides = {mood: evidence_for(mood, positions, effects, bundle.card) for mood in moods}
    named = named_traits(sides)
    listed = [
        {
            "mood": mood,
            "trait": one.trait.name,
            **dict(zip(("feature", "text"), one.trait.describe(values, ranks), strict=True)),
            "effect": None if one.effect is None else round(one.effect, 4),
        }
        for mood in moods
        for one in listed_traits(sides[mood], named[mood])
    ]
    return {
        "reasons": listed,
        "explanations": {side: sentence(mood, named[mood]) for side, mood in zip(SIDES, moods, strict=False)},
    }


def without_silence(features: SongFeatures, segments: Sequence[Segment], spec: AudioSpec) -> SongFeatures:
    """The features in the ranges with sound around `segments`; long silence has no part in how a song sounds."""
    ranges = list(dict.fromkeys(segment.range_steps for segment in segments))
    frames = [np.arange(*frames_inside(steps, len(features.frames), spec)) for steps in ranges]
    steps = [np.arange(*(steps or (0, len(features.mel)))) for steps in ranges]
    return replace(features, frames=features.frames[np.concatenate(frames)], mel=features.mel[np.concatenate(steps)])


def song_measures(features: SongFeatures, spec: AudioSpec) -> dict[str, float]:
    """What traits are measured by: the medians of the 57 features, and onsets per second."""
    return {**features.medians(), PACE.features[0]: onsets_per_second(features.mel, spec)}


def trait_positions(
    features: SongFeatures, values: Mapping[str, float], ranks: Mapping[str, float]
) -> dict[str, float]:
    """Where the song is between the low (-1) and the high end (1) of the library, by trait; see `Trait.position`.

    `values`: see `song_measures`. `ranks`: the share of the library below each of them, 0..1; a trait without ranks has
    no position. A song whose most frequent key and mode are not those of most of it is neither minor nor major.
    """
    in_major = float(features.frames[:, MODE].mean())
    if (in_major >= 0.5) != (values["mode"] >= 0.5):
        in_major = 0.5
    with_mode = {**ranks, "mode": in_major}
    return {trait.name: trait.position(with_mode) for trait in ALL_TRAITS if ranks.keys() >= set(trait.features)}


def evidence_for(mood: str, positions: dict[str, float], effects: np.ndarray, card: Card) -> list[Evidence]:
    """What each trait says about a mood. `effects`: see `trait_effects`."""
    column, directions = LABELS.index(mood), card.trait_directions.get(mood, {})
    by_network = {trait.name: float(effects[row, column]) for row, trait in enumerate(TRAITS)}
    return [
        Evidence(trait, positions[trait.name], by_network.get(trait.name), directions.get(trait.name))
        for trait in ALL_TRAITS
        if trait.name in positions
    ]


def listed_traits(evidence: Sequence[Evidence], named: Sequence[Evidence]) -> list[Evidence]:
    """The named traits and other reasons for a mood, heaviest first; then those against it, the strongest last.

    One trait of a kind: "busier than most" for and "slower than most" against a mood would contradict each other.
    """
    weight = weights(evidence)
    supporting = sorted((one for one in evidence if one.supports), key=lambda one: -weight[one.trait.name])
    listed = [*named]
    for one in supporting:
        if len(listed) < FOR and one.trait.kind not in _kinds(listed):
            listed.append(one)
    against: list[Evidence] = []
    for one in sorted((one for one in evidence if one.opposes), key=lambda one: one.effect or 0.0):
        if len(against) < AGAINST and one.trait.kind not in _kinds([*listed, *against]):
            against.append(one)
    return [one for one in supporting if one in listed] + against[::-1]


def _kinds(evidence: Sequence[Evidence]) -> set[str]:
    return {one.trait.kind for one in evidence}


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
