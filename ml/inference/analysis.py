"""The analysis of a song from file to answer; this module reads top to bottom as the pipeline."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml.audio.decoding import DecodingInfo, decode, silent_file
from ml.audio.segments import Segment, frame_window, step_window
from ml.audio.silence import segments_with_silence
from ml.audio.tags import Tags, read_tags
from ml.deadline import NEVER, Deadline
from ml.errors import MoodError
from ml.features.extraction import SongFeatures, extract, log_mel, to_decibels
from ml.features.spectrogram_image import spectrogram_png
from ml.features.waveform import waveform
from ml.inference.answer import compose_answer
from ml.inference.own_model import OwnModel
from ml.inference.reasons import reasons, without_silence
from ml.models.bundle import Bundle
from ml.models.mood_readout import refined
from ml.models.score_vector import as_scores
from ml.spec import AudioSpec

BATCH_SIZE = 8
"""Segments per batch: large enough for throughput, small enough for smooth progress and constant memory."""
IMAGE_SIZE = (1200, 288)
"""Width and height of the spectrogram image in pixels."""

TAGS_TOO_LARGE = {
    "code": "tags_too_large",
    "message": "The tags and pictures in the file are too large to be read and were left out; the result is complete.",
}

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class AnalysisResult:
    """The result of one analysis."""

    model_version: str
    duration_s: float
    tags: Tags
    warnings: list[dict[str, str]]
    answer: dict[str, Any]
    """mood, alternatives, genres, agreement, scores, models, reasons, explanations, features, segments, and own_models
    where there are some; plain JSON."""
    spectrogram_png: bytes
    waveform: list[int]
    """Loudness over time in equal parts, 0..100; see `ml.features.waveform`."""

    @property
    def title(self) -> str | None:
        return self.tags.title

    @property
    def artist(self) -> str | None:
        return self.tags.artist


def analyse(
    path: str | os.PathLike[str],
    *,
    bundle: Bundle,
    own_models: Sequence[OwnModel] = (),
    on_progress: Progress | None = None,
    deadline: Deadline = NEVER,
) -> AnalysisResult:
    """Decodes a song, extracts features, runs both networks on every segment and composes the answer.

    `own_models` read the same features; what they say is the part own_models of the answer, and one that cannot run
    is a warning.

    `on_progress(stage, done, total)` is called with the stages "decoding" (seconds of the declared duration; total is 0
    if it is unknown) and "listening" (segments). An exception that it raises ends the analysis. Raises MoodError if the
    file cannot be decoded, and DeadlineExceeded between two blocks of decoding or batches of segments.
    """
    report = on_progress or (lambda stage, done, total: None)
    spec = bundle.card.spec
    info = DecodingInfo()
    features = extract(_with_progress(decode(path, info, spec, deadline=deadline), info, report), spec).amplified(
        info.gain_db
    )
    all_segments = segments_with_silence(features.rms, info.duration_s, spec)
    segments = [segment for segment in all_segments if not segment.silent]
    if not segments:
        raise silent_file(info)
    batches: dict[str, list[np.ndarray]] = {"cnn1d": [], "cnn2d": []}
    report("listening", 0, len(segments))
    for start in range(0, len(segments), BATCH_SIZE):
        deadline.check()
        batch = segments[start : start + BATCH_SIZE]
        batches["cnn1d"].append(bundle.predict_cnn1d(_frames(features, batch, bundle)))
        batches["cnn2d"].append(bundle.predict_cnn2d(_mel(features, batch, bundle)))
        report("listening", start + len(batch), len(segments))
    deadline.check()
    vectors = {name: np.concatenate(parts) for name, parts in batches.items()}
    combined = bundle.combination(vectors["cnn1d"], vectors["cnn2d"])
    song = {name: rows.mean(axis=0) for name, rows in vectors.items()}
    combined_song = bundle.combination(song["cnn1d"], song["cnn2d"])
    # Both networks are combined as they are; what one of them says alone has a readout of its own.
    vectors, song = (
        {name: refined(rows, bundle.mood_readouts.get(name)) for name, rows in by_network.items()}
        for by_network in (vectors, song)
    )
    answer = compose_answer(
        models={name: as_scores(vector) for name, vector in song.items()},
        combined=as_scores(combined_song),
        segments=[
            {
                "start_s": round(segment.start_s, 3),
                "end_s": round(segment.end_s, 3),
                "scores": as_scores(combined[i]),
                "models": {name: as_scores(rows[i]) for name, rows in vectors.items()},
            }
            for i, segment in enumerate(segments)
        ]
        + [
            {"start_s": round(segment.start_s, 3), "end_s": round(segment.end_s, 3), "silent": True}
            for segment in all_segments
            if segment.silent
        ],
        card=bundle.card,
    )
    sides = (answer["mood"]["primary"], answer["mood"]["secondary"])
    answer |= reasons(features, segments, sides, bundle)
    answer["features"] = {
        name: round(value, 6) for name, value in without_silence(features, segments, spec).medians().items()
    }
    if own_models:
        answer["own_models"] = _own_answers(own_models, features, info, deadline)
    tags = read_tags(path, deadline)
    if tags.too_large:
        info.warnings.append(TAGS_TOO_LARGE)
    return AnalysisResult(
        model_version=bundle.version,
        duration_s=round(info.duration_s, 3),
        tags=tags,
        warnings=info.warnings,
        answer=answer,
        spectrogram_png=spectrogram_image(features.mel, spec),
        waveform=waveform(features.rms),
    )


def _own_answers(
    models: Sequence[OwnModel], features: SongFeatures, info: DecodingInfo, deadline: Deadline
) -> list[dict[str, Any]]:
    answers = []
    for model in models:
        try:
            answers.append(model.answer(features, deadline))
        except MoodError as error:
            message = f"The own model {model.name} gave no answer: {error.message}"
            info.warnings.append({"code": "own_model_failed", "message": message})
    return answers


def _with_progress(blocks: Iterator[np.ndarray], info: DecodingInfo, report: Progress) -> Iterator[np.ndarray]:
    for block in blocks:
        report("decoding", int(info.duration_s), int(info.declared_s or 0))
        yield block


def _frames(features: SongFeatures, segments: list[Segment], bundle: Bundle) -> np.ndarray:
    count, views = len(features.frames), bundle.frame_views
    return np.stack([features.frames[frame_window(segment, count, bundle.card.spec, views)] for segment in segments])


def _mel(features: SongFeatures, segments: list[Segment], bundle: Bundle) -> np.ndarray:
    count = len(features.mel)
    return np.stack([features.mel[step_window(segment, count, bundle.card.spec)] for segment in segments])


def song_spectrogram(path: str | os.PathLike[str], *, spec: AudioSpec, deadline: Deadline = NEVER) -> bytes:
    """The spectrogram of a song that was analysed before: the same PNG as that of an analysis. Raises what decoding
    does: MoodError and DeadlineExceeded."""
    mel, _ = log_mel(decode(path, DecodingInfo(), spec, deadline=deadline), spec)
    return spectrogram_image(mel, spec)


def spectrogram_image(mel: np.ndarray, spec: AudioSpec) -> bytes:
    """A PNG of `IMAGE_SIZE` of the quantised mel spectrogram of a song, uint8 (steps, n_mels).

    The maximum of the steps of each pixel is taken on bytes, because two hours in float32 are large.
    """
    steps_per_pixel = max(1, len(mel) // IMAGE_SIZE[0])
    whole = mel[: len(mel) // steps_per_pixel * steps_per_pixel]
    maxima = whole.reshape(-1, steps_per_pixel, whole.shape[1]).max(axis=1)
    return spectrogram_png(to_decibels(maxima, spec).T, *IMAGE_SIZE)
