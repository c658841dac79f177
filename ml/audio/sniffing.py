"""Container detection from the first bytes of a file: fast enough to reject an upload before it is stored.

The signatures are those of the format specifications (RIFF, ISO 14496-12, RFC 3533, RFC 9639...). File names are not
used and nothing is decoded, so a file that passes may still be damaged.
"""

from __future__ import annotations

from typing import Protocol

from ml.audio.mpeg_frames import find_mpeg_frames, has_adts_frames, id3_tag_bytes
from ml.errors import MoodError

HEAD_BYTES = 1 << 16
"""How many bytes of a file `recognise` needs: some files have long padding before the audio."""

MAX_ZERO_PADDING = 16 << 20
"""Bytes of zeros that are skipped before the audio."""

MIN_HEAD_BYTES = 4096
"""How many bytes `reject_other_kind` needs."""

ZERO_PADDING = bytes(16)
"""A file that begins with at least this many zeros may have audio behind them."""

MEDIA_TYPES = {
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "mp4": "audio/mp4",
    "adts": "audio/aac",
    "webm": "audio/webm",
    "matroska": "audio/x-matroska",
    "aiff": "audio/aiff",
    "asf": "audio/x-ms-wma",
}
"""Media type of each container that browsers may play."""

AUDIO = (
    (0, b"fLaC", "flac"),
    (0, b"OggS", "ogg"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
    (0, b"caff", "caf"),
    (0, b".snd", "au"),
    (0, b"MAC ", "ape"),
    (0, b"wvpk", "wavpack"),
    (0, b"TTA1", "tta"),
    (0, b"tBaK", "tak"),
    (0, b"#!AMR", "amr"),
    (0, b"\x0b\x77", "ac3"),
    (0, b"\x7f\xfe\x80\x01", "dts"),
    (0, b"FLV\x01", "flv"),
    (0, b"\x00\x00\x01\xba", "mpeg-ps"),
    (0, b"DSD ", "dsf"),
    (0, b"FRM8", "dsdiff"),
    (0, b"MPCK", "musepack"),
    (0, b"MP+", "musepack"),
    (0, b"ajkg", "shorten"),
    (0, b".RMF", "realmedia"),
    (0, b"Creative Voice File", "voc"),
    (0, b"TWIN97012000", "vqf"),
    (0, b"EA3\x01", "oma"),
)
"""Offset, signature, container: all formats with one reliable signature that the decoder reads."""

RIFF = {b"WAVE": "wav", b"AVI ": "avi"}
IFF = {b"AIFF": "aiff", b"AIFC": "aiff"}
ATOMS = (b"moov", b"mdat", b"free", b"skip", b"wide")
"""Atoms with which a QuickTime file without an ftyp atom may begin."""

SONY_WAVE = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00"
EBML = b"\x1a\x45\xdf\xa3"
IMAGE_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis")

TRACKER = "a tracker module, which contains notes and samples but no recording; export it as audio"

OTHERS = (
    (0, b"\x89PNG", "a PNG image"),
    (0, b"\xff\xd8\xff", "a JPEG image"),
    (0, b"GIF8", "a GIF image"),
    (8, b"WEBP", "a WebP image"),
    (0, b"II*\x00", "a TIFF image"),
    (0, b"MM\x00*", "a TIFF image"),
    (0, b"8BPS", "a Photoshop image"),
    (0, b"%PDF", "a PDF document"),
    (0, b"{\\rtf", "an RTF document"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document"),
    (0, b"PK\x03\x04", "a zip archive or an Office document"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\xfd7zXZ", "an xz archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!", "a RAR archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"MThd", "a MIDI file, which contains notes and no audio"),
    (8, b"RMID", "a MIDI file, which contains notes and no audio"),
    (0, b"MZ", "a Windows program"),
    (0, b"\x7fELF", "an executable program"),
    (0, b"SQLite format 3", "a database"),
    (0, b"#EXTM3U", "a playlist, which contains no audio"),
    (0, b"[playlist]", "a playlist, which contains no audio"),
    (0, b"Extended Module: ", TRACKER),
    (0, b"IMPM", TRACKER),
    (44, b"SCRM", TRACKER),
    *((1080, mark, TRACKER) for mark in (b"M.K.", b"M!K!", b"FLT4", b"FLT8", b"4CHN", b"6CHN", b"8CHN")),
)


class SeekableReader(Protocol):
    """A binary file, or what Django makes of one."""

    def read(self, size: int, /) -> bytes: ...

    def seek(self, offset: int, /) -> object: ...


def read_head(file: SeekableReader) -> bytes:
    """The `HEAD_BYTES` that `recognise` needs: the first ones, or those behind zeros that are longer than that.

    Reads from the start of the file and leaves its position behind the head.
    """
    position = 0
    while position < MAX_ZERO_PADDING:
        file.seek(position)
        block = file.read(HEAD_BYTES)
        zeros = len(block) - len(block.lstrip(b"\0"))
        if position == 0 and zeros < HEAD_BYTES // 2:
            return block
        position += zeros
        if zeros < HEAD_BYTES:
            break
    file.seek(position if position < MAX_ZERO_PADDING else 0)
    return file.read(HEAD_BYTES)


def recognise(head: bytes) -> str:
    """The container of a file from its first `HEAD_BYTES` (or the whole file, if it is shorter).

    One of: mp3, wav, w64, flac, ogg, mp4, adts, aiff, asf, matroska, webm, avi, flv, mpeg-ps, mpeg-ts, caf, au, ape,
    wavpack, tta, tak, amr, ac3, dts, dsf, dsdiff, musepack, shorten, realmedia, voc, vqf, oma. Opus and Vorbis are both
    "ogg"; m4a and mov are both "mp4"; any file may begin with an ID3 tag or zeros, and an mp3 with garbage.

    Raises MoodError("not_audio"); its message names the kind of file if it is known.
    """
    if not head:
        raise _not_audio("empty")
    container = container_of(head)
    if container is None:
        raise _not_audio(_other(head))
    return container


def reject_other_kind(head: bytes) -> None:
    """Raises MoodError("not_audio") if the first `MIN_HEAD_BYTES` of a file already show that it is of another kind.

    For an upload whose first `HEAD_BYTES` have not arrived yet.
    """
    if container_of(head) is None and (kind := _other(head)) is not None:
        raise _not_audio(kind)


def container_of(head: bytes) -> str | None:
    """As `recognise`, but None for other files."""
    if (tag := id3_tag_bytes(head)) is not None:
        after_tag = head[tag:]
        return (container_of(after_tag) if after_tag else None) or "mp3"
    if head.startswith(ZERO_PADDING):
        after_zeros = head.lstrip(b"\0")
        return container_of(after_zeros) if after_zeros else None
    for offset, signature, container in AUDIO:
        if head.startswith(signature, offset):
            return container
    if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] != b"RMP3":
        return RIFF.get(head[8:12])
    if head[:4] == b"FORM":
        return IFF.get(head[8:12])
    if head.startswith(SONY_WAVE):
        return "w64"
    if head.startswith(EBML):
        return "webm" if b"webm" in head[:64] else "matroska"
    if head[4:8] == b"ftyp":
        return None if head[8:12] in IMAGE_BRANDS else "mp4"
    if head[4:8] in ATOMS and min(head[:4]) < 32:  # a length, and not text such as "The free encyclopedia"
        return "mp4"
    if _is_transport_stream(head):
        return "mpeg-ts"
    if _known_other(head):  # before the weakest signatures, of 11 or 12 bits
        return None
    if has_adts_frames(head):
        return "adts"
    return "mp3" if find_mpeg_frames(head) is not None else None


def _is_transport_stream(head: bytes) -> bool:
    """Packets of 188 bytes that begin with 0x47; Blu-ray has four extra bytes before each one."""
    plain = len(head) > 376 and head[0] == head[188] == head[376] == 0x47
    bluray = len(head) > 388 and head[4] == head[196] == head[388] == 0x47
    return plain or bluray


def _known_other(head: bytes) -> str | None:
    return next((name for offset, signature, name in OTHERS if head.startswith(signature, offset)), None)


def _other(head: bytes) -> str | None:
    if (name := _known_other(head)) is not None:
        return name
    if head[4:8] == b"ftyp":
        return "a HEIC or AVIF image"
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":
        return "a BMP image"
    return _text(head)


def _text(head: bytes) -> str | None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "a text file"
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # otherwise the head just ends inside a character
            return None
        text = head[: error.start].decode()
    if any(ord(char) < 32 and char not in "\t\n\r\f\x1b" for char in text):
        return None
    start = text.lstrip("\ufeff \t\r\n")[:64].lower()
    if start.startswith(("<!doctype html", "<html")):
        return "a web page"
    if "<svg" in start:
        return "an SVG image"
    return "a text file"


def _not_audio(kind: str | None) -> MoodError:
    problem = f"The file is {kind}" if kind else "The file is not in a known audio format"
    return MoodError("not_audio", f"{problem}; upload a song as mp3, wav, flac, ogg, opus, m4a, aac, aiff or wma.")
