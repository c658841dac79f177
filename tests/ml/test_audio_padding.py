"""Tags and padding around the audio are neither damage nor a reason to reject a file."""

from __future__ import annotations

import struct
from pathlib import Path

import av
import mutagen.apev2
import numpy as np
import pytest

from ml.audio.passages import cut
from ml.audio.playback import probe
from ml.audio.sniffing import HEAD_BYTES, read_head, recognise
from ml.audio.tags import read_tags
from ml.errors import MoodError
from tests import sounds
from tests.ml.decoded_audio import decode_error, decode_file, read_wav, similarity

MUSIC = sounds.music(6.0, 16_000)


def write(path: Path, form: str) -> Path:
    return sounds.write(path / f"song{sounds.FORMS[form].suffix}", MUSIC, 16_000, form)


def id3(size: int = 100) -> bytes:
    frame = b"TIT2" + struct.pack(">I", 7) + b"\0\0\0Tagged"
    body = (frame + bytes(size))[: max(size, len(frame))]
    return b"ID3\3\0\0" + bytes(len(body) >> shift & 127 for shift in (21, 14, 7, 0)) + body


def lyrics3() -> bytes:
    body = b"LYRICSBEGININD00002" + b"10"
    return body + f"{len(body):06}".encode() + b"LYRICS200"


ENDS = {
    "newline": b"\n",
    "zeros": bytes(4096),
    "id3v1": b"TAG" + bytes(125),
    "lyrics3": lyrics3() + b"TAG" + bytes(125),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("form", ["mp3", "mp3-vbr", "aac", "wavpack", "flac", "wav", "aiff"])
def test_junk_after_the_last_frame_gives_no_warning(form: str, end: str, tmp_path: Path) -> None:
    song = write(tmp_path, form)
    with song.open("ab") as file:
        file.write(ENDS[end])

    _, info = decode_file(song)

    assert info.duration_s == pytest.approx(6.0, abs=0.15)
    assert info.warnings == []


@pytest.mark.parametrize("form", ["mp3", "aac", "wavpack"])
def test_apev2_at_the_end_gives_no_warning(form: str, tmp_path: Path) -> None:
    song = write(tmp_path, form)
    tags = mutagen.apev2.APEv2()
    tags["Title"], tags["Comment"] = "Behind", "x" * 100_000
    tags.save(song)
    assert decode_file(song)[1].warnings == []


@pytest.mark.parametrize("size", [100, 100_000])
@pytest.mark.parametrize("form", ["wav", "aiff", "wavpack", "flac", "mp3", "aac"])
def test_an_id3_tag_before_the_audio_is_skipped_and_read(form: str, size: int, tmp_path: Path) -> None:
    song = write(tmp_path, form)
    expected, _ = decode_file(song)
    song.write_bytes(id3(size) + song.read_bytes())

    decoded, info = decode_file(song)

    recognise(song.read_bytes()[:HEAD_BYTES])
    assert similarity(decoded, expected) > 0.999
    assert info.warnings == []
    assert read_tags(song).title == "Tagged"
    samples, rate = read_wav(cut(song, 2.0, 4.0))
    assert samples.shape[1] / rate == pytest.approx(2.0, abs=0.01)
    assert probe(song).has_padding == (form not in ("mp3", "aac"))
    assert probe(song).plays == (form in ("mp3", "aac"))


@pytest.mark.parametrize("padding", ["zeros", "garbage"])
@pytest.mark.parametrize("size", [500, 40_000])
def test_padding_before_an_mp3_is_skipped(padding: str, size: int, tmp_path: Path) -> None:
    song = write(tmp_path, "mp3")
    before = bytes(size) if padding == "zeros" else np.random.default_rng(0).bytes(size).replace(b"\xff", b"\xfe")
    song.write_bytes(before + song.read_bytes())

    _, info = decode_file(song)

    assert recognise(song.read_bytes()[:HEAD_BYTES]) == "mp3"
    assert info.duration_s == pytest.approx(6.0, abs=0.15)
    assert info.warnings == []


@pytest.mark.parametrize("form", ["mp3", "flac"])
@pytest.mark.parametrize("size", [HEAD_BYTES - 1, HEAD_BYTES, 300_000])
def test_zeros_that_are_longer_than_the_head_are_skipped(form: str, size: int, tmp_path: Path) -> None:
    song = write(tmp_path, form)
    song.write_bytes(bytes(size) + song.read_bytes())
    with song.open("rb") as file:
        assert recognise(read_head(file)) == form
    _, info = decode_file(song)
    assert info.duration_s == pytest.approx(6.0, abs=0.15)
    assert info.warnings == []


def test_a_file_of_nothing_but_zeros_is_rejected(tmp_path: Path) -> None:
    file = tmp_path / "zeros.mp3"
    file.write_bytes(bytes(300_000))
    with file.open("rb") as stream, pytest.raises(MoodError):
        recognise(read_head(stream))


@pytest.mark.parametrize("form", ["wav", "flac"])
def test_zeros_before_other_formats_are_skipped(form: str, tmp_path: Path) -> None:
    song = write(tmp_path, form)
    song.write_bytes(bytes(1000) + song.read_bytes())
    assert recognise(song.read_bytes()[:HEAD_BYTES]) == form
    assert decode_file(song)[1].duration_s == pytest.approx(6.0, abs=0.01)


def riff(kind: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for name, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + kind + body


def test_an_mp3_in_riff_is_decoded_without_a_warning(tmp_path: Path) -> None:
    mp3 = sounds.write(tmp_path / "song.mp3", sounds.music(6.0)).read_bytes()
    layer3 = struct.pack("<HHIIHH", 0x55, 1, 44_100, 8000, 1, 0) + struct.pack("<HHIHHH", 12, 1, 2, 208, 1, 1393)
    for kind, chunks in ((b"WAVE", [(b"fmt ", layer3), (b"data", mp3)]), (b"RMP3", [(b"data", mp3)])):
        song = tmp_path / "song.wav"
        song.write_bytes(riff(kind, *chunks))
        recognise(song.read_bytes()[:HEAD_BYTES])
        _, info = decode_file(song)
        assert info.duration_s == pytest.approx(6.0, abs=0.15)
        assert info.warnings == []


def test_damage_between_frames_still_gives_a_warning(tmp_path: Path) -> None:
    song = sounds.damage(write(tmp_path, "alac"), at=0.5, size=2000)
    assert [warning["code"] for warning in decode_file(song)[1].warnings] == ["audio_damaged"]


@pytest.mark.parametrize(("container", "codec"), [("webm", "libopus"), ("matroska", "flac"), ("ogg", "libopus")])
def test_a_stream_whose_clock_does_not_begin_at_zero_is_not_truncated(
    container: str, codec: str, tmp_path: Path
) -> None:
    path = tmp_path / "song"
    with av.open(str(path), "w", format=container) as output:
        stream = output.add_stream(codec, rate=48_000, layout="mono")
        samples = sounds.music(6.0, 48_000)
        for start in range(0, len(samples), 48_000):
            frame = av.AudioFrame.from_ndarray(samples[None, start : start + 48_000], format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 48_000, 600 * 48_000 + start
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))

    _, info = decode_file(path)

    assert info.duration_s == pytest.approx(6.0, abs=0.1)
    assert info.warnings == []


@pytest.mark.parametrize(
    ("codec", "container", "rate"),
    [
        ("adpcm_ima_wav", "wav", 44_100),
        ("adpcm_ms", "wav", 22_050),
        ("adpcm_ima_qt", "aiff", 44_100),
        ("adpcm_ima_qt", "caf", 44_100),
    ],
)
def test_adpcm_is_neither_damaged_nor_truncated(codec: str, container: str, rate: int, tmp_path: Path) -> None:
    path = tmp_path / "song"
    with av.open(str(path), "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate, layout="mono")
        samples = sounds.music(6.0, rate)
        for start in range(0, len(samples), rate):
            frame = av.AudioFrame.from_ndarray(samples[None, start : start + rate], format="fltp", layout="mono")
            frame.sample_rate, frame.pts = rate, start
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))

    _, info = decode_file(path)

    assert info.duration_s == pytest.approx(6.0, abs=0.1)
    assert info.warnings == []


