"""Where the 2D network looked: what a mood's share loses when a patch of the spectrogram is taken away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ml.audio.segments import segments_of, spread, step_window
from ml.models.bundle import Bundle
from ml.models.score_vector import LABELS

RUNS = 600
"""At most so many times a segment is heard, whole or without a patch: two to three seconds of one processor."""

COLUMNS = 1200
"""The finest division of a song's time that is kept: the pixels of its picture."""


@dataclass(frozen=True)
class Grid:
    """How a segment is cut into patches of equal size: so many in its time, so many in its bands."""

    in_time: int
    in_bands: int

    @property
    def runs(self) -> int:
        """Of the network for one segment: whole, and without each patch."""
        return self.in_time * self.in_bands + 1

    def patches(self, steps: int, bands: int) -> Iterator[tuple[slice, slice]]:
        """Where each patch lies in a spectrogram (steps, bands): in order of time, and in it from low to high."""
        for column in range(self.in_time):
            for row in range(self.in_bands):
                yield _part(column, self.in_time, steps), _part(row, self.in_bands, bands)


GRIDS = (Grid(5, 6), Grid(2, 6), Grid(1, 6), Grid(1, 3))
"""Patches of 2 s by 16 bands, and coarser ones: of 5 s, of 10 s, and of 10 s by 32 bands."""


@dataclass(frozen=True)
class Stretch:
    """As long as a patch: by how much each score falls without each patch in it, float32 (bands, 20)."""

    start_s: float
    end_s: float
    falls: np.ndarray


@dataclass(frozen=True)
class SaliencyMap:
    """What each place of a song meant to the 2D network."""

    falls: np.ndarray
    """float32 (time, bands, 20): by how much each score falls without the patch there; a share's fall is -1..1."""
    grid: Grid
    patch_columns: float
    """How many of the columns of `falls` a patch is long."""
    stretches: list[Stretch]
    """All that was heard, in time order."""

    def of(self, mood: str) -> np.ndarray:
        """An emotion's falls, float32 (bands, time), the borders of patches softened: nobody heard an edge there."""
        falls = self.falls[:, :, LABELS.index(mood)]
        width = min(max(1, round(self.patch_columns / 2)), len(falls))
        padded = np.pad(falls, ((width // 2, width - 1 - width // 2), (0, 0)), "edge")
        softened: np.ndarray = np.lib.stride_tricks.sliding_window_view(padded, width, axis=0).mean(axis=2).T
        return softened


def saliency_map(mel: np.ndarray, bundle: Bundle, runs: int = RUNS) -> SaliencyMap:
    """How each of the 2D network's scores hangs on each place of a song. `mel`: uint8 (steps, 96), as extracted.

    The segments follow each other without overlap. The finest grid is taken that keeps within `runs`; of a song that
    is too long for the coarsest one, segments evenly spread are heard, each of which stands for its surroundings.
    """
    spec = bundle.card.spec
    segments = segments_of((len(mel) - 1) / spec.steps_per_s, replace(spec, segment_hop_s=spec.segment_s))
    grid = next((grid for grid in GRIDS if grid.runs * len(segments) <= runs), GRIDS[-1])
    columns, patch_s = min(COLUMNS, len(mel)), spec.segment_s / grid.in_time
    total = np.zeros((columns, grid.in_bands, len(LABELS)), np.float32)
    count = np.zeros((columns, 1, 1), np.float32)
    stretches = []
    for segment in spread(segments, max(1, runs // grid.runs)):
        window = step_window(segment, len(mel), spec)
        fallen = score_drops(bundle.spectrogram_scaler(mel[window], spec), grid, bundle)
        # A song shorter than a segment is repeated in it, and the last segment overlaps the one before: means are kept.
        for number, (steps, part) in enumerate(zip(np.array_split(window, grid.in_time), fallen, strict=True)):
            start_s = segment.start_s + number * patch_s
            if start_s < segment.end_s:
                stretches.append(Stretch(start_s, min(start_s + patch_s, segment.end_s), part))
            places = np.unique(steps * columns // len(mel))
            total[places] += part
            count[places] += 1
    patch_columns = patch_s * spec.steps_per_s * columns / len(mel)
    return SaliencyMap(_filled(total, count), grid, patch_columns, stretches)


def score_drops(heard: np.ndarray, grid: Grid, bundle: Bundle) -> np.ndarray:
    """By how much the scores fall without each patch: (in time, in bands, 20). `heard`: scaled (320, 96).

    Occlusion (Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2014): each patch in turn is
    made even, all of it as its own mean, so that its level stays and what happens in it is gone.
    """
    patches = list(grid.patches(*heard.shape))
    scores = bundle.cnn2d.scores(np.stack([heard, *(occluded(heard, [patch]) for patch in patches)]))
    return (scores[0] - scores[1:]).reshape(grid.in_time, grid.in_bands, -1)


def occluded(heard: np.ndarray, patches: Sequence[tuple[slice, slice]]) -> np.ndarray:
    """A copy in which each of the patches is as its own mean."""
    copy = heard.copy()
    for patch in patches:
        copy[patch] = heard[patch].mean()
    return copy


def _part(index: int, count: int, size: int) -> slice:
    return slice(index * size // count, (index + 1) * size // count)


def _filled(total: np.ndarray, count: np.ndarray) -> np.ndarray:
    """The means; a column that nobody listened to is as the nearest that somebody did."""
    heard = np.flatnonzero(count)
    nearest = heard[np.abs(np.arange(len(count))[:, None] - heard[None, :]).argmin(axis=1)]
    means: np.ndarray = (total / np.maximum(count, 1))[nearest]
    return means
