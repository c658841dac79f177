"""Every feature equals librosa's own on the same signal; key and mode are right in all 24 keys."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np
import pytest

from ml.features.extraction import DYNAMIC_RANGE_DB, SongFeatures, extract, to_decibels
from ml.features.filterbanks import chroma_weights, mel_weights
from ml.features.names import FEATURES, KEY, MODE, NAMES, TEMPO, key_name
from ml.spec import SPEC
from tests.synthesis import chord, music, noise, note_hz

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import librosa

RATE, N_FFT, HOP = SPEC.sample_rate, SPEC.n_fft, SPEC.hop_length


def in_blocks(samples: np.ndarray, size: int) -> Iterator[np.ndarray]:
    for start in range(0, len(samples), size):
        yield samples[start : start + size]


@pytest.fixture(scope="module")
def song() -> np.ndarray:
    """Thirteen seconds with notes, beats, noise and a second of digital silence."""
    samples = music(13.0, sample_rate=RATE) + noise(13.0, sample_rate=RATE, amplitude=0.02)
    samples[5 * RATE : 6 * RATE] = 0.0
    return samples.astype(np.float32)


@pytest.fixture(scope="module")
def features(song: np.ndarray) -> SongFeatures:
    return extract([song], SPEC)


@pytest.fixture(scope="module")
def by_librosa(song: np.ndarray) -> dict[str, np.ndarray]:
    """librosa's own series of the whole song, (bins, steps)."""
    magnitude = np.abs(librosa.stft(song, n_fft=N_FFT, hop_length=HOP))
    power = magnitude**2
    chroma = librosa.feature.chroma_stft(S=power, sr=RATE, n_fft=N_FFT, tuning=0)
    return {
        "rms": librosa.feature.rms(y=song, frame_length=N_FFT, hop_length=HOP),
        "chroma": chroma,
        "spectral_centroid": librosa.feature.spectral_centroid(S=magnitude, sr=RATE),
        "spectral_rolloff": librosa.feature.spectral_rolloff(S=magnitude, sr=RATE),
        "zero_crossing_rate": librosa.feature.zero_crossing_rate(song, frame_length=N_FFT, hop_length=HOP),
        "tonnetz": librosa.feature.tonnetz(chroma=chroma, sr=RATE),
        "mel_power": librosa.feature.melspectrogram(S=power, sr=RATE, n_mels=SPEC.n_mels, fmax=SPEC.mel_fmax_hz),
    }


def frame_of(series: np.ndarray, number: int) -> np.ndarray:
    start = number * SPEC.frame_hop_steps
    return series[:, start : start + SPEC.frame_steps]


def test_there_are_57_features_in_the_documented_order() -> None:
    assert len(FEATURES) == len(set(NAMES)) == 57
    assert NAMES[:5] == ("key", "mode", "tempo_bpm", "rms_mean", "rms_var")
    assert NAMES[15:19] == ("mel_mean", "mel_var", "mfcc1_mean", "mfcc1_var")
    assert NAMES[-1] == "mfcc20_var"
    assert all(feature.unit and feature.text for feature in FEATURES)


@pytest.mark.parametrize(
    "name", ["rms", "chroma", "spectral_centroid", "spectral_rolloff", "zero_crossing_rate", "tonnetz"]
)
def test_spectral_features_equal_librosa(name: str, features: SongFeatures, by_librosa: dict[str, np.ndarray]) -> None:
    for number, frame in enumerate(features.frames):
        series = frame_of(by_librosa[name], number)
        assert frame[NAMES.index(f"{name}_mean")] == pytest.approx(series.mean(), rel=1e-4, abs=1e-6)
        assert frame[NAMES.index(f"{name}_var")] == pytest.approx(series.var(), rel=1e-3, abs=1e-7)


def test_log_mel_equals_librosa(features: SongFeatures, by_librosa: dict[str, np.ndarray]) -> None:
    for number, frame in enumerate(features.frames):
        mel_db = librosa.power_to_db(frame_of(by_librosa["mel_power"], number), ref=1.0, top_db=DYNAMIC_RANGE_DB)
        assert frame[NAMES.index("mel_mean")] == pytest.approx(mel_db.mean(), rel=1e-4)
        assert frame[NAMES.index("mel_var")] == pytest.approx(mel_db.var(), rel=1e-4)