def test_a_dsf_file_is_decoded(tmp_path: Path) -> None:
    """DSD by pulse width: the number of ones in 64 bits follows the signal."""
    rate = 2_822_400
    levels = np.round(32 + 31 * sounds.tone(440, 4.0, rate // 64)).astype(int)
    bits = (np.arange(64) < levels[:, None]).reshape(-1, 8)
    data = np.packbits(bits, axis=1, bitorder="little").tobytes()
    block = 4096
    data += bytes(-len(data) % block)
    fmt = struct.pack("<4sQIIIIIIQII", b"fmt ", 52, 1, 0, 1, 1, rate, 1, len(levels) * 64, block, 0)
    chunk = struct.pack("<4sQ", b"data", 12 + len(data)) + data
    song = tmp_path / "song.dsf"
    song.write_bytes(struct.pack("<4sQQQ", b"DSD ", 28, 28 + len(fmt) + len(chunk), 0) + fmt + chunk)

    decoded, info = decode_file(song)

    assert recognise(song.read_bytes()[:HEAD_BYTES]) == probe(song).container == "dsf"
    assert info.duration_s == pytest.approx(4.0, abs=0.02)
    assert similarity(decoded, sounds.tone(440, 4.0, 16_000)) > 0.99


@pytest.mark.parametrize(("tag", "name"), [(b"drms", "FairPlay"), (b"aavd", "Audible"), (b"enca", "encryption")])
def test_a_protected_file_is_called_protected(tag: bytes, name: str, tmp_path: Path) -> None:
    song = write(tmp_path, "m4a")
    data = song.read_bytes()
    at = data.index(b"mp4a", data.index(b"stsd"))
    song.write_bytes(data[:at] + tag + data[at + 4 :])

    error = decode_error(song)

    assert error.code == "audio_protected"
    assert name in error.message
