"""Damaged and truncated files are decoded as far as possible, with a warning."""

from __future__ import annotations

from pathlib import Path

import mutagen.apev2
import mutagen.id3
import numpy as np
import pytest

from tests import sounds
from tests.ml.decoded_audio import decode_error, decode_file

STREAMED = ("mp3", "mp3-vbr", "wav", "wav24", "flac", "ogg", "opus", "aac", "aiff", "wma", "webm", "matroska", "au")
"""Formats that are decoded from the start, so that half a file is half a song."""


@pytest.fixture
def music() -> sounds.Samples:
    return sounds.music(12.0, 22_050)


@pytest.mark.parametrize("form", STREAMED)
def test_a_truncated_file_is_decoded_up_to_its_end(form: str, music: sounds.Samples, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / f"song{sounds.FORMS[form].suffix}", music, 22_050, form)

    _, info = decode_file(sounds.truncate(song, 0.6))

    assert info.duration_s == pytest.approx(0.6 * 12, abs=1.3)
    (warning,) = info.warnings
    assert warning["code"] == ("audio_damaged" if form == "aac" else "audio_truncated")
    assert warning["message"].endswith(".")


def test_the_warning_about_a_truncated_file_says_how_much_is_missing(music: sounds.Samples, tmp_path: Path) -> None:
    song = sounds.truncate(sounds.write(tmp_path / "song.wav", music, 22_050), 0.5)

    _, info = decode_file(song)

    assert (
        info.warnings[0]["message"] == "Only 6 s of the 12 s in the file can be decoded; the mood is that of this part."
    )


def test_a_truncated_file_of_less_than_three_seconds_is_too_short(music: sounds.Samples, tmp_path: Path) -> None:
    song = sounds.truncate(sounds.write(tmp_path / "song.mp3", music, 22_050), 0.15)

    assert decode_error(song).code == "audio_too_short"


@pytest.mark.parametrize("form", ["m4a", "alac"])
def test_a_truncated_m4a_without_its_index_is_unreadable(form: str, music: sounds.Samples, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.m4a", music, 22_050, form)

    assert decode_error(sounds.truncate(song, 0.6)).code == "audio_unreadable"


@pytest.mark.parametrize("form", [*STREAMED, "m4a", "alac", "wavpack", "mpegts"])
def test_a_file_damaged_in_the_middle_is_decoded_around_the_damage(
    form: str, music: sounds.Samples, tmp_path: Path
) -> None:
    song = sounds.write(tmp_path / f"song{sounds.FORMS[form].suffix}", music, 22_050, form)

    _, info = decode_file(sounds.damage(song, at=0.5, size=1500))

    assert info.duration_s > 5.5


def test_damage_that_the_codec_detects_gives_a_warning(music: sounds.Samples, tmp_path: Path) -> None:
    song = sounds.damage(sounds.write(tmp_path / "song.m4a", music, 22_050, "alac"))

    _, info = decode_file(song)

    assert [warning["code"] for warning in info.warnings] == ["audio_damaged"]


@pytest.mark.parametrize("quiet_first", [True, False])
def test_a_variable_bit_rate_is_not_mistaken_for_damage(quiet_first: bool, tmp_path: Path) -> None:
    halves = [0.001 * sounds.noise(8, 44_100), sounds.noise(8, 44_100)]
    song = sounds.write(tmp_path / "song.aac", np.concatenate(halves if quiet_first else halves[::-1]))

    _, info = decode_file(song)  # ADTS states no length, and FFmpeg's guess is wrong by a tenth

    assert info.duration_s == pytest.approx(16, abs=0.1)
    assert info.declared_s is None
    assert not info.warnings


@pytest.mark.parametrize("claimed", [0, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_wav_from_a_pipe_declares_no_duration(claimed: int, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.wav", sounds.tone(440, 4))
    data = bytearray(song.read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = claimed.to_bytes(4, "little")
    song.write_bytes(data)

    _, info = decode_file(song)

    assert info.duration_s == pytest.approx(4, abs=0.01)
    assert not info.warnings


def test_tags_at_the_end_are_not_damage(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.mp3", sounds.tone(440, 4))
    ape = mutagen.apev2.APEv2()
    ape["Title"] = "Behind"
    ape.save(song)
    id3 = mutagen.id3.ID3(song)
    id3.add(mutagen.id3.TIT2(encoding=3, text="Before"))
    id3.save(song, v1=2)

    _, info = decode_file(song)

    assert not info.warnings


def test_samples_that_are_not_numbers_become_silence_in_place(tmp_path: Path) -> None:
    samples = sounds.tone(440, 4, 16_000)
    samples[20_000:20_010] = [np.nan, np.inf, -np.inf, 1e30, -1e30, np.nan, 0, 0, 0, 0]
    song = sounds.write(tmp_path / "song.wav", samples, 16_000, "wav-float")

    decoded, info = decode_file(song)

    assert np.isfinite(decoded).all()
    assert info.peak <= 4.0
    np.testing.assert_allclose(
        np.delete(decoded, slice(19_900, 20_110)), np.delete(samples, slice(19_900, 20_110)), atol=1e-3
    )


def test_a_recording_may_change_its_format_midway(tmp_path: Path) -> None:
    first = sounds.write(tmp_path / "1.mp3", sounds.tone(440, 4, 44_100))
    second = sounds.write(tmp_path / "2.mp3", sounds.spread(sounds.tone(440, 4, 48_000), 2), 48_000)
    both = tmp_path / "both.mp3"
    both.write_bytes(first.read_bytes() + second.read_bytes())

    _, info = decode_file(both)

    assert info.duration_s == pytest.approx(8, abs=0.2)


def test_an_mp3_that_ends_inside_a_frame_is_truncated_even_without_a_declared_duration(tmp_path: Path) -> None:
    whole = sounds.write_long(tmp_path / "whole.mp3", 18)
    broken = tmp_path / "broken.mp3"
    broken.write_bytes(whole.read_bytes()[:-5])
    assert decode_file(whole)[1].warnings == []
    assert [warning["code"] for warning in decode_file(broken)[1].warnings] == ["audio_truncated"]
