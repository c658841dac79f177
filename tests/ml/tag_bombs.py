"""Songs whose tags are small in the file and large, many or slow once they are read, in every format that has tags."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from mutagen.ogg import OggPage

from ml.audio.ogg_comments import ogg_checksum
from tests import sounds

MUSIC_S = 4.0
MANY = 80_000
"""Tags. FFmpeg compares each with all before it, and takes minutes."""
INFLATED = 100 << 20
"""Bytes in one compressed frame of 100 KB."""
COMPRESSED_FRAMES = 16
"""1.6 GB in 1.6 MB."""


def base(folder: Path, form: str) -> bytearray:
    path = folder / f"base{sounds.FORMS[form].suffix}"
    return bytearray(sounds.write(path, sounds.music(MUSIC_S), form=form).read_bytes())


# ID3v2


def id3(frames: bytes, version: int = 3) -> bytes:
    return b"ID3" + bytes([version, 0, 0]) + synchsafe(len(frames)) + frames


def synchsafe(size: int) -> bytes:
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def frame(name: bytes, content: bytes, version: int = 3) -> bytes:
    size = synchsafe(len(content)) if version == 4 else struct.pack(">I", len(content))
    return name + size + b"\0\0" + content


@cache
def deflated(content: bytes, zeros: int) -> bytes:
    return zlib.compress(content + bytes(zeros), 9)


def compressed_frame(name: bytes, content: bytes, zeros: int = INFLATED, version: int = 3) -> bytes:
    data = deflated(content, zeros)
    size = len(data) + 4
    if version == 4:
        return name + synchsafe(size) + b"\0\x09" + synchsafe(len(content) + zeros) + data
    return name + struct.pack(">I", size) + b"\0\x80" + struct.pack(">I", len(content) + zeros) + data


def inflating_texts(version: int = 3) -> bytes:
    return id3(compressed_frame(b"TXXX", b"\0key\0", version=version) * COMPRESSED_FRAMES, version)


def inflating_pictures() -> bytes:
    return id3(compressed_frame(b"APIC", b"\0image/png\0\3cover\0\x89PNG\r\n\x1a\n") * COMPRESSED_FRAMES)


def nested_chapters() -> bytes:
    """A compressed chapter of compressed chapters: a million times as large."""
    inner = compressed_frame(b"TIT2", b"\0") * COMPRESSED_FRAMES
    return id3(compressed_frame(b"CHAP", b"one\0" + bytes(16) + inner, zeros=0))


def unsynchronised() -> bytes:
    """Of version 4, with every FF followed by a zero that readers remove first."""
    data = deflated(b"\0", INFLATED).replace(b"\xff", b"\xff\0")
    header = b"TIT2" + synchsafe(len(data) + 4) + b"\0\x0b" + synchsafe(0xFFFFFFF)
    return id3((header + data) * COMPRESSED_FRAMES, 4)


def many_frames() -> bytes:
    return id3(b"".join(frame(b"TXXX", b"\0k%d\0v" % n) for n in range(MANY)))


# One song of each kind


def mp3(tag: Callable[[], bytes]) -> Callable[[Path], bytes]:
    return lambda folder: tag() + base(folder, "mp3")


def riff_id3(folder: Path) -> bytes:
    return _with_riff_chunk(folder, b"id3 ", inflating_texts())


def riff_info(folder: Path) -> bytes:
    names = (bytes([65 + n // 17576 % 26, 65 + n // 676 % 26, 65 + n // 26 % 26, 65 + n % 26]) for n in range(MANY))
    return _with_riff_chunk(folder, b"LIST", b"INFO" + b"".join(name + struct.pack("<I", 2) + b"v\0" for name in names))


def _with_riff_chunk(folder: Path, name: bytes, content: bytes) -> bytes:
    song = base(folder, "wav") + name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)
    song[4:8] = struct.pack("<I", len(song) - 8)
    return song


def aiff_id3(folder: Path) -> bytes:
    tag = inflating_texts()
    song = base(folder, "aiff") + b"ID3 " + struct.pack(">I", len(tag)) + tag + bytes(len(tag) % 2)
    song[4:8] = struct.pack(">I", len(song) - 8)
    return song


def dsf_id3(folder: Path) -> bytes:
    rate, blocks = 2_822_400, 400
    layout = struct.pack("<4sQIIIIIIQII", b"fmt ", 52, 1, 0, 1, 1, rate, 1, blocks * 4096 * 8, 4096, 0)
    audio = b"data" + struct.pack("<Q", 12 + blocks * 4096) + b"\x69\x96\x5a\xa5" * (blocks * 1024)
    end = 28 + len(layout) + len(audio)
    return struct.pack("<4sQQQ", b"DSD ", 28, end, end) + layout + audio + inflating_texts()


def flac_comments(folder: Path) -> bytes:
    return _with_flac_block(folder, 4, vorbis_comments(MANY))


def flac_pictures(folder: Path) -> bytes:
    """66 MB."""
    picture = struct.pack(">II", 3, 9) + b"image/png" + struct.pack(">IIIIII", 0, 1, 1, 24, 0, 16_500_000)
    song = base(folder, "flac")
    block = bytes([6]) + (len(picture) + 16_500_000).to_bytes(3, "big") + picture + bytes(16_500_000)
    at = 4 + 4 + 34  # behind the first block, which describes the stream
    song[at:at] = block * 4
    return song


def _with_flac_block(folder: Path, kind: int, content: bytes) -> bytes:
    song = base(folder, "flac")
    at = 4 + 4 + 34
    song[at:at] = bytes([kind]) + len(content).to_bytes(3, "big") + content
    return song


def vorbis_comments(count: int, extra: bytes = b"") -> bytes:
    comments = b"".join(struct.pack("<I", len(text)) + text for text in (b"k%d=v" % n for n in range(count)))
    if extra:
        comments, count = comments + struct.pack("<I", len(extra)) + extra, count + 1
    return struct.pack("<I", 4) + b"test" + struct.pack("<I", count) + comments


def opus_comments(folder: Path) -> bytes:
    return _with_opus_tags(folder, vorbis_comments(MANY))


def opus_picture(folder: Path) -> bytes:
    """A picture of 50 MB, 67 MB as a text."""
    picture = struct.pack(">II", 3, 9) + b"image/png" + struct.pack(">IIIIII", 0, 1, 1, 24, 0, 50_000_000)
    text = b"METADATA_BLOCK_PICTURE=" + base64.b64encode(picture + bytes(50_000_000))
    return _with_opus_tags(folder, vorbis_comments(0, text))


def _with_opus_tags(folder: Path, comments: bytes) -> bytes:
    path = folder / "base.opus"
    sounds.write(path, sounds.music(MUSIC_S), form="opus")
    with path.open("rb") as file:
        head, old = OggPage(file), OggPage(file)
        rest = file.read()
    return head.write() + b"".join(ogg_pages(b"OpusTags" + comments, old.serial)) + rest


def ogg_pages(packet: bytes, serial: int) -> Iterator[bytes]:
    """A packet in pages of 65,025 bytes; mutagen takes minutes for as many."""
    parts = [packet[at : at + 65_025] for at in range(0, len(packet), 65_025)]
    for number, part in enumerate(parts):
        whole, rest = divmod(len(part), 255)
        lacing = bytes([255]) * whole + (bytes([rest]) if number == len(parts) - 1 else b"")
        header = (
            struct.pack("<4sBBqIII", b"OggS", 0, number > 0, 0, serial, number + 1, 0) + bytes([len(lacing)]) + lacing
        )
        yield header[:22] + ogg_checksum(header + part).to_bytes(4, "little") + header[26:] + part


def wavpack_apev2(folder: Path) -> bytes:
    path = folder / "base.wv"
    sounds.write(path, sounds.music(MUSIC_S), form="wavpack")
    items = b"".join(struct.pack("<II", 1, 0) + b"key%d\0v" % n for n in range(60_000))
    ends = [
        struct.pack("<8sIIIIQ", b"APETAGEX", 2000, len(items) + 32, 60_000, flags, 0) for flags in (5 << 29, 1 << 31)
    ]
    return path.read_bytes() + ends[0] + items + ends[1]


def mp4_freeform(folder: Path) -> bytes:
    def atom(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content) + 8) + name + content

    items = b"".join(
        atom(
            b"----",
            atom(b"mean", bytes(4) + b"com.x")
            + atom(b"name", bytes(4) + b"k%d" % n)
            + atom(b"data", b"\0\0\0\1\0\0\0\0v"),
        )
        for n in range(MANY // 2)
    )
    handler = atom(b"hdlr", bytes(8) + b"mdirappl" + bytes(9))
    return _with_user_data(folder, atom(b"udta", atom(b"meta", bytes(4) + handler + atom(b"ilst", items))))


def mp4_covers(folder: Path) -> bytes:
    """70 MB."""

    def atom(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content) + 8) + name + content

    covers = b"".join(atom(b"data", b"\0\0\0\x0e\0\0\0\0\x89PNG" + bytes(14_000_000)) for _ in range(5))
    handler = atom(b"hdlr", bytes(8) + b"mdirappl" + bytes(9))
    meta = atom(b"meta", bytes(4) + handler + atom(b"ilst", atom(b"covr", covers)))
    return _with_user_data(folder, atom(b"udta", meta))


def _with_user_data(folder: Path, user_data: bytes) -> bytes:
    song = base(folder, "m4a")
    at = song.rindex(b"moov") - 4  # the last atom of the file
    size = int.from_bytes(song[at : at + 4], "big")
    assert at + size == len(song)
    old = song.find(b"udta", at)
    if old >= 0:
        song[old : old + 4] = b"free"
    song[at : at + 4] = struct.pack(">I", size + len(user_data))
    return song + user_data


def asf_metadata(folder: Path) -> bytes:
    library = bytes.fromhex("40a4d0d207e3d21197f000a0c95ea850")
    song = base(folder, "wma")
    tags = []
    for part in range(2):
        texts = b""
        for n in range(40_000):
            name = f"k{part * 40_000 + n}\0".encode("utf-16-le")
            texts += struct.pack("<H", len(name)) + name + struct.pack("<HH", 0, 4) + "v\0".encode("utf-16-le")
        tags.append(library + struct.pack("<QH", 26 + len(texts), 40_000) + texts)
    size, count = struct.unpack_from("<QI", song, 16)
    struct.pack_into("<QI", song, 16, size + sum(map(len, tags)), count + 2)
    song[30:30] = b"".join(tags)
    return song


def matroska_tags(folder: Path) -> bytes:
    def element(name: str, content: bytes) -> bytes:
        return bytes.fromhex(name) + (1 << 56 | len(content)).to_bytes(8, "big") + content

    tags = b"".join(element("67c8", element("45a3", b"k%d" % n) + element("4487", b"v")) for n in range(MANY))
    return _with_matroska_element(folder, element("1254c367", element("7373", element("63c0", b"") + tags)))


def matroska_attachments(folder: Path) -> bytes:
    """70 MB."""

    def element(name: str, content: bytes) -> bytes:
        return bytes.fromhex(name) + (1 << 56 | len(content)).to_bytes(8, "big") + content

    files = b"".join(
        element(
            "61a7",
            element("466e", b"cover%d.png" % n) + element("4660", b"image/png") + element("465c", bytes(14_000_000)),
        )
        for n in range(5)
    )
    return _with_matroska_element(folder, element("1941a469", files))


def _with_matroska_element(folder: Path, element: bytes) -> bytes:
    song = base(folder, "matroska")
    segment, cluster = song.index(bytes.fromhex("18538067")) + 4, song.index(bytes.fromhex("1f43b675"))
    assert song[segment] == 1  # a size of eight bytes
    size = int.from_bytes(song[segment + 1 : segment + 8], "big")
    song[segment + 1 : segment + 8] = (size + len(element)).to_bytes(7, "big")
    song[cluster:cluster] = element
    return song


def caf_info(folder: Path) -> bytes:
    texts = b"".join(b"k%d\0v\0" % n for n in range(MANY))
    song = base(folder, "caf")
    at = song.index(b"data")
    song[at:at] = b"info" + struct.pack(">QI", len(texts) + 4, MANY) + texts
    return song


BOMBS: dict[str, Callable[[Path], bytes]] = {
    "mp3, compressed texts": mp3(inflating_texts),
    "mp3, compressed texts of version 4": mp3(lambda: inflating_texts(4)),
    "mp3, compressed pictures": mp3(inflating_pictures),
    "mp3, nested chapters": mp3(nested_chapters),
    "mp3, unsynchronised": mp3(unsynchronised),
    "mp3, many frames": mp3(many_frames),
    "wav, ID3": riff_id3,
    "wav, INFO": riff_info,
    "aiff, ID3": aiff_id3,
    "dsf, ID3": dsf_id3,
    "flac, many comments": flac_comments,
    "flac, pictures": flac_pictures,
    "opus, many comments": opus_comments,
    "opus, picture": opus_picture,
    "wavpack, APEv2": wavpack_apev2,
    "mp4, many tags": mp4_freeform,
    "mp4, covers": mp4_covers,
    "wma, many tags": asf_metadata,
    "matroska, many tags": matroska_tags,
    "matroska, attachments": matroska_attachments,
    "caf, many tags": caf_info,
}
