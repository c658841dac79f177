"""Every format gives the same samples for the same music."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from ml.spec import SPEC
from tests import sounds
from tests.ml.decoded_audio import decode_file, delay, gain, similarity

DURATION_S = 3.2
RATES = (8000, 22_050, 96_000)
PROMISED = ("mp3", "mp3-vbr", "wav", "flac", "ogg", "opus", "m4a", "alac", "aac", "aiff", "wma")

WITHOUT_LENGTH = {"aac", "wma", "mpegts", "matroska"}
"""Containers that do not declare the encoder delay and padding."""


def rising(sample_rate: int) -> sounds.Samples:
    return sounds.sweep(150, 600, DURATION_S, sample_rate)


@pytest.mark.parametrize(
    ("form", "channels"),
    [(form, channels) for form, kind in sounds.FORMS.items() for channels in (1, 2, 6) if channels <= kind.channels],
)
def test_every_format_gives_the_same_samples_mono_stereo_and_surround(form: str, channels: int, tmp_path: Path) -> None:
    kind = sounds.FORMS[form]
    song = sounds.write(tmp_path / f"song{kind.suffix}", sounds.spread(rising(44_100), channels), 44_100, form)

    decoded, info = decode_file(song)

    assert decoded.dtype == np.float32
    assert info.duration_s == pytest.approx(DURATION_S, abs=0.1)
    assert similarity(decoded, rising(SPEC.sample_rate)) > 0.985
    assert gain(decoded, rising(SPEC.sample_rate)) == pytest.approx(1.0, abs=0.06)
    assert not info.warnings


@pytest.mark.parametrize("sample_rate", RATES)
@pytest.mark.parametrize("form", PROMISED)
def test_odd_sample_rates_give_the_same_samples(form: str, sample_rate: int, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / f"song{sounds.FORMS[form].suffix}", rising(sample_rate), sample_rate, form)

    decoded, info = decode_file(song)

    # At 8 kHz an AAC frame lasts 128 ms, and ADTS cannot say that the first is the encoder's.
    assert info.duration_s == pytest.approx(DURATION_S, abs=0.27 if (form, sample_rate) == ("aac", 8000) else 0.1)
    assert similarity(decoded, rising(SPEC.sample_rate)) > 0.985
    assert not info.warnings


@pytest.mark.parametrize("form", [name for name, kind in sounds.FORMS.items() if kind.lossless])
def test_lossless_formats_are_exact(form: str, tmp_path: Path) -> None:
    original = rising(SPEC.sample_rate)
    song = sounds.write(tmp_path / f"song{sounds.FORMS[form].suffix}", original, SPEC.sample_rate, form)

    decoded, _ = decode_file(song)

    assert len(decoded) == len(original)
    assert np.abs(decoded - original).max() <= 1 / 32768


@pytest.mark.parametrize("form", [name for name in sounds.FORMS if name not in WITHOUT_LENGTH])
def test_the_encoder_delay_is_removed(form: str, tmp_path: Path) -> None:
    original = rising(44_100)
    song = sounds.write(tmp_path / f"song{sounds.FORMS[form].suffix}", original, 44_100, form)

    decoded, _ = decode_file(song)

    assert abs(delay(decoded, rising(SPEC.sample_rate))) <= 2


def test_stereo_is_mixed_to_the_mean_of_its_channels(tmp_path: Path) -> None:
    left, right = sounds.tone(300, 3, 16_000, 0.6), sounds.tone(500, 3, 16_000, 0.2)
    song = sounds.write(tmp_path / "left.wav", np.stack([left, right]), 16_000)

    decoded, info = decode_file(song)

    np.testing.assert_allclose(decoded, (left + right) / 2, atol=1e-4)
    assert info.peak == pytest.approx(np.abs(left + right).max() / 2, abs=1e-3)


@pytest.mark.parametrize("channels", [1, 2, 6, 9])
def test_no_mix_gets_louder(channels: int, tmp_path: Path) -> None:
    loud = sounds.spread(sounds.tone(300, 3, 16_000, 0.99), channels)
    song = tmp_path / "loud.wav"
    soundfile.write(song, loud.T, 16_000)

    _, info = decode_file(song)

    assert info.peak == pytest.approx(0.99, abs=2e-3)


def test_the_centre_channel_of_a_surround_recording_is_mixed_in(tmp_path: Path) -> None:
    channels = np.zeros((6, 3 * 16_000), np.float32)
    channels[2] = sounds.tone(300, 3, 16_000, 0.6)
    song = sounds.write(tmp_path / "voice.wav", channels, 16_000)

    _, info = decode_file(song)

    assert 0.1 < info.peak < 0.6


@pytest.mark.parametrize("sample_rate", [1000, 11_025, 37_800, 192_000, 384_000])
def test_a_recording_may_have_any_sample_rate(sample_rate: int, tmp_path: Path) -> None:
    song = tmp_path / "song.wav"
    soundfile.write(song, sounds.tone(200, 3, sample_rate), sample_rate)

    decoded, info = decode_file(song)

    assert info.duration_s == pytest.approx(3.0, abs=0.01)
    assert similarity(decoded, sounds.tone(200, 3, SPEC.sample_rate)) > 0.98


def test_frequencies_above_nyquist_are_removed_and_not_aliased(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "whistle.wav", sounds.tone(11_000, 3) + sounds.tone(500, 3, amplitude=0.01), 44_100)

    decoded, _ = decode_file(song)

    assert np.abs(decoded[1000:-1000]).max() < 0.0102


def test_the_audio_of_a_video_is_decoded(tmp_path: Path) -> None:
    video = sounds.write_video(tmp_path / "video.mp4", rising(44_100))

    decoded, info = decode_file(video)

    assert info.duration_s == pytest.approx(DURATION_S, abs=0.1)
    assert similarity(decoded, rising(SPEC.sample_rate)) > 0.99


def test_a_video_longer_than_its_audio_is_not_truncated(tmp_path: Path) -> None:
    video = sounds.write_video(tmp_path / "video.mkv", rising(44_100), container="matroska", video_s=10.0)

    _, info = decode_file(video)

    assert info.duration_s == pytest.approx(DURATION_S, abs=0.1)
    assert not info.warnings


@pytest.mark.parametrize("form", ["mp3", "flac", "m4a", "aiff"])
def test_cover_art_is_not_a_video(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"song{sounds.FORMS[form].suffix}"
    song = sounds.write(path, rising(44_100), form=form, cover=sounds.image("PNG", 300, 300))

    decoded, info = decode_file(song)

    assert similarity(decoded, rising(SPEC.sample_rate)) > 0.985
    assert not info.warnings


def test_an_id3_tag_of_20_mb_is_skipped(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.mp3", rising(44_100), cover=bytes(20_000_000))

    _, info = decode_file(song)

    assert info.declared_s == pytest.approx(DURATION_S, abs=0.05)
    assert info.duration_s == pytest.approx(DURATION_S, abs=0.05)


@pytest.mark.parametrize("wrong", [".mp3", ".wav", ".txt", ".jpg", ""])
def test_the_format_is_detected_from_content_and_not_from_the_name(wrong: str, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.flac", rising(44_100))

    decoded, _ = decode_file(song.rename(tmp_path / f"other{wrong}"))

    assert similarity(decoded, rising(SPEC.sample_rate)) > 0.999


NAMES = ["a: b.mp3", "-i.mp3", "%03d.mp3", 'it\'s "so".mp3', "日本の歌 é.mp3", "pipe:0", "concat:a|b.mp3", "x" * 250]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_name_is_never_read_as_a_url(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a relative path may begin with anything
    sounds.write("song.mp3", rising(16_000), 16_000).rename(name)

    _, info = decode_file(name)

    assert info.duration_s == pytest.approx(DURATION_S, abs=0.1)
