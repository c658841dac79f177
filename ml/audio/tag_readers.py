"""Readers of tags and covers in every format: mutagen, and FFmpeg for what mutagen does not find.

They have no limits of their own: `ml.audio.tags` runs them where they have some.
"""

from __future__ import annotations

import base64
import logging
import os
import struct
import zlib
from collections.abc import Callable, Iterable
from typing import Any

import mutagen
import mutagen.apev2
import mutagen.flac
import mutagen.id3

from ml.audio.container import audio_stream, open_audio
from ml.audio.covers import MAX_COVER_BYTES, Cover, image_type
from ml.audio.text_encoding import decode_texts
from ml.errors import MoodError

logger = logging.getLogger(__name__)

MAX_READ = 4_000
"""Characters of a tag that are read: some titles contain whole lyrics."""

MAX_VALUES = 10
"""Number of artists that are listed."""

PARSER_ERRORS = (
    mutagen.MutagenError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    EOFError,
    OSError,
    RuntimeError,
    StopIteration,
    struct.error,
    zlib.error,
)
"""What parsers of arbitrary bytes raise, beyond what they document. Not a lack of memory."""

KEYS = {
    "title": ("title", "TIT2", "\xa9nam", "Title"),
    "artist": ("artist", "TPE1", "\xa9ART", "Author", "Artist"),
    "album": ("album", "TALB", "\xa9alb", "WM/AlbumTitle", "Album"),
    "album_artist": ("albumartist", "album_artist", "TPE2", "aART", "WM/AlbumArtist", "Album Artist"),
    "date": ("date", "TDRC", "TYER", "\xa9day", "WM/Year", "Year"),
    "genre": ("genre", "TCON", "\xa9gen", "WM/Genre", "Genre"),
    "track": ("tracknumber", "track", "TRCK", "trkn", "WM/TrackNumber", "Track"),
    "disc": ("discnumber", "disc", "TPOS", "disk", "WM/PartOfSet", "Disc"),
}
"""The keys of each tag in Vorbis comments, FFmpeg, ID3v2, MP4, ASF and APEv2."""

MUSICBRAINZ = {
    "musicbrainz_recording_id": ("musicbrainz_trackid", "Track Id", "UFID:http://musicbrainz.org"),
    "musicbrainz_release_id": ("musicbrainz_albumid", "Album Id"),
    "musicbrainz_artist_ids": ("musicbrainz_artistid", "Artist Id"),
    "musicbrainz_album_artist_ids": ("musicbrainz_albumartistid", "Album Artist Id"),
}
"""The Vorbis and APEv2 key of each id, the last part of its name in ID3v2, MP4 and ASF, and other keys."""

FRONT_COVER = 3

Pathlike = str | os.PathLike[str]
Texts = dict[str, str | bytes]
"""The tags by name; bytes if their encoding is not known."""


def read_texts_and_cover(path: Pathlike) -> tuple[dict[str, str], Cover | None]:
    """The texts by the names of `KEYS` and `MUSICBRAINZ`, and the cover."""
    file = _attempt(mutagen.File, path)
    tags = getattr(file, "tags", None)
    sources: list[Texts] = [_attempt(_by_mutagen, tags, {})] if tags else []
    if not isinstance(tags, mutagen.id3.ID3):
        sources.append(_attempt(_by_leading_id3, path, {}))
    if not isinstance(tags, mutagen.apev2.APEv2):
        apev2 = _attempt(_by_trailing_apev2, path, {})
        # ID3v1 cuts its texts after 30 bytes, so that APEv2 is better.
        sources.insert(0 if _is_id3v1(tags) else len(sources), apev2)
    values = _merged(sources)
    if not all(values.get(name) for name in ("title", "artist", "album")):
        values = _merged([values, _attempt(_by_ffmpeg, path, {})])
    return _decoded(values), _attempt(_cover, file)


def _attempt(read: Callable[[Any], Any], argument: Any, failed: Any = None) -> Any:
    """The result of a reader, or `failed`."""
    try:
        return read(argument)
    except PARSER_ERRORS:
        logger.debug("Tags cannot be read by %s.", getattr(read, "__name__", read), exc_info=True)
        return failed


def _merged(sources: Iterable[Texts]) -> Texts:
    """Each tag from the first source that has it."""
    merged: Texts = {}
    for source in sources:
        for name, value in source.items():
            if not merged.get(name):
                merged[name] = value
    return merged


def _decoded(values: Texts) -> dict[str, str]:
    """All texts as str; the encoding of those in bytes is detected over all of them together."""
    unknown = {name: value for name, value in values.items() if isinstance(value, bytes)}
    texts = dict(zip(unknown, decode_texts(list(unknown.values())), strict=True))
    return {name: texts.get(name) or str(value) for name, value in values.items()}


