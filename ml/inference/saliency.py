"""The saliency map of a song for a mood: as an image over its spectrogram, and as a list of the strongest patches."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml.audio.decoding import DecodingInfo, decode
from ml.deadline import NEVER, Deadline
from ml.features.extraction import log_mel
from ml.features.filterbanks import hz_to_mel, mel_to_hz
from ml.features.heatmap import heatmap_png
from ml.inference.analysis import IMAGE_SIZE
from ml.inference.occlusion import SaliencyMap, saliency_map
from ml.models.bundle import Bundle
from ml.models.score_vector import LABELS
from ml.spec import AudioSpec

MAX_PLACES = 6
"""The largest number of patches in the list."""


@dataclass(frozen=True)
class MoodSaliency:
    """The saliency for one mood. The image has the geometry of the song's spectrogram image and is transparent where
    the saliency is zero."""

    png: bytes
    details: dict[str, Any]
    """Plain JSON: mood, network, method, patch_s (length of a patch), and `places`, strongest first, each with start_s,
    end_s, low_hz, high_hz and fall, the drop of the mood's share without the patch."""


def mood_saliency(
    path: str | os.PathLike[str], moods: Iterable[str], *, bundle: Bundle, deadline: Deadline = NEVER
) -> dict[str, MoodSaliency]:
    """Computes a song's saliency once for all of `moods`, terms or emotions. Raises what `analyse` does."""
    spec = bundle.card.spec
    mel, rms = log_mel(decode(path, DecodingInfo(), spec, deadline=deadline), spec)
    saliency = saliency_map(mel, bundle, rms=rms, deadline=deadline)
    return {
        mood: MoodSaliency(
            png=heatmap_png(saliency.of(mood), *IMAGE_SIZE),
            details={
                "mood": mood,
                "network": "cnn2d",
                "method": "occlusion",
                "patch_s": round(spec.segment_s / saliency.grid.time_patches, 3),
                "places": _strongest_patches(saliency, mood, spec),
            },
        )
        for mood in moods
    }


def _strongest_patches(saliency: SaliencyMap, mood: str, spec: AudioSpec) -> list[dict[str, float]]:
    """The patches with the largest drop; of patches that touch in time only the strongest."""
    label, edges_hz = LABELS.index(mood), _edges_hz(saliency.grid.band_patches, spec)
    patches = [
        {
            "start_s": round(column.start_s, 2),
            "end_s": round(column.end_s, 2),
            "low_hz": edges_hz[band],
            "high_hz": edges_hz[band + 1],
            "fall": round(float(drop), 4),
        }
        for column in saliency.patch_columns
        for band, drop in enumerate(column.drops[:, label])
        if drop > 0
    ]
    strongest: list[dict[str, float]] = []
    for patch in sorted(patches, key=lambda patch: -patch["fall"]):
        if len(strongest) < MAX_PLACES and not any(_touch(patch, other) for other in strongest):
            strongest.append(patch)
    return strongest


def _touch(one: dict[str, float], other: dict[str, float]) -> bool:
    """Whether two patches have the same bands and overlap or adjoin in time."""
    same_bands = one["low_hz"] == other["low_hz"]
    return same_bands and one["start_s"] <= other["end_s"] and other["start_s"] <= one["end_s"]


def _edges_hz(rows: int, spec: AudioSpec) -> list[int]:
    """The edges of `rows` equal parts of the mel bands, whole Hz."""
    ends = hz_to_mel(np.array([spec.mel_fmin_hz, spec.mel_fmax_hz]))
    return [int(edge) for edge in mel_to_hz(np.linspace(ends[0], ends[1], rows + 1)).round()]
