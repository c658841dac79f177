"""Network inputs of a song: images, features or MFCCs, cut into pieces.

Nothing here is fitted, so nothing can leak between songs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from ml.audio.decoding import DecodingInfo, decode
from ml.audio.segments import frame_window, segments_of, step_window
from ml.features.extraction import SongFeatures, extract, to_decibels
from ml.features.filterbanks import mfcc_weights
from ml.features.names import FEATURES
from ml.models.scalers import SpectrogramScaler
from ml.spec import AudioSpec
from ml.training.data.feature_cache import FeatureCache
from ml.training.older_networks.linear_spectrogram import levels, linear_bands, resized
from ml.training.older_networks.slicing import spread_evenly, windows

Shape = tuple[int, ...]
Reader = Callable[[Path, FeatureCache, Shape], np.ndarray]

MAX_IMAGES = 24
"""Maximum pieces of a song, spread over it: four minutes without gaps. Bounds memory."""
MAX_VECTORS = 80
IMAGE_S = 10
SUNG_S = 4
"""The MFCC networks were made for sung sentences of three to six seconds."""
SMALLEST = 1e-8


@dataclass(frozen=True)
class InputView:
    """A kind of network input."""

    title: str
    read: Reader
    shared_axes: tuple[int, ...]
    """Axes of (pieces, *shape) with a common mean and deviation."""
    image: bool = False


def song_features(path: Path, cache: FeatureCache) -> SongFeatures:
    """From the cache, else from the audio. Raises MoodError if it cannot be read."""
    try:
        return cache.load(path)
    except FileNotFoundError:
        info = DecodingInfo()
        return extract(decode(path, info, cache.spec), cache.spec).amplified(info.gain_db)


def mel_images(path: Path, cache: FeatureCache, shape: Shape) -> np.ndarray:
    """Ten seconds each of the log-mel spectrogram, float32 (pieces, height, width, 1), 0..1, low bands last."""
    mel = to_decibels(song_features(path, cache).mel, cache.spec)
    return cut_image(levels(mel), shape, cache.spec)


def spectrogram_images(path: Path, cache: FeatureCache, shape: Shape) -> np.ndarray:
    """Ten seconds each of the spectrogram on a linear scale of frequency, 0..1, low bands last."""
    return cut_image(levels(linear_bands(path, shape[0], cache.spec)), shape, cache.spec)


def cut_image(image: np.ndarray, shape: Shape, spec: AudioSpec) -> np.ndarray:
    """Cuts a song's image, uint8 (bands, steps) with low bands last, into pieces float32 (pieces, *shape), 0..1."""
    length = IMAGE_S * spec.steps_per_s
    pieces = [image[:, at] for at in windows(image.shape[1], length, length, MAX_IMAGES)]
    return np.stack([resized(piece, shape[0], shape[1]) for piece in pieces])[..., None] / np.float32(255)


def mfcc_images(path: Path, cache: FeatureCache, shape: Shape) -> np.ndarray:
    """Twenty MFCCs over ten seconds, resized to (pieces, height, width, 1), dB, the first coefficient last."""
    coefficients = _mfcc(path, cache, cache.spec.n_mfcc)
    length = IMAGE_S * cache.spec.steps_per_s
    cut = [coefficients[at].T[::-1] for at in windows(len(coefficients), length, length, MAX_IMAGES)]
    return np.stack([resized(piece.astype(np.float32), shape[0], shape[1]) for piece in cut])[..., None]


def mfcc_means(path: Path, cache: FeatureCache, shape: Shape) -> np.ndarray:
    """The mean MFCCs of each four seconds, (pieces, coefficients, 1), dB."""
    return _mfcc_pieces(path, cache, shape[0]).mean(axis=1)[..., None]


def mfcc_sequences(path: Path, cache: FeatureCache, shape: Shape) -> np.ndarray:
    """MFCCs over four seconds, (pieces, steps, coefficients), dB, resized to the number of steps."""
    pieces = _mfcc_pieces(path, cache, shape[1])
    return np.stack([resized(piece, shape[0], shape[1]) for piece in pieces])


def feature_vectors(path: Path, cache: FeatureCache, shape: Shape) -> np.ndarray:
    """The 57 features of each three seconds, (pieces, 57, 1); logarithms where `Feature.log` is set."""
    frames = song_features(path, cache).frames
    disjoint = frames[:: cache.spec.frame_s // cache.spec.frame_hop_s]
    return _logarithmic(disjoint[spread_evenly(len(disjoint), MAX_VECTORS)])[..., None]


def feature_sequences(path: Path, cache: FeatureCache, shape: Shape) -> np.ndarray:
    """The product's segments for its 1D network, (pieces, frames, 57)."""
    song = song_features(path, cache)
    segments = segments_of(song.duration_s, cache.spec)
    chosen = [segments[number] for number in spread_evenly(len(segments), MAX_VECTORS)]
    at = np.stack([frame_window(segment, len(song.frames), cache.spec) for segment in chosen])
    return _logarithmic(song.frames)[at]


def mel_segments(path: Path, cache: FeatureCache, shape: Shape) -> np.ndarray:
    """The product's segments for its 2D network, (pieces, steps, bands): dB about each segment's mean."""
    song = song_features(path, cache)
    segments = segments_of(song.duration_s, cache.spec)
    chosen = [segments[number] for number in spread_evenly(len(segments), MAX_IMAGES)]
    at = np.stack([step_window(segment, len(song.mel), cache.spec) for segment in chosen])
    return SpectrogramScaler(deviation_db=1.0)(song.mel[at], cache.spec)


def _mfcc(path: Path, cache: FeatureCache, count: int) -> np.ndarray:
    """(steps, count), dB."""
    mel = to_decibels(song_features(path, cache).mel, cache.spec)
    return mel @ mfcc_weights(replace(cache.spec, n_mfcc=count)).T


def _mfcc_pieces(path: Path, cache: FeatureCache, count: int) -> np.ndarray:
    """(pieces, steps, count)."""
    coefficients = _mfcc(path, cache, count)
    length = SUNG_S * cache.spec.steps_per_s
    return coefficients[windows(len(coefficients), length, length, MAX_VECTORS)]


@lru_cache(maxsize=1)
def _spans_powers() -> np.ndarray:
    return np.array([feature.log for feature in FEATURES])


def _logarithmic(frames: np.ndarray) -> np.ndarray:
    return np.where(_spans_powers(), np.log10(np.maximum(frames, SMALLEST)), frames).astype(np.float32)


INPUT_VIEWS: dict[str, InputView] = {
    "mel_image": InputView("mel spectrograms of 10 s", mel_images, (0, 1, 2, 3), image=True),
    "spectrogram_image": InputView("linear spectrograms of 10 s", spectrogram_images, (0, 1, 2, 3), image=True),
    "mfcc_image": InputView("MFCCs over 10 s", mfcc_images, (0, 2, 3), image=True),
    "mfcc_mean": InputView("mean MFCCs of 4 s", mfcc_means, (0,)),
    "mfcc_sequence": InputView("MFCCs over 4 s", mfcc_sequences, (0, 1)),
    "feature_vector": InputView("the 57 features of 3 s", feature_vectors, (0,)),
    "feature_sequence": InputView("the 57 features over 10 s", feature_sequences, (0, 1)),
    "mel_segment": InputView("the log-mel of 10 s, levelled", mel_segments, (0, 1, 2)),
}
