"""A file that cannot be decoded raises an error with a code and a message that says why."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ml.audio.decoding import DecodingInfo, decode
from ml.audio.passages import cut
from ml.audio.playback import make_playable, probe
from ml.audio.sniffing import HEAD_BYTES, recognise
from ml.audio.tags import read_tags
from ml.errors import MoodError
from ml.spec import SPEC
from tests import sounds
from tests.ml.decoded_audio import decode_error, decode_file


@pytest.mark.parametrize("duration_s", [0.05, 1.0, 2.8])
def test_less_than_three_seconds_are_too_short(duration_s: float, tmp_path: Path) -> None:
    error = decode_error(sounds.write(tmp_path / "short.mp3", sounds.tone(440, duration_s)))

    assert error.code == "audio_too_short"
    assert "at least 3 s" in error.message


def test_three_seconds_are_enough_in_every_promised_format(tmp_path: Path) -> None:
    for form in ("mp3", "wav", "flac", "ogg", "opus", "m4a", "alac", "aac", "aiff", "wma"):
        decode_file(
            sounds.write(tmp_path / f"song-{form}{sounds.FORMS[form].suffix}", sounds.tone(440, 3.0), form=form)
        )


def test_decoding_stops_at_the_limit_without_a_declared_duration(tmp_path: Path) -> None:
    audiobook = sounds.write_long(tmp_path / "audiobook.mp3", 900)
    info = DecodingInfo()

    with pytest.raises(MoodError, match=r"longer than the allowed 6 min") as caught:
        list(decode(audiobook, info, replace(SPEC, max_duration_s=360.0)))

    assert caught.value.code == "audio_too_long"
    assert info.duration_s == pytest.approx(370)


def test_a_declared_duration_above_the_limit_is_rejected_before_decoding(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "drone.wav", sounds.tone(440, 1.0, 8000), 8000, "wav8")
    with song.open("r+b") as file:  # a header that promises what the file, being sparse, holds as zeros
        size = 5 * 3600 * 8000
        file.truncate(1000 + size)
        head = file.read(100)
        file.seek(4)
        file.write((992 + size).to_bytes(4, "little"))
        file.seek(head.index(b"data") + 4)
        file.write(size.to_bytes(4, "little"))
    info = DecodingInfo()

    with pytest.raises(MoodError, match="5 h long, but up to 2 h") as caught:
        next(decode(song, info))

    assert caught.value.code == "audio_too_long"
    assert info.samples == 0


def test_silence_is_distinguished_from_quiet_music(tmp_path: Path) -> None:
    assert decode_error(sounds.write(tmp_path / "nothing.flac", sounds.silence(5))).code == "audio_silent"

    decode_file(sounds.write(tmp_path / "hardly.flac", sounds.tone(440, 5, amplitude=0.001)))


def test_a_video_without_an_audio_stream_is_rejected(tmp_path: Path) -> None:
    assert decode_error(sounds.write_video(tmp_path / "mute.mp4", None)).code == "audio_no_stream"


PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n%s\n#EXT-X-ENDLIST\n"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 50_000,
        b"\xff" * 50_000,
        b"Once upon a time. " * 1000,
        sounds.image("PNG"),
        sounds.image("JPEG"),
        sounds.image("GIF"),
        b"%PDF-1.7\n" + b"0 obj\n" * 500,
        np.random.default_rng(0).bytes(50_000),
    ],
    ids=["empty", "zeros", "ones", "text", "png", "jpeg", "gif", "pdf", "noise"],
)
def test_a_file_that_is_not_audio_is_unreadable_whatever_its_name(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(content)

    assert decode_error(path).code == "audio_unreadable"


@pytest.mark.parametrize("shell", [PLAYLIST, b"ffconcat version 1.0\nfile %s\n", b"#EXTM3U\n%s\n"])
def test_a_file_cannot_make_the_decoder_open_another(shell: bytes, tmp_path: Path) -> None:
    secret = sounds.write(tmp_path / "secret.wav", sounds.tone(440, 4))
    path = tmp_path / "song.mp3"
    path.write_bytes(shell % str(secret).encode())

    assert decode_error(path).code == "audio_unreadable"


def test_a_missing_file_raises_file_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        decode_file(tmp_path / "gone.mp3")


@pytest.mark.parametrize(
    ("offset", "bytes_"),
    [(22, b"\0\0"), (22, b"\xff\xff"), (24, b"\0\0\0\0"), (24, b"\5\0\0\0"), (24, b"\xff\xff\xff\x7f"), (34, b"\0\0")],
    ids=["no channels", "65535 channels", "0 Hz", "5 Hz", "2 GHz", "0 bits"],
)
def test_a_nonsensical_header_is_unreadable(offset: int, bytes_: bytes, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.wav", sounds.tone(440, 4))
    data = bytearray(song.read_bytes())
    data[offset : offset + len(bytes_)] = bytes_
    song.write_bytes(data)

    assert decode_error(song).code in ("audio_unreadable", "audio_too_long")


FAMILIES = (
    "mp3",
    "wav",
    "wav-float",
    "flac",
    "ogg",
    "opus",
    "m4a",
    "alac",
    "aac",
    "aiff",
    "wma",
    "webm",
    "mpegts",
    "caf",
)


def test_no_reader_raises_an_undocumented_exception_on_random_bytes(tmp_path: Path) -> None:
    chance = np.random.default_rng(20)
    path = tmp_path / "song"
    for form in FAMILIES:
        whole = sounds.write(path, sounds.music(3.5, 8000), 8000, form).read_bytes()
        for _ in range(3):
            data = bytearray(whole)
            reach = len(data) if chance.random() < 0.5 else min(len(data), 300)
            for at in chance.integers(0, reach, 15):
                data[at] = chance.integers(0, 256)
            path.write_bytes(data)
            read_tags(path)
            for reader in (
                lambda: decode_file(path),
                lambda: cut(path, 2.0, 3.0),
                lambda: probe(path),
                lambda: make_playable(path, tmp_path / "copy.mp3"),
                lambda: recognise(path.read_bytes()[:HEAD_BYTES]),
            ):
                try:
                    reader()
                except MoodError as error:
                    assert error.message.endswith("."), error.message  # noqa: PT017 - any MoodError is a good answer


MEASURE = """
import resource, sys
from ml.audio.decoding import DecodingInfo, decode
info = DecodingInfo()
for block in decode(sys.argv[1], info):
    pass
print(info.duration_s, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def test_memory_does_not_grow_with_the_song(tmp_path: Path) -> None:
    used_mb = []
    for duration_s in (60, 1800):
        song = sounds.write_long(tmp_path / "song.mp3", duration_s)
        done = subprocess.run([sys.executable, "-c", MEASURE, song], capture_output=True, check=True, text=True)
        heard_s, megabytes = map(float, done.stdout.split())
        assert heard_s == pytest.approx(duration_s, abs=1)
        used_mb.append(megabytes)

    # All of half an hour would be 115 MB.
    assert used_mb[1] - used_mb[0] < 15
