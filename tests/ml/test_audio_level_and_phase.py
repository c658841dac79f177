"""Volume and phase do not change the mood: songs are analysed at one level, and opposed channels keep the music."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from ml.audio.level import TARGET_DB, LevelMeter
from ml.inference.analysis import analyse
from ml.models.bundle import Bundle
from ml.spec import SPEC
from tests import sounds
from tests.ml.decoded_audio import decode_file, gain, similarity
from tests.ml.test_bundle import BUNDLE

RATE = SPEC.sample_rate


def music(seed: int = 0, duration_s: float = 15.0) -> np.ndarray:
    return sounds.music(duration_s, RATE, seed=seed)


def test_opposed_channels_keep_the_music_with_a_warning(tmp_path: Path) -> None:
    left = music()
    decoded, info = decode_file(sounds.write(tmp_path / "song.wav", np.stack([left, -left]), RATE))
    assert np.abs(decoded - left).max() < 1e-4
    assert [warning["code"] for warning in info.warnings] == ["audio_phase_inverted"]


@pytest.mark.parametrize("width", [0.2, 2.0])
def test_an_inverted_channel_of_a_stereo_song_is_mixed_as_if_it_were_not(width: float, tmp_path: Path) -> None:
    """`width` 2.0 is wide stereo, with a correlation of about 0.2 between the channels."""
    sides = [sounds.noise(15.0, RATE, 0.2 * width, seed) for seed in (1, 2)]
    left, right = (0.2 * (sounds.noise(15.0, RATE, 0.2, 3) + side) for side in sides)
    expected, plain = decode_file(sounds.write(tmp_path / "right.wav", np.stack([left, right]), RATE))
    decoded, info = decode_file(sounds.write(tmp_path / "wrong.wav", np.stack([left, -right]), RATE))
    assert np.abs(decoded - expected).max() < 1e-4
    assert (plain.opposed_channels, info.opposed_channels) == (False, True)


def test_wide_stereo_is_not_mistaken_for_opposite_phase(tmp_path: Path) -> None:
    left, right = sounds.noise(15.0, RATE, seed=1), sounds.noise(15.0, RATE, seed=2)
    decoded, info = decode_file(sounds.write(tmp_path / "song.wav", np.stack([left, right]), RATE))
    np.testing.assert_allclose(decoded, (left + right) / 2, atol=2e-3)  # the offset filter removes infrasound
    assert info.warnings == []


@pytest.mark.parametrize("silent", [0, 1])
def test_one_silent_channel_costs_no_level(silent: int, tmp_path: Path) -> None:
    channels = np.zeros((2, 15 * RATE), np.float32)
    channels[1 - silent] = music()
    decoded, info = decode_file(sounds.write(tmp_path / "song.wav", channels, RATE))
    assert gain(decoded, music()) == pytest.approx(1.0, abs=0.01)
    assert similarity(decoded, music()) > 0.999
    assert info.warnings == []


def test_a_channel_that_starts_after_a_minute_is_mixed_in_without_a_click(tmp_path: Path) -> None:
    left, right = sounds.tone(200, 100, RATE, 0.4), sounds.tone(300, 100, RATE, 0.4)
    right[: 75 * RATE] = 0
    decoded, _ = decode_file(sounds.write(tmp_path / "song.wav", np.stack([left, right]), RATE))
    np.testing.assert_allclose(decoded[: 65 * RATE], left[: 65 * RATE], atol=1e-3)
    np.testing.assert_allclose(decoded[85 * RATE :], (left + right)[85 * RATE :] / 2, atol=1e-3)
    assert np.abs(np.diff(decoded)).max() < 0.06


@pytest.mark.parametrize("form", ["wav", "wav24", "wav-float", "flac"])
@pytest.mark.parametrize("amplitude", [0.25, 0.9])
def test_the_gain_follows_from_the_level(amplitude: float, form: str, tmp_path: Path) -> None:
    path = tmp_path / f"song{sounds.FORMS[form].suffix}"
    _, info = decode_file(sounds.write(path, sounds.tone(440, 4, RATE, amplitude), RATE, form))
    assert info.gain_db == pytest.approx(TARGET_DB - 20 * math.log10(amplitude), abs=0.1)


def test_a_click_and_silence_do_not_change_the_gain(tmp_path: Path) -> None:
    song = sounds.music(20.0, RATE) * np.float32(0.3)
    around = np.concatenate([np.zeros(60 * RATE, np.float32), song])
    around[30 * RATE] = 0.6
    gains = [
        decode_file(sounds.write(tmp_path / f"{number}.wav", samples, RATE))[1].gain_db
        for number, samples in enumerate((song, around))
    ]
    assert gains[0] == pytest.approx(gains[1], abs=0.1)


def test_silence_has_no_gain() -> None:
    meter = LevelMeter()
    meter.add(np.zeros(100, np.float32))
    assert meter.gain_db == 0.0


def test_the_same_song_at_a_lower_volume_has_the_same_mood(tmp_path: Path) -> None:
    bundle = Bundle.open(BUNDLE)
    song = sounds.music(25.0, RATE, tempo_bpm=120, brightness=0.6)
    answers = [
        analyse(sounds.write(tmp_path / f"{db}.wav", song * 10 ** (db / 20), RATE, "wav24"), bundle=bundle).answer
        for db in (0, -3, -6, -12)
    ]
    for answer in answers[1:]:
        assert answer["mood"]["name"] == answers[0]["mood"]["name"]
        for emotion, share in answers[0]["scores"]["emotions"].items():
            assert answer["scores"]["emotions"][emotion] == pytest.approx(share, abs=0.005)
