"""Network inputs of a song, read from its file or from the cache of features.

Nothing here is fitted, so nothing can leak between songs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ml.audio.decoding import DecodingInfo, decode
from ml.features.extraction import SongFeatures, extract
from ml.inference.network_inputs import NETWORK_INPUTS, Shape, cut_image, levels
from ml.training.data.feature_cache import FeatureCache
from ml.training.older_networks.linear_spectrogram import linear_bands

Reader = Callable[[Path, FeatureCache, Shape], np.ndarray]


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


def spectrogram_images(path: Path, cache: FeatureCache, shape: Shape) -> np.ndarray:
    """Ten seconds each of the spectrogram on a linear scale of frequency, 0..1, low bands last.

    The only input that needs the sound itself, so that the product cannot serve networks that read it.
    """
    return cut_image(levels(linear_bands(path, shape[0], cache.spec)), shape, cache.spec)


def _reader(name: str) -> Reader:
    return lambda path, cache, shape: NETWORK_INPUTS[name](song_features(path, cache), cache.spec, shape)


def _view(name: str, title: str, shared_axes: tuple[int, ...], image: bool = False) -> InputView:
    return InputView(title, _reader(name), shared_axes, image)


INPUT_VIEWS: dict[str, InputView] = {
    "mel_image": _view("mel_image", "mel spectrograms of 10 s", (0, 1, 2, 3), image=True),
    "spectrogram_image": InputView("linear spectrograms of 10 s", spectrogram_images, (0, 1, 2, 3), image=True),
    "mfcc_image": _view("mfcc_image", "MFCCs over 10 s", (0, 2, 3), image=True),
    "mfcc_mean": _view("mfcc_mean", "mean MFCCs of 4 s", (0,)),
    "mfcc_sequence": _view("mfcc_sequence", "MFCCs over 4 s", (0, 1)),
    "feature_vector": _view("feature_vector", "the 57 features of 3 s", (0,)),
    "feature_sequence": _view("feature_sequence", "the 57 features over 10 s", (0, 1)),
    "mel_segment": _view("mel_segment", "the log-mel of 10 s, levelled", (0, 1, 2)),
}
