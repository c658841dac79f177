"""Tags that are too large, too many or too slow cost neither memory nor time, and the song is decoded without them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import zlib
from pathlib import Path
from typing import Any

import pytest

from ml.audio.covers import MAX_COVER_PIXELS, image_type
from ml.audio.padding import audio_start
from ml.audio.tag_blocks import hiding_patches
from ml.audio.tags import Tags, read_tags
from ml.deadline import Deadline, DeadlineExceeded
from ml.inference.analysis import analyse
from ml.models.bundle import Bundle
from tests import sounds
from tests.architecture.sources import ROOT
from tests.ml.decoded_audio import decode_file
from tests.ml.tag_bombs import BOMBS, MUSIC_S, compressed_frame, frame, id3, mp3

MAX_MEMORY_MB = 500
MAX_CPU_S = 10.0

# VmHWM and not ru_maxrss of the process itself, which keeps the maximum of the process that started it.
MEASURE = """
import json, re, resource, sys, time
from pathlib import Path
from ml.audio.decoding import DecodingInfo, decode
from ml.audio.playback import probe
from ml.audio.tags import read_tags

for path in sys.argv[1:]:
    started, info = time.process_time(), DecodingInfo()
    tags = read_tags(path)
    for block in decode(path, info):
        pass
    probe(path)
    own_kb = int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
    children_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps({
        "too_large": tags.too_large,
        "duration_s": info.duration_s,
        "cpu_s": time.process_time() - started,
        "memory_mb": max(own_kb, children_kb) / 1024,
    }), flush=True)
