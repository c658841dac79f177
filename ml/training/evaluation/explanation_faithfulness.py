"""Whether explanations are faithful: deleting what they rank first must lower the mood more than chance does.

Deletion test after Samek et al., "Evaluating the visualization of what a deep neural network has learned", 2017.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ml.audio.segments import segments_of, step_window
from ml.features.extraction import SongFeatures
from ml.features.names import FEATURES
from ml.features.traits import TRAITS
from ml.inference.occlusion import GRIDS, occluded, score_drops
from ml.inference.reasons import spaced_windows, trait_effects, without_columns
from ml.models.bundle import Bundle
from ml.models.score_vector import LABELS, as_scores
from ml.training.evaluation.metrics import bootstrap_intervals
from ml.training.reports.markdown import interval, table

DELETIONS = 3
"""How many parts are deleted, one after the other."""
DRAWS = 8
"""Random deletions that are averaged."""
ALL = 10_000
"""More segments than a song can have."""
SIDES = ("first side", "second side")
RANKED, RANDOM, RANDOM_FEATURES = "ranked first", "as many random parts", "as many random features"
OTHER_REPLACEMENT = "other replacement: "

Curves = dict[str, np.ndarray]
"""By kind of deletion: how far a mood's score falls with one, two and three parts deleted, float (DELETIONS,)."""


def moods_of(features: SongFeatures, bundle: Bundle) -> tuple[str, str]:
    """The two terms of the name that both networks give."""
    frames, mel = _frames(features, bundle, ALL), _spectrograms(features, bundle)
    both = bundle.combination(bundle.cnn1d.scores(frames).mean(axis=0), bundle.cnn2d.scores(mel).mean(axis=0))
    composite = bundle.card.rules("both").compose(as_scores(both))
    return composite.primary, composite.secondary


def traits_deleted(features: SongFeatures, mood: str, bundle: Bundle, random: np.random.Generator) -> Curves:
    """How far the score of a mood falls for the whole song in the 1D network when top-ranked traits are deleted.

    Deleted traits are set to the training mean, as for the ranking; the other replacement draws them from the training
    distribution.
    """
    label, frames = LABELS.index(mood), _frames(features, bundle, ALL)
    whole = bundle.cnn1d.scores(frames)[:, label].mean()
    first = np.argsort(-trait_effects(_frames(features, bundle), bundle)[:, label])

    def fall(columns: Sequence[int], resample: bool) -> float:
        without = without_columns(frames, columns)
        if resample:
            without[..., list(columns)] = random.standard_normal(len(columns))
        return float(whole - bundle.cnn1d.scores(without)[:, label].mean())

    def columns_of(traits: np.ndarray) -> list[int]:
        return [column for i in traits for column in TRAITS[i].columns]

    def random_features(count: int) -> list[int]:
        return random.permutation(len(FEATURES))[: len(columns_of(first[:count]))].tolist()

    def random_traits(count: int) -> list[int]:
        return columns_of(random.permutation(len(TRAITS))[:count])

    deletions: dict[str, Callable[[int], float]] = {
        RANKED: lambda count: fall(columns_of(first[:count]), resample=False),
        RANDOM: lambda count: _mean(lambda: fall(random_traits(count), resample=False)),
        RANDOM_FEATURES: lambda count: _mean(lambda: fall(random_features(count), resample=False)),
        OTHER_REPLACEMENT + RANKED: lambda count: _mean(lambda: fall(columns_of(first[:count]), resample=True)),
        OTHER_REPLACEMENT + RANDOM: lambda count: _mean(lambda: fall(random_traits(count), resample=True)),
    }
    return {name: np.array([way(count) for count in range(1, DELETIONS + 1)]) for name, way in deletions.items()}


