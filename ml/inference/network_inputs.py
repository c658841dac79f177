"""Inputs of networks that are trained on own data: images, features or MFCCs of a song, cut into pieces.

Training and analysis make them alike, from the features that an analysis has anyway. Nothing here is fitted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
from PIL import Image

from ml.audio.segments import frame_window, segments_of, step_window
from ml.features.extraction import SongFeatures, to_decibels
from ml.features.filterbanks import mfcc_weights
from ml.features.names import FEATURES
from ml.features.spectrogram_image import RANGE_DB
from ml.inference.slicing import spread_evenly, windows
from ml.models.scalers import SpectrogramScaler
from ml.spec import AudioSpec

Shape = tuple[int, ...]
InputOfFeatures = Callable[[SongFeatures, AudioSpec, Shape], np.ndarray]
"""The pieces of a song, float32 (pieces, *shape), at least one, in time order, not standardised."""

MAX_IMAGES = 24
"""Maximum pieces of a song, spread over it: four minutes without gaps. Bounds memory."""
MAX_VECTORS = 80
IMAGE_S = 10
SUNG_S = 4
"""The MFCC networks were made for sung sentences of three to six seconds."""
SMALLEST = 1e-8


def mel_images(song: SongFeatures, spec: AudioSpec, shape: Shape) -> np.ndarray:
    """Ten seconds each of the log-mel spectrogram, float32 (pieces, height, width, 1), 0..1, low bands last."""
    return cut_image(levels(to_decibels(song.mel, spec)), shape, spec)


def mfcc_images(song: SongFeatures, spec: AudioSpec, shape: Shape) -> np.ndarray:
    """Twenty MFCCs over ten seconds, resized to (pieces, height, width, 1), dB, the first coefficient last."""
    coefficients = _mfcc(song, spec, spec.n_mfcc)
    length = IMAGE_S * spec.steps_per_s
    cut = [coefficients[at].T[::-1] for at in windows(len(coefficients), length, length, MAX_IMAGES)]
    return np.stack([resized(piece.astype(np.float32), shape[0], shape[1]) for piece in cut])[..., None]


def mfcc_means(song: SongFeatures, spec: AudioSpec, shape: Shape) -> np.ndarray:
    """The mean MFCCs of each four seconds, (pieces, coefficients, 1), dB."""
    means: np.ndarray = _mfcc_pieces(song, spec, shape[0]).mean(axis=1)[..., None]
    return means


def mfcc_sequences(song: SongFeatures, spec: AudioSpec, shape: Shape) -> np.ndarray:
    """MFCCs over four seconds, (pieces, steps, coefficients), dB, resized to the number of steps."""
    pieces = _mfcc_pieces(song, spec, shape[1])
    return np.stack([resized(piece, shape[0], shape[1]) for piece in pieces])


def feature_vectors(song: SongFeatures, spec: AudioSpec, shape: Shape) -> np.ndarray:
    """The 57 features of each three seconds, (pieces, 57, 1); logarithms where `Feature.log` is set."""
    disjoint = song.frames[:: spec.frame_s // spec.frame_hop_s]
    return _logarithmic(disjoint[spread_evenly(len(disjoint), MAX_VECTORS)])[..., None]


def feature_sequences(song: SongFeatures, spec: AudioSpec, shape: Shape) -> np.ndarray:
    """The product's segments for its 1D network, (pieces, frames, 57)."""
    segments = segments_of(song.duration_s, spec)
    chosen = [segments[number] for number in spread_evenly(len(segments), MAX_VECTORS)]
    at = np.stack([frame_window(segment, len(song.frames), spec) for segment in chosen])
    sequences: np.ndarray = _logarithmic(song.frames)[at]
    return sequences


def mel_segments(song: SongFeatures, spec: AudioSpec, shape: Shape) -> np.ndarray:
    """The product's segments for its 2D network, (pieces, steps, bands): dB about each segment's mean."""
    segments = segments_of(song.duration_s, spec)
    chosen = [segments[number] for number in spread_evenly(len(segments), MAX_IMAGES)]
    at = np.stack([step_window(segment, len(song.mel), spec) for segment in chosen])
    return SpectrogramScaler(deviation_db=1.0)(song.mel[at], spec)


NETWORK_INPUTS: dict[str, InputOfFeatures] = {
    "mel_image": mel_images,
    "mfcc_image": mfcc_images,
    "mfcc_mean": mfcc_means,
    "mfcc_sequence": mfcc_sequences,
    "feature_vector": feature_vectors,
    "feature_sequence": feature_sequences,
    "mel_segment": mel_segments,
}


def cut_image(image: np.ndarray, shape: Shape, spec: AudioSpec) -> np.ndarray:
    """Cuts a song's image, uint8 (bands, steps) with low bands last, into pieces float32 (pieces, *shape), 0..1."""
    length = IMAGE_S * spec.steps_per_s
    pieces = [image[:, at] for at in windows(image.shape[1], length, length, MAX_IMAGES)]
    return np.stack([resized(piece, shape[0], shape[1]) for piece in pieces])[..., None] / np.float32(255)


def levels(song_db: np.ndarray) -> np.ndarray:
    """dB (steps, bands) as an image, uint8 (bands, steps) with low bands last.

    255 is the song's loudest point, 0 is `RANGE_DB` below it or silence: the levels of
    `ml.features.spectrogram_image.spectrogram_png`.
    """
    share = np.clip(1.0 + (song_db - song_db.max()) / RANGE_DB, 0.0, 1.0)
    image: np.ndarray = np.round(share * 255).astype(np.uint8).T[::-1]
    return image


def resized(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Resizes an image (rows, columns), uint8 or float32, to float32 (height, width)."""
    if image.shape == (height, width):
        return image.astype(np.float32)
    scaled = Image.fromarray(np.ascontiguousarray(image)).resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(scaled, np.float32)


def _mfcc(song: SongFeatures, spec: AudioSpec, count: int) -> np.ndarray:
    """(steps, count), dB."""
    coefficients: np.ndarray = to_decibels(song.mel, spec) @ mfcc_weights(replace(spec, n_mfcc=count)).T
    return coefficients


def _mfcc_pieces(song: SongFeatures, spec: AudioSpec, count: int) -> np.ndarray:
    """(pieces, steps, count)."""
    coefficients = _mfcc(song, spec, count)
    length = SUNG_S * spec.steps_per_s
    pieces: np.ndarray = coefficients[windows(len(coefficients), length, length, MAX_VECTORS)]
    return pieces


@lru_cache(maxsize=1)
def _spans_powers() -> np.ndarray:
    return np.array([feature.log for feature in FEATURES])


def _logarithmic(frames: np.ndarray) -> np.ndarray:
    return np.where(_spans_powers(), np.log10(np.maximum(frames, SMALLEST)), frames).astype(np.float32)
