"""A song heard from end to end: this file reads as the pipeline."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml.audio.decoding import DecodingInfo, decode
from ml.audio.segments import Segment, frame_window, segments_of, step_window
from ml.audio.tags import read_tags
from ml.features.extraction import SongFeatures, extract, to_decibels
from ml.features.spectrogram_image import spectrogram_png
from ml.features.waveform import waveform
from ml.inference.answer import answer
from ml.inference.reasons import reasons
from ml.models.bundle import Bundle
from ml.models.score_vector import as_scores

BATCH = 8
"""Segments heard at once: enough for the processor, few enough for progress to move and for memory to stay flat."""
PICTURE = (1200, 288)
"""Width and height of the spectrogram, pixels."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class AnalysisResult:
    """What became known of one song."""

    model_version: str
    duration_s: float
    title: str | None
    artist: str | None
    warnings: list[dict[str, str]]
    answer: dict[str, Any]
    """mood, alternatives, genres, agreement, scores, models, reasons, features, segments; plain JSON."""
    spectrogram_png: bytes
    waveform: list[int]
    """Loudness in equal stretches, 0..100; see `ml.features.waveform`."""


def analyse(path: str | os.PathLike[str], *, bundle: Bundle, on_progress: Progress | None = None) -> AnalysisResult:
    """Decodes, slices, extracts, listens with both networks, composes.

    `on_progress(stage, done, total)` is called with "decoding" (seconds, of the declared length; 0 if unknown) and
    "listening" (segments); what it raises ends the analysis. Raises MoodError for audio that cannot be heard.
    """
    tell = on_progress or (lambda stage, done, total: None)
    spec = bundle.card.spec
    facts = DecodingInfo()
    features = extract(_told(decode(path, facts, spec), facts, tell), spec)
    segments = segments_of(facts.duration_s, spec)
    vectors: dict[str, list[np.ndarray]] = {"cnn1d": [], "cnn2d": []}
    tell("listening", 0, len(segments))
    for first in range(0, len(segments), BATCH):
        part = segments[first : first + BATCH]
        vectors["cnn1d"].append(bundle.predict_cnn1d(_frames(features, part, bundle)))
        vectors["cnn2d"].append(bundle.predict_cnn2d(_mel(features, part, bundle)))
        tell("listening", first + len(part), len(segments))
    heard = {name: np.concatenate(parts) for name, parts in vectors.items()}
    both = bundle.combination(heard["cnn1d"], heard["cnn2d"])
    song = {name: rows.mean(axis=0) for name, rows in heard.items()}
    found = answer(
        models={name: as_scores(vector) for name, vector in song.items()},
        combined=as_scores(bundle.combination(song["cnn1d"], song["cnn2d"])),
        segments=[
            {
                "start_s": round(segment.start_s, 3),
                "end_s": round(segment.end_s, 3),
                "scores": as_scores(both[i]),
                "models": {name: as_scores(rows[i]) for name, rows in heard.items()},
            }
            for i, segment in enumerate(segments)
        ],
        card=bundle.card,
    )
    sides = (found["mood"]["primary"], found["mood"]["secondary"])
    found["reasons"] = reasons(features, segments, sides, bundle)
    found["features"] = {name: round(value, 6) for name, value in features.medians().items()}
    tags = read_tags(path)
    return AnalysisResult(
        model_version=bundle.version,
        duration_s=round(facts.duration_s, 3),
        title=tags.title,
        artist=tags.artist,
        warnings=facts.warnings,
        answer=found,
        spectrogram_png=spectrogram_png(_picture(features, bundle), *PICTURE),
        waveform=waveform(features.rms),
    )


def _told(blocks: Iterator[np.ndarray], facts: DecodingInfo, tell: Progress) -> Iterator[np.ndarray]:
    for block in blocks:
        tell("decoding", int(facts.duration_s), int(facts.declared_s or 0))
        yield block


def _frames(features: SongFeatures, segments: list[Segment], bundle: Bundle) -> np.ndarray:
    count, views = len(features.frames), bundle.frame_views
    return np.stack([features.frames[frame_window(segment, count, bundle.card.spec, views)] for segment in segments])


def _mel(features: SongFeatures, segments: list[Segment], bundle: Bundle) -> np.ndarray:
    count = len(features.mel)
    return np.stack([features.mel[step_window(segment, count, bundle.card.spec)] for segment in segments])


def _picture(features: SongFeatures, bundle: Bundle) -> np.ndarray:
    """dB, bands first; of several steps that share a pixel the loudest, taken as bytes, since two hours are many."""
    every = max(1, len(features.mel) // PICTURE[0])
    whole = features.mel[: len(features.mel) // every * every]
    loudest = whole.reshape(-1, every, whole.shape[1]).max(axis=1)
    return to_decibels(loudest, bundle.card.spec).T
