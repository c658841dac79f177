"""The format is detected from the first bytes of a file, whatever its name."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from ml.audio.mpeg_frames import adts_frame_bytes, mpeg_frame_bytes
from ml.audio.sniffing import HEAD_BYTES, MEDIA_TYPES, MIN_HEAD_BYTES, recognise, reject_other_kind
from ml.errors import MoodError
from tests import sounds

CONTAINERS = {
    "mp3": "mp3",
    "mp3-vbr": "mp3",
    "flac": "flac",
    "flac24": "flac",
    "ogg": "ogg",
    "opus": "ogg",
    "m4a": "mp4",
    "alac": "mp4",
    "aac": "adts",
    "aiff": "aiff",
    "aiff24": "aiff",
    "wma": "asf",
    "webm": "webm",
    "matroska": "matroska",
    "mpegts": "mpeg-ts",
    "caf": "caf",
    "au": "au",
    "wavpack": "wavpack",
}


def head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def rejection(content: bytes) -> str:
    with pytest.raises(MoodError) as caught:
        recognise(content)
    assert caught.value.code == "not_audio"
    assert caught.value.message.endswith("upload a song as mp3, wav, flac, ogg, opus, m4a, aac, aiff or wma.")
    return caught.value.message.partition(";")[0]


@pytest.mark.parametrize("form", sounds.FORMS)
@pytest.mark.parametrize("tags", [{}, {"title": "A title", "artist": "Somebody"}], ids=["bare", "tagged"])
def test_every_audio_format_is_recognised(form: str, tags: dict[str, str], tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song", sounds.tone(440, 3.0), form=form, tags=tags)

    assert recognise(head(song)) == CONTAINERS.get(form, "wav")


@pytest.mark.parametrize("sample_rate", [8000, 16_000, 22_050, 32_000, 48_000])
@pytest.mark.parametrize(("form", "container"), [("mp3", "mp3"), ("aac", "adts")])
def test_frames_are_recognised_at_every_rate(form: str, container: str, sample_rate: int, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song", sounds.music(3.0, sample_rate), sample_rate, form)
    data = song.read_bytes()

    assert recognise(data[:HEAD_BYTES]) == container
    middle = data.index(b"\xff", len(data) // 2)
    if form == "mp3":  # a piece cut out of the middle begins with half a frame
        assert recognise(data[middle : middle + HEAD_BYTES]) == "mp3"


def test_an_mp3_without_a_tag_and_after_garbage_is_recognised(tmp_path: Path) -> None:
    bare = sounds.write_long(tmp_path / "bare.mp3", 10).read_bytes()

    assert recognise(bare[:HEAD_BYTES]) == "mp3"
    assert recognise((b"\0" * 700 + bare)[:HEAD_BYTES]) == "mp3"


def test_an_mp3_with_a_large_cover_is_recognised_by_its_tag(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.mp3", sounds.tone(440, 3), cover=sounds.image("PNG", 200, 200))

    assert recognise(head(song)) == "mp3"


@pytest.mark.parametrize(
    ("container", "name"), [("mp4", "mp4"), ("mov", "mp4"), ("matroska", "matroska"), ("avi", "avi")]
)
def test_videos_are_recognised_because_they_may_have_audio(container: str, name: str, tmp_path: Path) -> None:
    video = sounds.write_video(tmp_path / "video", sounds.tone(440, 3), container=container)

    assert recognise(head(video)) == name


@pytest.mark.parametrize("start", ["00000008 wide", "00ff3300 mdat", "00000400 free"])
def test_an_old_quicktime_file_is_recognised(start: str) -> None:
    length, atom = start.split()

    assert recognise(bytes.fromhex(length) + atom.encode() + bytes(100)) == "mp4"


def test_opus_and_vorbis_are_served_as_ogg() -> None:
    assert MEDIA_TYPES["ogg"] == "audio/ogg"
    assert MEDIA_TYPES["mp3"] == "audio/mpeg"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("PNG", "a PNG image"),
        ("JPEG", "a JPEG image"),
        ("GIF", "a GIF image"),
        ("WEBP", "a WebP image"),
        ("TIFF", "a TIFF image"),
        ("BMP", "a BMP image"),
    ],
)
def test_images_are_named_in_the_error(kind: str, name: str) -> None:
    assert rejection(sounds.image(kind)[:HEAD_BYTES]) == f"The file is {name}"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty"),
        (b"x", "a text file"),
        (b"The free encyclopedia", "a text file"),
        (b"Dear Anna,\r\n\r\nhere is the song.", "a text file"),
        ("Für Elise, für alle. ".encode() * 300, "a text file"),
        ("Für Elise".encode("utf-16"), "a text file"),
        (b"  <!DOCTYPE html><title>404</title>", "a web page"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG image"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "a PDF document"),
        (b"#EXTM3U\n#EXTINF:123,Somebody - A title\n", "a playlist, which contains no audio"),
        (b"MThd\0\0\0\6\0\1\0\2\1\xe0", "a MIDI file, which contains notes and no audio"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "a HEIC or AVIF image"),
        (b"\x7fELF\2\1\1", "an executable program"),
    ],
)
def test_other_files_are_named_in_the_error(content: bytes, name: str) -> None:
    assert rejection(content[:HEAD_BYTES]) == f"The file is {name}"


def test_an_archive_is_named_in_the_error(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.mp3", sounds.tone(440, 3))
    with zipfile.ZipFile(tmp_path / "songs.zip", "w") as archive:
        archive.write(song, "song.mp3")

    assert rejection(head(tmp_path / "songs.zip")) == "The file is a zip archive or an Office document"


@pytest.mark.parametrize(
    "content", [b"\0" * HEAD_BYTES, b"\xff" * HEAD_BYTES, b"RIFF\0\0\0\0JUNK", b"FORM\0\0\0\0ILBM"]
)
def test_unknown_bytes_are_rejected(content: bytes) -> None:
    assert rejection(content) == "The file is not in a known audio format"


def test_noise_is_not_mistaken_for_mpeg_frames() -> None:
    chance = np.random.default_rng(1)
    for _ in range(300):
        # 0xff, with which every frame begins, twenty times as often as chance has it
        content = bytearray(chance.bytes(HEAD_BYTES))
        for at in chance.integers(1, HEAD_BYTES, 300):
            content[at] = 0xFF
        content[0] = 1
        rejection(bytes(content))


@pytest.mark.parametrize(
    ("header", "length"),
    [
        ("fffb9000", 417),  # MPEG 1 layer III, 128 kbit/s at 44.1 kHz
        ("fffb9200", 418),  # the same, padded
        ("fffbe200", 1045),  # 320 kbit/s, padded
        ("fff38000", 208),  # MPEG 2, 64 kbit/s at 22.05 kHz
        ("ffe31800", 72),  # MPEG 2.5, 8 kbit/s at 8 kHz
        ("fffd8000", 417),  # layer II, 128 kbit/s at 44.1 kHz
        ("fffbf000", None),  # no such bit rate
        ("fffb0c00", None),  # no such sample rate
        ("ffeb9000", None),  # no such version
        ("fffe6800", None),  # how a text in UTF-16 begins
    ],
)
def test_an_mpeg_header_gives_the_frame_length(header: str, length: int | None) -> None:
    assert mpeg_frame_bytes(bytes.fromhex(header)) == length


def test_an_adts_header_gives_the_frame_length() -> None:
    assert adts_frame_bytes(bytes.fromhex("fff150802e7f")) == 371
    assert adts_frame_bytes(bytes.fromhex("fff17c802e7f")) is None
    assert adts_frame_bytes(b"\xff\xf1") is None


def test_recognition_imports_no_decoder() -> None:
    code = "import sys, ml.audio.sniffing; sys.exit(bool({'av', 'numpy', 'pydub', 'mutagen'} & set(sys.modules)))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    "content",
    [
        b"Extended Module: A song",
        b"IMPM" + bytes(200),
        b"A song".ljust(44, b"\0") + b"SCRM",
        b"A song".ljust(1080, b"\1") + b"M.K.",
    ],
)
def test_a_tracker_module_is_named_in_the_error(content: bytes) -> None:
    assert "a tracker module" in rejection(content)


def test_another_kind_is_rejected_by_the_first_4096_bytes_and_padding_is_not() -> None:
    with pytest.raises(MoodError, match="a text file"):
        reject_other_kind(b"The free encyclopedia. " * 200)
    reject_other_kind(bytes(MIN_HEAD_BYTES))
    reject_other_kind(np.random.default_rng(0).bytes(MIN_HEAD_BYTES))
