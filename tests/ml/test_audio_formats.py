"""The same music sounds the same out of every file that may hold it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from ml.spec import SPEC
from tests import sounds
from tests.ml.hearing import delay, gain, hear, likeness

DURATION_S = 3.2
RATES = (8000, 22_050, 96_000)
PROMISED = ("mp3", "mp3-vbr", "wav", "flac", "ogg", "opus", "m4a", "alac", "aac", "aiff", "wma")

WITHOUT_LENGTH = {"aac", "wma", "mpegts", "matroska"}
"""Containers that do not say how much silence the encoder put before and behind the music."""


def rising(sample_rate: int) -> sounds.Samples:
    return sounds.sweep(150, 600, DURATION_S, sample_rate)


@pytest.mark.parametrize(
    ("form", "channels"),
    [(form, channels) for form, kind in sounds.FORMS.items() for channels in (1, 2, 6) if channels <= kind.channels],
)
def test_every_format_gives_the_same_samples_mono_stereo_and_surround(form: str, channels: int, tmp_path: Path) -> None:
    kind = sounds.FORMS[form]
    song = sounds.write(tmp_path / f"song{kind.suffix}", sounds.spread(rising(44_100), channels), 44_100, form)

    heard, facts = hear(song)

    assert heard.dtype == np.float32
    assert facts.duration_s == pytest.approx(DURATION_S, abs=0.1)
    assert likeness(heard, rising(SPEC.sample_rate)) > 0.985
    assert gain(heard, rising(SPEC.sample_rate)) == pytest.approx(1.0, abs=0.06)
    assert not facts.warnings


@pytest.mark.parametrize("sample_rate", RATES)
@pytest.mark.parametrize("form", PROMISED)
def test_odd_sample_rates_give_the_same_samples(form: str, sample_rate: int, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / f"song{sounds.FORMS[form].suffix}", rising(sample_rate), sample_rate, form)

    heard, facts = hear(song)

    # At 8 kHz an AAC frame lasts 128 ms, and ADTS cannot say that the first is the encoder's.
    assert facts.duration_s == pytest.approx(DURATION_S, abs=0.27 if (form, sample_rate) == ("aac", 8000) else 0.1)
    assert likeness(heard, rising(SPEC.sample_rate)) > 0.985
    assert not facts.warnings


@pytest.mark.parametrize("form", [name for name, kind in sounds.FORMS.items() if kind.lossless])
def test_lossless_formats_lose_nothing(form: str, tmp_path: Path) -> None:
    played = rising(SPEC.sample_rate)
    song = sounds.write(tmp_path / f"song{sounds.FORMS[form].suffix}", played, SPEC.sample_rate, form)

    heard, _ = hear(song)

    assert len(heard) == len(played)
    assert np.abs(heard - played).max() <= 1 / 32768


@pytest.mark.parametrize("form", [name for name in sounds.FORMS if name not in WITHOUT_LENGTH])
def test_the_encoders_delay_is_taken_off(form: str, tmp_path: Path) -> None:
    played = rising(44_100)
    song = sounds.write(tmp_path / f"song{sounds.FORMS[form].suffix}", played, 44_100, form)

    heard, _ = hear(song)

    assert abs(delay(heard, rising(SPEC.sample_rate))) <= 2


def test_stereo_is_mixed_to_the_mean_of_its_sides(tmp_path: Path) -> None:
    left, right = sounds.tone(300, 3, 16_000, 0.6), sounds.silence(3, 16_000)
    song = sounds.write(tmp_path / "left.wav", np.stack([left, right]), 16_000)

    heard, facts = hear(song)

    np.testing.assert_allclose(heard, left / 2, atol=1e-4)
    assert facts.peak == pytest.approx(0.3, abs=1e-3)


@pytest.mark.parametrize("channels", [1, 2, 6, 9])
def test_no_mix_gets_louder(channels: int, tmp_path: Path) -> None:
    loud = sounds.spread(sounds.tone(300, 3, 16_000, 0.99), channels)
    song = tmp_path / "loud.wav"
    soundfile.write(song, loud.T, 16_000)

    _, facts = hear(song)

    assert facts.peak == pytest.approx(0.99, abs=2e-3)


def test_the_middle_of_a_surround_recording_is_heard(tmp_path: Path) -> None:
    channels = np.zeros((6, 3 * 16_000), np.float32)
    channels[2] = sounds.tone(300, 3, 16_000, 0.6)
    song = sounds.write(tmp_path / "voice.wav", channels, 16_000)

    _, facts = hear(song)

    assert 0.1 < facts.peak < 0.6


@pytest.mark.parametrize("sample_rate", [1000, 11_025, 37_800, 192_000, 384_000])
def test_a_recording_may_have_any_sample_rate(sample_rate: int, tmp_path: Path) -> None:
    song = tmp_path / "song.wav"
    soundfile.write(song, sounds.tone(200, 3, sample_rate), sample_rate)

    heard, facts = hear(song)

    assert facts.duration_s == pytest.approx(3.0, abs=0.01)
    assert likeness(heard, sounds.tone(200, 3, SPEC.sample_rate)) > 0.98


def test_what_lies_above_half_the_rate_is_taken_out_not_folded_down(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "whistle.wav", sounds.tone(11_000, 3) + sounds.tone(500, 3, amplitude=0.01), 44_100)

    heard, _ = hear(song)

    assert np.abs(heard[1000:-1000]).max() < 0.0102


def test_the_sound_of_a_film_is_heard(tmp_path: Path) -> None:
    film = sounds.write_video(tmp_path / "film.mp4", rising(44_100))

    heard, facts = hear(film)

    assert facts.duration_s == pytest.approx(DURATION_S, abs=0.1)
    assert likeness(heard, rising(SPEC.sample_rate)) > 0.99


def test_a_film_longer_than_its_sound_is_not_called_truncated(tmp_path: Path) -> None:
    film = sounds.write_video(tmp_path / "film.mkv", rising(44_100), container="matroska", picture_s=10.0)

    _, facts = hear(film)

    assert facts.duration_s == pytest.approx(DURATION_S, abs=0.1)
    assert not facts.warnings


@pytest.mark.parametrize("form", ["mp3", "flac", "m4a", "aiff"])
def test_cover_art_is_no_film(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"song{sounds.FORMS[form].suffix}"
    song = sounds.write(path, rising(44_100), form=form, cover=sounds.picture("PNG", 300, 300))

    heard, facts = hear(song)

    assert likeness(heard, rising(SPEC.sample_rate)) > 0.985
    assert not facts.warnings


def test_an_id3_tag_of_20_mb_is_passed_over(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.mp3", rising(44_100), cover=bytes(20_000_000))

    _, facts = hear(song)

    assert facts.declared_s == pytest.approx(DURATION_S, abs=0.05)
    assert facts.duration_s == pytest.approx(DURATION_S, abs=0.05)


@pytest.mark.parametrize("wrong", [".mp3", ".wav", ".txt", ".jpg", ""])
def test_the_content_counts_and_not_the_name(wrong: str, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.flac", rising(44_100))

    heard, _ = hear(song.rename(tmp_path / f"other{wrong}"))

    assert likeness(heard, rising(SPEC.sample_rate)) > 0.999


NAMES = ["a: b.mp3", "-i.mp3", "%03d.mp3", 'it\'s "so".mp3', "日本の歌 é.mp3", "pipe:0", "concat:a|b.mp3", "x" * 250]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_only_a_name(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a relative path may begin with anything
    sounds.write("song.mp3", rising(16_000), 16_000).rename(name)

    _, facts = hear(name)

    assert facts.duration_s == pytest.approx(DURATION_S, abs=0.1)
