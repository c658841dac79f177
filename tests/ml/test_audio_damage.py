"""What can be heard in part is heard, with a warning."""

from __future__ import annotations

from pathlib import Path

import mutagen.apev2
import mutagen.id3
import numpy as np
import pytest

from tests import sounds
from tests.ml.hearing import failure, hear

STREAMED = ("mp3", "mp3-vbr", "wav", "wav24", "flac", "ogg", "opus", "aac", "aiff", "wma", "webm", "matroska", "au")
"""Formats that can be read from the front, so that half a file is half a song."""


@pytest.fixture
def music() -> sounds.Samples:
    return sounds.music(12.0, 22_050)


@pytest.mark.parametrize("form", STREAMED)
def test_a_truncated_file_is_heard_as_far_as_it_goes(form: str, music: sounds.Samples, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / f"song{sounds.FORMS[form].suffix}", music, 22_050, form)

    _, facts = hear(sounds.truncate(song, 0.6))

    assert facts.duration_s == pytest.approx(0.6 * 12, abs=1.3)
    (warning,) = facts.warnings
    assert warning["code"] == ("audio_damaged" if form == "aac" else "audio_truncated")
    assert warning["message"].endswith(".")


def test_a_truncated_file_says_how_much_is_missing(music: sounds.Samples, tmp_path: Path) -> None:
    song = sounds.truncate(sounds.write(tmp_path / "song.wav", music, 22_050), 0.5)

    _, facts = hear(song)

    assert (
        facts.warnings[0]["message"] == "Only 6 s of the 12 s in the file could be read; the mood is that of this part."
    )


def test_a_truncated_file_of_less_than_three_seconds_is_too_short(music: sounds.Samples, tmp_path: Path) -> None:
    song = sounds.truncate(sounds.write(tmp_path / "song.mp3", music, 22_050), 0.15)

    assert failure(song).code == "audio_too_short"


@pytest.mark.parametrize("form", ["m4a", "alac"])
def test_a_truncated_m4a_has_lost_its_index(form: str, music: sounds.Samples, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.m4a", music, 22_050, form)

    assert failure(sounds.truncate(song, 0.6)).code == "audio_unreadable"


@pytest.mark.parametrize("form", [*STREAMED, "m4a", "alac", "wavpack", "mpegts"])
def test_a_file_damaged_in_the_middle_is_heard_around_the_damage(
    form: str, music: sounds.Samples, tmp_path: Path
) -> None:
    song = sounds.write(tmp_path / f"song{sounds.FORMS[form].suffix}", music, 22_050, form)

    _, facts = hear(sounds.damage(song, at=0.5, size=1500))

    assert facts.duration_s > 5.5


def test_damage_that_the_codec_notices_is_told(music: sounds.Samples, tmp_path: Path) -> None:
    song = sounds.damage(sounds.write(tmp_path / "song.m4a", music, 22_050, "alac"))

    _, facts = hear(song)

    assert [warning["code"] for warning in facts.warnings] == ["audio_damaged"]


@pytest.mark.parametrize("quiet_first", [True, False])
def test_a_bit_rate_that_varies_is_not_taken_for_a_broken_file(quiet_first: bool, tmp_path: Path) -> None:
    halves = [0.001 * sounds.noise(8, 44_100), sounds.noise(8, 44_100)]
    song = sounds.write(tmp_path / "song.aac", np.concatenate(halves if quiet_first else halves[::-1]))

    _, facts = hear(song)  # ADTS states no length, and FFmpeg's guess is wrong by a tenth

    assert facts.duration_s == pytest.approx(16, abs=0.1)
    assert facts.declared_s is None
    assert not facts.warnings


@pytest.mark.parametrize("claimed", [0, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_wav_out_of_a_pipe_does_not_know_its_length(claimed: int, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.wav", sounds.tone(440, 4))
    data = bytearray(song.read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = claimed.to_bytes(4, "little")
    song.write_bytes(data)

    _, facts = hear(song)

    assert facts.duration_s == pytest.approx(4, abs=0.01)
    assert not facts.warnings


def test_tags_at_the_end_are_no_damage(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.mp3", sounds.tone(440, 4))
    ape = mutagen.apev2.APEv2()
    ape["Title"] = "Behind"
    ape.save(song)
    id3 = mutagen.id3.ID3(song)
    id3.add(mutagen.id3.TIT2(encoding=3, text="Before"))
    id3.save(song, v1=2)

    _, facts = hear(song)

    assert not facts.warnings


def test_samples_that_are_no_numbers_stay_where_they_are(tmp_path: Path) -> None:
    samples = sounds.tone(440, 4, 16_000)
    samples[20_000:20_010] = [np.nan, np.inf, -np.inf, 1e30, -1e30, np.nan, 0, 0, 0, 0]
    song = sounds.write(tmp_path / "song.wav", samples, 16_000, "wav-float")

    heard, facts = hear(song)

    assert np.isfinite(heard).all()
    assert facts.peak <= 4.0
    np.testing.assert_allclose(
        np.delete(heard, slice(19_900, 20_110)), np.delete(samples, slice(19_900, 20_110)), atol=1e-3
    )


def test_a_recording_may_change_its_kind_on_the_way(tmp_path: Path) -> None:
    first = sounds.write(tmp_path / "1.mp3", sounds.tone(440, 4, 44_100))
    second = sounds.write(tmp_path / "2.mp3", sounds.spread(sounds.tone(440, 4, 48_000), 2), 48_000)
    both = tmp_path / "both.mp3"
    both.write_bytes(first.read_bytes() + second.read_bytes())

    _, facts = hear(both)

    assert facts.duration_s == pytest.approx(8, abs=0.2)


def test_an_mp3_that_ends_inside_a_frame_has_broken_off_though_it_states_no_length(tmp_path: Path) -> None:
    whole = sounds.write_long(tmp_path / "whole.mp3", 18)
    broken = tmp_path / "broken.mp3"
    broken.write_bytes(whole.read_bytes()[:-5])
    assert hear(whole)[1].warnings == []
    assert [warning["code"] for warning in hear(broken)[1].warnings] == ["audio_truncated"]
