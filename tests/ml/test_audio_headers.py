"""Headers that lie: limits and results follow from the decoded audio."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import pytest

from ml.audio.decoding import DecodingInfo, decode, length_text
from ml.errors import MoodError
from ml.spec import SPEC
from tests import sounds
from tests.ml.decoded_audio import decode_file


def mp3_with_a_false_frame_count(path: Path) -> Path:
    data = bytearray(sounds.write(path, sounds.music(12.0), form="mp3-vbr").read_bytes())
    at = max(data.find(b"Xing"), data.find(b"Info"))
    (count,) = struct.unpack(">I", data[at + 8 : at + 12])
    data[at + 8 : at + 12] = struct.pack(">I", count * 700)
    path.write_bytes(data)
    return path


def wav_with_a_false_size(path: Path) -> Path:
    data = bytearray(sounds.write(path, sounds.music(12.0)).read_bytes())
    at = data.find(b"data")
    data[at + 4 : at + 8] = struct.pack("<I", 0x7F000000)
    path.write_bytes(data)
    return path


def flac_with_a_false_sample_count(path: Path) -> Path:
    data = bytearray(sounds.write(path, sounds.music(12.0)).read_bytes())
    data[21] &= 0xF0
    data[22:26] = struct.pack(">I", 44_100 * 8000)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("name", "lie"),
    [
        ("song.mp3", mp3_with_a_false_frame_count),
        ("song.wav", wav_with_a_false_size),
        ("song.flac", flac_with_a_false_sample_count),
    ],
)
def test_a_short_song_that_declares_hours_is_decoded_with_a_warning(name: str, lie, tmp_path: Path) -> None:
    _, info = decode_file(lie(tmp_path / name))

    assert info.declared_s is not None
    assert info.declared_s > SPEC.max_duration_s
    assert info.duration_s == pytest.approx(12.0, abs=0.1)
    assert [warning["code"] for warning in info.warnings] == ["audio_truncated"]
    assert info.warnings[0]["message"].startswith("Only 12 s of the ")


def test_the_limit_acts_on_the_decoded_audio(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.wav", sounds.tone(440, 12.0))
    with pytest.raises(MoodError) as caught:
        list(decode(song, DecodingInfo(), replace(SPEC, max_duration_s=10.0)))
    assert caught.value.code == "audio_too_long"
    assert caught.value.message == "The song is 12 s long, but up to 10 s is allowed; upload it in parts."


def test_the_message_about_the_limit_never_names_equal_durations(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.wav", sounds.tone(440, 61.5, 8000), 8000)
    with pytest.raises(MoodError, match="The song is 1 min 2 s long, but up to 1 min is allowed"):
        list(decode(song, DecodingInfo(), replace(SPEC, max_duration_s=60.0)))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(7200, "2 h"), (7201, "2 h 1 s"), (7200.2, "2 h 1 s"), (8000, "2 h 13 min"), (18_000, "5 h"), (90, "1 min")],
)
def test_a_duration_is_written_in_hours_and_minutes(seconds: float, text: str) -> None:
    assert length_text(seconds, 7200 if seconds != 7200 else None) == text
