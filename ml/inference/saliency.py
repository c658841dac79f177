"""What the 2D network looked at in a song, as a picture over its spectrogram and as a list of places."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml.audio.decoding import DecodingInfo, decode
from ml.features.extraction import log_mel
from ml.features.filterbanks import hz_to_mel, mel_to_hz
from ml.features.heatmap import heatmap_png
from ml.inference.analysis import PICTURE
from ml.inference.occlusion import SaliencyMap, saliency_map
from ml.models.bundle import Bundle
from ml.models.score_vector import LABELS
from ml.spec import AudioSpec

MAX_PLACES = 6
"""Places that are told, where so many spoke for the mood."""


@dataclass(frozen=True)
class MoodSaliency:
    """For one mood. The picture has the geometry of the song's spectrogram, and is clear where nobody looked."""

    png: bytes
    details: dict[str, Any]
    """Plain JSON: mood, network, method, patch_s (how long a patch is), and `places`, each with start_s, end_s, low_hz,
    high_hz and fall, by how much the mood's share falls without it, strongest first."""


def mood_saliency(path: str | os.PathLike[str], moods: Iterable[str], *, bundle: Bundle) -> dict[str, MoodSaliency]:
    """Hears a song's patches once for all of `moods`, names of emotions. Raises MoodError as `analyse` does."""
    spec = bundle.card.spec
    mel = log_mel(decode(path, DecodingInfo(), spec), spec)
    found = saliency_map(mel, bundle)
    return {
        mood: MoodSaliency(
            png=heatmap_png(found.of(mood), *PICTURE),
            details={
                "mood": mood,
                "network": "cnn2d",
                "method": "occlusion",
                "patch_s": round(spec.segment_s / found.grid.in_time, 3),
                "places": _places(found, mood, spec),
            },
        )
        for mood in moods
    }


def _places(found: SaliencyMap, mood: str, spec: AudioSpec) -> list[dict[str, float]]:
    """The patches that spoke most for the mood; of those that touch in time the strongest."""
    label, edges_hz = LABELS.index(mood), _edges_hz(found.grid.in_bands, spec)
    patches = [
        {
            "start_s": round(stretch.start_s, 2),
            "end_s": round(stretch.end_s, 2),
            "low_hz": edges_hz[band],
            "high_hz": edges_hz[band + 1],
            "fall": round(float(fall), 4),
        }
        for stretch in found.stretches
        for band, fall in enumerate(stretch.falls[:, label])
        if fall > 0
    ]
    chosen: list[dict[str, float]] = []
    for patch in sorted(patches, key=lambda patch: -patch["fall"]):
        if len(chosen) < MAX_PLACES and not any(_touch(patch, other) for other in chosen):
            chosen.append(patch)
    return chosen


def _touch(one: dict[str, float], other: dict[str, float]) -> bool:
    """In the same bands, and one after the other or at once."""
    same = one["low_hz"] == other["low_hz"]
    return same and one["start_s"] <= other["end_s"] and other["start_s"] <= one["end_s"]


def _edges_hz(rows: int, spec: AudioSpec) -> list[int]:
    """Where `rows` equal parts of the mel bands begin and end, whole Hz."""
    ends = hz_to_mel(np.array([spec.mel_fmin_hz, spec.mel_fmax_hz]))
    return [int(edge) for edge in mel_to_hz(np.linspace(ends[0], ends[1], rows + 1)).round()]