@pytest.mark.parametrize("number", range(1, 21))
def test_an_mfcc_equals_librosa(number: int, features: SongFeatures, by_librosa: dict[str, np.ndarray]) -> None:
    for place, frame in enumerate(features.frames):
        mel_db = librosa.power_to_db(frame_of(by_librosa["mel_power"], place), ref=1.0)
        mfcc = librosa.feature.mfcc(S=mel_db, n_mfcc=20)[number - 1]
        assert frame[NAMES.index(f"mfcc{number}_mean")] == pytest.approx(mfcc.mean(), rel=1e-3, abs=1e-3)
        assert frame[NAMES.index(f"mfcc{number}_var")] == pytest.approx(mfcc.var(), rel=1e-3, abs=1e-3)


def test_filter_banks_equal_librosa() -> None:
    np.testing.assert_allclose(
        mel_weights(SPEC), librosa.filters.mel(sr=RATE, n_fft=N_FFT, n_mels=SPEC.n_mels, fmax=8000), atol=1e-6
    )
    np.testing.assert_allclose(chroma_weights(SPEC), librosa.filters.chroma(sr=RATE, n_fft=N_FFT), atol=1e-6)


@pytest.mark.parametrize("bpm", [60, 90, 128, 150])
def test_the_tempo_of_a_click_track_is_detected_and_close_to_librosa(bpm: int) -> None:
    clicks = librosa.clicks(times=np.arange(0.2, 20, 60 / bpm), sr=RATE, length=20 * RATE).astype(np.float32)
    tempo = float(np.median(extract([clicks], SPEC).frames[:, TEMPO]))
    reference = float(librosa.feature.tempo(y=clicks, sr=RATE, hop_length=HOP)[0])
    octaves = [bpm / 2, bpm, bpm * 2]  # which multiple of the beat is felt is a matter of the prior
    assert min(abs(tempo - octave) / octave for octave in octaves) < 0.02
    assert tempo == pytest.approx(reference, rel=0.06)  # librosa names the nearest lag, about 3 % apart


@pytest.mark.parametrize("mode", [1, 0])
@pytest.mark.parametrize("key", range(12))
def test_key_and_mode_of_a_chord_are_detected(key: int, mode: int) -> None:
    third = 4 if mode else 3
    notes = [note_hz(48 + key + interval) for interval in (0, third, 7, 12)]
    frames = extract([chord(notes, 4.0, sample_rate=RATE)], SPEC).frames
    assert {key_name(*row) for row in frames[:, [KEY, MODE]]} == {key_name(key, mode)}


def test_features_do_not_depend_on_the_block_size(song: np.ndarray, features: SongFeatures) -> None:
    for size in (777, 16_000, 100_001):
        again = extract(in_blocks(song, size), SPEC)
        np.testing.assert_allclose(again.frames, features.frames, rtol=1e-4, atol=1e-4)
        assert np.abs(again.mel.astype(int) - features.mel).max() <= 1


def test_there_is_one_frame_per_second_and_32_steps_per_second(features: SongFeatures) -> None:
    assert features.duration_s == 13.0
    assert features.frames.shape == (11, 57)
    assert features.mel.shape == (13 * 32 + 1, 96)


def test_log_mel_bytes_are_within_a_quarter_decibel(features: SongFeatures, by_librosa: dict[str, np.ndarray]) -> None:
    exact = 10 * np.log10(np.maximum(by_librosa["mel_power"].T, 1e-8))
    assert np.abs(to_decibels(features.mel, SPEC) - exact).max() <= 0.26


def test_three_seconds_and_slightly_less_are_one_frame() -> None:
    for samples in (3 * RATE, 3 * RATE - 800):
        frames = extract([noise(3.0, sample_rate=RATE)[:samples]], SPEC).frames
        assert frames.shape == (1, 57)
        assert np.isfinite(frames).all()


def test_silence_has_finite_features() -> None:
    features = extract([np.zeros(5 * RATE, np.float32)], SPEC)
    assert np.isfinite(features.frames).all()
    assert features.medians()["tempo_bpm"] == 120.0


def test_a_songs_key_is_the_most_frequent_pair_and_other_features_are_medians(features: SongFeatures) -> None:
    table = features.frames.copy()
    table[:, KEY], table[:, MODE] = 2.0, 1.0
    table[:4, KEY], table[:4, MODE] = 9.0, 0.0
    medians = SongFeatures(table, features.mel, features.duration_s).medians()
    assert (medians["key"], medians["mode"]) == (2.0, 1.0)
    assert medians["rms_mean"] == pytest.approx(float(np.median(table[:, NAMES.index("rms_mean")])))
