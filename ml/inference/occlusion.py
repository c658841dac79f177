"""Occlusion saliency of the 2D network: how much its scores drop when a patch of the spectrogram is occluded.

Source: Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2014.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ml.audio.segments import evenly_spaced, segments_of, step_window
from ml.audio.silence import segments_with_silence, sound_ranges
from ml.deadline import NEVER, Deadline
from ml.models.bundle import Bundle
from ml.models.score_vector import LABELS
from ml.spec import AudioSpec

MAX_PREDICTIONS = 600
"""Budget of network predictions per song: two to three seconds on one core."""

MAX_COLUMNS = 1200
"""The finest resolution in time: the width of the image in pixels."""


@dataclass(frozen=True)
class Grid:
    """The patches of a segment: `time_patches` in time by `band_patches` in frequency, all of the same size."""

    time_patches: int
    band_patches: int

    @property
    def predictions(self) -> int:
        """Predictions per segment: one without occlusion, and one per patch."""
        return self.time_patches * self.band_patches + 1

    def patches(self, steps: int, bands: int) -> Iterator[tuple[slice, slice]]:
        """The slices of each patch in a spectrogram (steps, bands): in time order, then from low to high bands."""
        for column in range(self.time_patches):
            for row in range(self.band_patches):
                yield _part(column, self.time_patches, steps), _part(row, self.band_patches, bands)


GRIDS = (Grid(5, 6), Grid(2, 6), Grid(1, 6), Grid(1, 3))
"""From fine to coarse: patches of 2 s by 16 bands, of 5 s, of 10 s, and of 10 s by 32 bands."""


@dataclass(frozen=True)
class PatchColumn:
    """The patches of one time range. `drops`: the drop of each score without each patch, float32 (bands, 36)."""

    start_s: float
    end_s: float
    drops: np.ndarray


@dataclass(frozen=True)
class SaliencyMap:
    """The saliency of each time and frequency range of a song for every score of the 2D network."""

    drops: np.ndarray
    """float32 (time, bands, 36): the drop of each score when this patch is occluded; -1..1 for shares."""
    grid: Grid
    columns_per_patch: float
    """Length of a patch in columns of `drops`."""
    patch_columns: list[PatchColumn]
    """All analysed patches, in time order."""

    def of(self, mood: str) -> np.ndarray:
        """The saliency of a term or an emotion, float32 (bands, time), smoothed over time to hide edges of patches."""
        drops = self.drops[:, :, LABELS.index(mood)]
        width = min(max(1, round(self.columns_per_patch / 2)), len(drops))
        padded = np.pad(drops, ((width // 2, width - 1 - width // 2), (0, 0)), "edge")
        smoothed: np.ndarray = np.lib.stride_tricks.sliding_window_view(padded, width, axis=0).mean(axis=2).T
        return smoothed


def saliency_map(
    mel: np.ndarray,
    bundle: Bundle,
    max_predictions: int = MAX_PREDICTIONS,
    rms: np.ndarray | None = None,
    deadline: Deadline = NEVER,
) -> SaliencyMap:
    """The occlusion saliency of a whole song. `mel`: uint8 (steps, 96), as extracted.

    `rms`: float32 (steps,); if it is given, silence is left out and has no saliency. Segments follow each other without
    overlap. The finest grid within `max_predictions` is used. A song that is too
    long even for the coarsest grid is sampled at evenly spaced segments, and each one stands for its surroundings.
    Raises DeadlineExceeded between two segments.
    """
    spec = bundle.card.spec
    duration_s, without_overlap = (len(mel) - 1) / spec.steps_per_s, replace(spec, segment_hop_s=spec.segment_s)
    if rms is None:
        segments = segments_of(duration_s, without_overlap)
    else:
        every_segment = segments_with_silence(rms, duration_s, without_overlap)
        segments = [segment for segment in every_segment if not segment.silent]
    grid = next((grid for grid in GRIDS if grid.predictions * len(segments) <= max_predictions), GRIDS[-1])
    columns, patch_s = min(MAX_COLUMNS, len(mel)), spec.segment_s / grid.time_patches
    total = np.zeros((columns, grid.band_patches, len(LABELS)), np.float32)
    count = np.zeros((columns, 1, 1), np.float32)
    patch_columns = []
    for segment in evenly_spaced(segments, max(1, max_predictions // grid.predictions)):
        deadline.check()
        window = step_window(segment, len(mel), spec)
        drops = score_drops(bundle.spectrogram_scaler(mel[window], spec), grid, bundle)
        # A song shorter than a segment is repeated in it, and the last segment overlaps the previous one: average.
        for number, (steps, part) in enumerate(zip(np.array_split(window, grid.time_patches), drops, strict=True)):
            start_s = segment.start_s + number * patch_s
            if start_s < segment.end_s:
                patch_columns.append(PatchColumn(start_s, min(start_s + patch_s, segment.end_s), part))
            indices = np.unique(steps * columns // len(mel))
            total[indices] += part
            count[indices] += 1
    columns_per_patch = patch_s * spec.steps_per_s * columns / len(mel)
    drops = _means(total, count)
    if rms is not None:
        drops[~_columns_with_sound(rms, columns, spec)] = 0.0
    return SaliencyMap(drops, grid, columns_per_patch, patch_columns)


def score_drops(mel: np.ndarray, grid: Grid, bundle: Bundle) -> np.ndarray:
    """The drop of the scores without each patch, float32 (time patches, band patches, 36).

    `mel`: a segment's scaled spectrogram, float32 (320, 96). Each patch in turn is replaced by its own mean, which
    keeps its level and removes its content.
    """
    patches = list(grid.patches(*mel.shape))
    scores = bundle.cnn2d.scores(np.stack([mel, *(occluded(mel, [patch]) for patch in patches)]))
    drops: np.ndarray = (scores[0] - scores[1:]).reshape(grid.time_patches, grid.band_patches, -1)
    return drops


def occluded(mel: np.ndarray, patches: Sequence[tuple[slice, slice]]) -> np.ndarray:
    """A copy of a spectrogram (steps, bands) in which each of the patches is replaced by its own mean."""
    copy = mel.copy()
    for patch in patches:
        copy[patch] = mel[patch].mean()
    return copy


def _columns_with_sound(rms: np.ndarray, columns: int, spec: AudioSpec) -> np.ndarray:
    """Whether each column has sound, bool (columns,)."""
    with_sound = np.zeros(columns, bool)
    for start, end in sound_ranges(rms, spec):
        with_sound[start * columns // len(rms) : -(-end * columns // len(rms))] = True
    return with_sound


def _part(index: int, count: int, size: int) -> slice:
    return slice(index * size // count, (index + 1) * size // count)


def _means(total: np.ndarray, count: np.ndarray) -> np.ndarray:
    """The mean of each column; a column without any prediction gets that of the nearest one."""
    predicted = np.flatnonzero(count)
    nearest = predicted[np.abs(np.arange(len(count))[:, None] - predicted[None, :]).argmin(axis=1)]
    means: np.ndarray = (total / np.maximum(count, 1))[nearest]
    return means
