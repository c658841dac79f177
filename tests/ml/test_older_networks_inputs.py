"""Network inputs: images, features and MFCCs in pieces."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ml.audio.level import LevelMeter
from ml.features.names import NAMES
from ml.inference.slicing import windows
from ml.spec import SPEC
from ml.training.data.feature_cache import FeatureCache
from ml.training.older_networks import ARCHITECTURES, architecture
from tests import sounds

RATE = 16_000


@pytest.fixture
def cache(tmp_path: Path) -> FeatureCache:
    return FeatureCache(tmp_path / "cache")


def song(folder: Path, samples: sounds.Samples, name: str = "song.wav") -> Path:
    return sounds.write(folder / name, samples, sample_rate=RATE)


def test_pieces_are_consecutive_and_the_last_ends_with_the_song() -> None:
    cut = windows(25, 10, 10, at_most=9)
    assert [(piece[0], piece[-1]) for piece in cut] == [(0, 9), (10, 19), (15, 24)]


def test_a_short_rest_is_dropped() -> None:
    assert [piece[0] for piece in windows(24, 10, 10, at_most=9)] == [0, 10]


def test_a_song_shorter_than_a_piece_is_repeated() -> None:
    assert windows(4, 10, 10, at_most=9).tolist() == [[0, 1, 2, 3, 0, 1, 2, 3, 0, 1]]


def test_pieces_of_a_long_song_are_spread_over_it() -> None:
    assert windows(1000, 10, 10, at_most=3)[:, 0].tolist() == [0, 500, 990]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_network_gets_pieces_of_its_shape(name: str, tmp_path: Path, cache: FeatureCache) -> None:
    place = song(tmp_path, sounds.music(12.0, RATE))
    pieces = architecture(name).inputs(place, cache)
    assert pieces.dtype == np.float32
    assert pieces.shape[1:] == architecture(name).shape
    assert len(pieces) >= 1
    assert np.isfinite(pieces).all()


def test_cached_and_extracted_features_are_the_same(tmp_path: Path, cache: FeatureCache) -> None:
    place = song(tmp_path, sounds.music(11.0, RATE))
    anew = architecture("lenet5").inputs(place, cache)
    assert cache.fill([place], processes=1) == {}
    assert np.array_equal(architecture("lenet5").inputs(place, cache), anew)


def test_a_tone_is_at_the_right_height_of_a_linear_spectrogram(tmp_path: Path, cache: FeatureCache) -> None:
    place = song(tmp_path, sounds.tone(2000.0, 10.5, RATE))
    image = architecture("spectrogram_cnn").scaled(100).inputs(place, cache)[0, :, :, 0]
    from_below = 99 - image.mean(axis=1).argmax()
    assert from_below == pytest.approx(25, abs=1)
    assert image.max() == pytest.approx(1.0, abs=0.05)


def test_a_rising_tone_rises_in_every_image(tmp_path: Path, cache: FeatureCache) -> None:
    place = song(tmp_path, sounds.sweep(200.0, 6000.0, 10.0, RATE))
    for name in ("spectrogram_cnn", "mel_cnn"):
        image = architecture(name).scaled(60).inputs(place, cache)[0, :, :, 0]
        early, late = image[:, 8].argmax(), image[:, -8].argmax()
        assert late < early - 10, name


def test_loudness_changes_only_the_first_mean_mfcc(tmp_path: Path, cache: FeatureCache) -> None:
    noise = sounds.noise(4.2, RATE)
    loud = architecture("mfcc_mean_cnn").inputs(song(tmp_path, noise, "loud.wav"), cache)[0, :, 0]
    quiet = architecture("mfcc_mean_cnn").inputs(song(tmp_path, noise / 4, "quiet.wav"), cache)[0, :, 0]
    assert loud[0] - quiet[0] == pytest.approx(20 * np.log10(4) * np.sqrt(SPEC.n_mels), abs=2)
    assert loud[1:] == pytest.approx(quiet[1:], abs=1)


def test_feature_vectors_are_3_s_apart_with_logarithmic_loudness(tmp_path: Path, cache: FeatureCache) -> None:
    samples = sounds.noise(12.0, RATE, amplitude=0.1)
    vectors = architecture("cnn1d4").inputs(song(tmp_path, samples), cache)
    assert len(vectors) == 4
    meter = LevelMeter()
    meter.add(samples)
    loudness = np.log10(0.1) + meter.gain_db / 20
    assert vectors[:, NAMES.index("rms_mean"), 0] == pytest.approx([loudness] * 4, abs=0.05)