def patches_deleted(features: SongFeatures, mood: str, bundle: Bundle, random: np.random.Generator) -> Curves:
    """How far a mood's score falls in the 2D network when patches of each segment are deleted; mean over segments.

    Deleted patches are smoothed, as for the ranking; the other replacement is the segment's mean level, as in the masks
    of training.
    """
    label, grid = LABELS.index(mood), GRIDS[0]
    curves_by_segment: list[Curves] = []
    for segment in _spectrograms(features, bundle):
        patches = list(grid.patches(*segment.shape))
        falls = score_drops(segment, grid, bundle)[..., label].ravel()
        first = np.argsort(-falls)
        random_orders = [random.permutation(len(patches)) for _ in range(DRAWS)]
        orders = [first, *random_orders]
        deletions = [[patches[i] for i in order[:count]] for order in orders for count in range(1, DELETIONS + 1)]
        smoothed = [occluded(segment, parts) for parts in deletions]
        masked = [_masked(segment, parts) for parts in deletions]
        scores = bundle.cnn2d.scores(np.stack([segment, *smoothed, *masked]))[:, label]
        curves = (scores[0] - scores[1:]).reshape(2, len(orders), DELETIONS)
        curves_by_segment.append(
            {
                RANKED: curves[0, 0],
                RANDOM: curves[0, 1:].mean(axis=0),
                OTHER_REPLACEMENT + RANKED: curves[1, 0],
                OTHER_REPLACEMENT + RANDOM: curves[1, 1:].mean(axis=0),
            }
        )
    return {name: np.mean([curves[name] for curves in curves_by_segment], axis=0) for name in curves_by_segment[0]}


def report(songs: Sequence[SongFeatures], bundle: Bundle, seed: int = 0) -> str:
    """Markdown tables for both networks; 95 % bootstrap intervals over songs."""
    random = np.random.default_rng(seed)
    deleted = {"1D network, traits": traits_deleted, "2D network, patches of each segment": patches_deleted}
    moods = [moods_of(song, bundle) for song in songs]
    parts = []
    for title, delete in deleted.items():
        rows = []
        for side, name in enumerate(SIDES):
            curves = [delete(song, pair[side], bundle, random) for song, pair in zip(songs, moods, strict=True)]
            rows += [[name, way, *_cells(np.stack([one[way] for one in curves]))] for way in curves[0]]
            more = np.mean([one[RANKED][0] > one[RANDOM][0] for one in curves])
            rows.append([name, "songs in which the first lowers it more than a random one", f"{more:.0%}", "", ""])
        parts.append(table([f"{title}; {len(songs)} songs", "deleted", "one", "two", "three"], rows))
    return "\n\n".join(parts)


def _cells(curves: np.ndarray) -> list[str]:
    """Cells of a row, from (songs, DELETIONS)."""
    intervals = bootstrap_intervals(
        lambda at: {str(i): float(curves[at, i].mean()) for i in range(DELETIONS)}, len(curves)
    )
    return [interval(intervals[str(i)]) for i in range(DELETIONS)]


def _frames(features: SongFeatures, bundle: Bundle, *most: int) -> np.ndarray:
    segments = segments_of(features.duration_s, bundle.card.spec)
    return bundle.feature_scaler(spaced_windows(features, segments, bundle, *most))


def _spectrograms(features: SongFeatures, bundle: Bundle) -> np.ndarray:
    """Scaled segments without overlap, (segments, 320, 96)."""
    spec, count = bundle.card.spec, len(features.mel)
    segments = segments_of(features.duration_s, replace(spec, segment_hop_s=spec.segment_s))
    windows = [features.mel[step_window(segment, count, spec)] for segment in segments]
    return bundle.spectrogram_scaler(np.stack(windows), spec)


def _masked(segment: np.ndarray, patches: Sequence[tuple[slice, slice]]) -> np.ndarray:
    copy = segment.copy()
    for patch in patches:
        copy[patch] = 0.0
    return copy


def _mean(draw: Callable[[], float]) -> float:
    return float(np.mean([draw() for _ in range(DRAWS)]))