"""


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What reading each bomb takes, in a process of its own; the memory is the most so far."""
    folder = tmp_path_factory.mktemp("bombs")
    paths = []
    for number, (_, bomb) in enumerate(BOMBS.items()):
        paths.append(folder / f"{number}.song")
        paths[-1].write_bytes(bomb(folder))
    process = subprocess.run(
        [sys.executable, "-c", MEASURE, *map(str, paths)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    lines = [json.loads(line) for line in process.stdout.splitlines()]
    assert len(lines) == len(BOMBS), process.stderr
    return dict(zip(BOMBS, lines, strict=True))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_little_and_the_song_is_decoded(name: str, measured: dict[str, dict[str, Any]]) -> None:
    result = measured[name]
    assert result["too_large"]
    # A DSD file has four more tenths.
    assert result["duration_s"] == pytest.approx(MUSIC_S, abs=0.7)
    assert result["cpu_s"] < MAX_CPU_S
    assert result["memory_mb"] < MAX_MEMORY_MB


def test_the_result_says_that_the_tags_were_left_out(tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(mp3(lambda: id3(frame(b"TXXX", b"\0key\0value") * 6000))(tmp_path))
    result = analyse(path, bundle=Bundle.open(ROOT / "ml" / "bundles" / "mood-5"))
    assert [warning["code"] for warning in result.warnings] == ["tags_too_large"]
    assert result.answer["mood"]["name"]
    assert result.tags.texts() == {}


def test_an_ordinary_compressed_frame_is_read(tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(mp3(lambda: id3(compressed_frame(b"TIT2", b"\0A short title", zeros=0)))(tmp_path))
    assert read_tags(path) == Tags(title="A short title")
    assert decode_file(path)[1].duration_s == pytest.approx(MUSIC_S, abs=0.1)


def test_large_lyrics_and_several_covers_are_ordinary(tmp_path: Path) -> None:
    picture = b"\0image/png\0%c\0" + sounds.image(width=900, height=900)
    frames = frame(b"TIT2", b"\0Sung") + frame(b"USLT", b"\0eng\0" + b"la la " * 20_000)
    frames += b"".join(frame(b"APIC", picture.replace(b"%c", bytes([kind]))) for kind in (4, 3, 6))
    path = tmp_path / "song.mp3"
    path.write_bytes(mp3(lambda: id3(frames))(tmp_path))
    tags = read_tags(path)
    assert (tags.title, tags.too_large) == ("Sung", False)
    assert tags.cover is not None


def test_sizes_that_no_file_has_are_no_reason_to_fail(tmp_path: Path) -> None:
    """Every byte of the headers in turn, and with it every size, is as large as it gets."""
    path = tmp_path / "song"
    for form in ("wav", "aiff", "flac", "opus", "m4a", "wma", "matroska", "caf", "mp3", "wavpack"):
        whole = sounds.write(path, sounds.tone(440, 0.1, 8000), 8000, form, tags={"title": "A title"}).read_bytes()
        for at in range(0, min(len(whole), 400), 2):
            path.write_bytes(whole[:at] + b"\xff" * 8 + whole[at + 8 :])
            hiding_patches(path, audio_start(path))


# A reader that takes too much in a way that no header shows


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return sounds.write(tmp_path / "song.mp3", sounds.tone(440, 1), tags={"title": "A title"})


def test_a_reader_that_takes_too_long_is_ended(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ml.audio.tags.MAX_SECONDS", 0.5)
    monkeypatch.setattr("ml.audio.tags.read_texts_and_cover", lambda path: time.sleep(3600))
    assert read_tags(song) == Tags(too_large=True)


def test_a_reader_that_takes_too_much_memory_is_ended(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ml.audio.tags.read_texts_and_cover", lambda path: bytearray(2 << 30))
    assert read_tags(song) == Tags(too_large=True)


def test_a_lack_of_memory_in_a_parser_is_not_taken_for_damage(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(path: Path) -> None:
        raise MemoryError

    monkeypatch.setattr("mutagen.File", exhausted)
    assert read_tags(song) == Tags(too_large=True)


def test_a_reader_that_dies_takes_nothing_along(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ml.audio.tags.read_texts_and_cover", lambda path: os.kill(os.getpid(), signal.SIGKILL))
    assert read_tags(song) == Tags()


def test_the_deadline_of_the_song_holds_for_its_tags(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ml.audio.tags.read_texts_and_cover", lambda path: time.sleep(3600))
    with pytest.raises(DeadlineExceeded):
        read_tags(song, Deadline.after(0.5))


# Pictures


def png_chunk(name: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + name + content + zlib.crc32(name + content).to_bytes(4, "big")


def png(width: int, height: int, *others: bytes) -> bytes:
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\0\0\0\0"
    chunks = [
        png_chunk(b"IHDR", header),
        *others,
        png_chunk(b"IDAT", zlib.compress(b"\0" * 100)),
        png_chunk(b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("GIF", "image/gif"), ("WEBP", "image/webp"), ("BMP", None)],
)
def test_pictures_of_the_usual_kinds_are_kept(kind: str, media_type: str | None) -> None:
    assert image_type(sounds.image(kind)) == media_type


def test_a_picture_of_too_many_pixels_is_not_kept() -> None:
    side = int(MAX_COVER_PIXELS**0.5)
    assert image_type(png(side, side)) == "image/png"
    assert image_type(png(side + 9, side + 9)) is None
    assert image_type(png(60_000, 60_000)) is None
    jpeg = bytearray(sounds.image("JPEG"))
    at = jpeg.index(b"\xff\xc0") + 5
    jpeg[at : at + 4] = b"\xff\xdc\xff\xdc"
    assert image_type(bytes(jpeg)) is None


@pytest.mark.parametrize("name", [b"zTXt", b"iTXt", b"iCCP"])
def test_a_picture_with_more_text_than_image_is_not_kept(name: bytes) -> None:
    assert image_type(png(10, 10, png_chunk(name, os.urandom(1_100_000)))) is None


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP", b"RIFF....WAVE", b"GIF89a"]
)
def test_damaged_pictures_are_not_kept(data: bytes) -> None:
    assert image_type(data) is None