def _by_mutagen(tags: Any) -> Texts:
    texts: Texts = {}
    for name, keys in {**KEYS, **_MUSICBRAINZ_KEYS}.items():
        if (text := _first(tags, keys)) is not None:
            texts[name] = text
    return texts


_MUSICBRAINZ_KEYS = {
    name: (
        vorbis,
        f"TXXX:MusicBrainz {suffix}",
        f"----:com.apple.iTunes:MusicBrainz {suffix}",
        f"MusicBrainz/{suffix}",
        *others,
    )
    for name, (vorbis, suffix, *others) in MUSICBRAINZ.items()
}


def _by_leading_id3(path: Pathlike) -> Texts:
    """The ID3v2 tag before a file in another format."""
    with open(path, "rb") as file:
        if file.read(3) != b"ID3":
            return {}
    return _by_mutagen(mutagen.id3.ID3(path, load_v1=False))  # type: ignore[no-untyped-call]


def _by_trailing_apev2(path: Pathlike) -> Texts:
    return _by_mutagen(mutagen.apev2.APEv2(path))  # type: ignore[no-untyped-call]


def _is_id3v1(tags: Any) -> bool:
    return isinstance(tags, mutagen.id3.ID3) and tags.version[0] == 1


def _first(tags: Any, keys: Iterable[str]) -> str | bytes | None:
    for key in keys:
        try:
            value = tags[key]
        except (KeyError, ValueError):  # Vorbis comments reject the keys of other formats
            continue
        parts = [part.strip() for one in _values(value)[:MAX_VALUES] for part in _parts(one)]
        parts = list(dict.fromkeys(filter(None, parts)))  # Windows writes the artist twice
        if not parts or any("\ufffd" in part for part in parts):  # mutagen replaces what is not UTF-8
            continue
        text = ", ".join(parts)
        if getattr(value, "encoding", None) == mutagen.id3.Encoding.LATIN1:
            return text.encode("latin-1", "replace")  # what the frame calls Latin-1 is often something else
        return text
    return None


def _values(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, mutagen.id3.TCON):
        return list(value.genres)
    if isinstance(value, mutagen.id3.UFID):
        return [getattr(value, "data", b"")]
    return getattr(value, "text", None) or [value]


def _parts(one: Any) -> list[str]:
    if isinstance(one, tuple):  # the number of a track and how many there are, in MP4
        return [str(one[0])]
    text = one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one)
    return text[:MAX_READ].split("\0")


def _by_ffmpeg(path: Pathlike) -> Texts:
    try:
        with open_audio(path, metadata_encoding="latin-1") as container:  # any bytes, to decode them later
            both = {**audio_stream(container).metadata, **container.metadata}
    except (MoodError, FileNotFoundError):
        return {}
    lowered = {key.lower(): value[:MAX_READ].encode("latin-1") for key, value in both.items()}
    texts: Texts = {}
    for name, keys in {**KEYS, **_MUSICBRAINZ_KEYS}.items():
        value = next((lowered[key.lower()] for key in keys if key.lower() in lowered), None)
        if value:
            texts[name] = value.rstrip(b"\0 ")
    return texts


def _cover(file: Any) -> Cover | None:
    """The front cover, or the first image if none is marked as such."""
    images = [image for image in _images(file) if len(image[1]) <= MAX_COVER_BYTES]
    for _, data in sorted(images, key=lambda image: image[0] != FRONT_COVER):
        if media_type := image_type(data):
            return Cover(media_type, data)
    return None


def _images(file: Any) -> list[tuple[int, bytes]]:
    """The images of a file as (ID3 picture type, bytes)."""
    tags = getattr(file, "tags", None)
    if isinstance(file, mutagen.flac.FLAC):
        return [(image.type, image.data) for image in file.pictures]
    if isinstance(tags, mutagen.id3.ID3):
        return [(frame.type, frame.data) for frame in tags.getall("APIC")]  # type: ignore[no-untyped-call]
    if tags is None:
        return []
    images: list[tuple[int, bytes]] = []
    for text in _get(tags, "metadata_block_picture"):
        image = mutagen.flac.Picture(base64.b64decode(text))  # type: ignore[no-untyped-call]
        images.append((image.type, image.data))
    images += [(FRONT_COVER, bytes(data)) for data in _get(tags, "covr")]
    for value in _get(tags, "Cover Art (Front)"):
        images.append((FRONT_COVER, value.value.partition(b"\0")[2]))
    images += [_asf_image(value.value) for value in _get(tags, "WM/Picture")]
    return images


def _get(tags: Any, key: str) -> list[Any]:
    try:
        value = tags[key]
    except (KeyError, ValueError):
        return []
    return value if isinstance(value, list) else [value]


def _asf_image(data: bytes) -> tuple[int, bytes]:
    """WM/Picture: the type, the size, the media type and a description in UTF-16, then the image."""
    size = int.from_bytes(data[1:5], "little")
    return data[0], data[len(data) - size :]
