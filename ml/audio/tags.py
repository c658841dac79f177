"""Title, artist, album and other tags of an audio file."""

from __future__ import annotations

import base64
import logging
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import mutagen
import mutagen.apev2
import mutagen.flac
import mutagen.id3

from ml.audio.container import audio_stream, open_audio
from ml.audio.text_encoding import decode_texts
from ml.errors import MoodError

logger = logging.getLogger(__name__)

MAX_LENGTH = 200
"""Characters of each tag that are stored."""

MAX_READ = 20 * MAX_LENGTH
"""Characters of a tag that are read: some titles contain whole lyrics."""

MAX_VALUES = 10
"""Number of artists that are listed."""

MAX_COVER_BYTES = 10_000_000
"""A larger cover is not read."""

KEYS = {
    "title": ("title", "TIT2", "\xa9nam", "Title"),
    "artist": ("artist", "TPE1", "\xa9ART", "Author", "Artist"),
    "album": ("album", "TALB", "\xa9alb", "WM/AlbumTitle", "Album"),
    "album_artist": ("albumartist", "album_artist", "TPE2", "aART", "WM/AlbumArtist", "Album Artist"),
    "date": ("date", "TDRC", "TYER", "\xa9day", "WM/Year", "Year"),
    "genre": ("genre", "TCON", "\xa9gen", "WM/Genre", "Genre"),
    "track": ("tracknumber", "track", "TRCK", "trkn", "WM/TrackNumber", "Track"),
}
"""The keys of each tag in Vorbis comments, FFmpeg, ID3v2, MP4, ASF and APEv2."""

MUSICBRAINZ = {
    "musicbrainz_recording_id": ("musicbrainz_trackid", "Track Id", "UFID:http://musicbrainz.org"),
    "musicbrainz_release_id": ("musicbrainz_albumid", "Album Id"),
    "musicbrainz_artist_ids": ("musicbrainz_artistid", "Artist Id"),
    "musicbrainz_album_artist_ids": ("musicbrainz_albumartistid", "Album Artist Id"),
}
"""The Vorbis and APEv2 key of each id, the last part of its name in ID3v2, MP4 and ASF, and other keys."""

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
YEAR = re.compile(r"\b(1[0-9]{3}|20[0-9]{2})(?![0-9])")
FRONT_COVER = 3

Pathlike = str | os.PathLike[str]
Texts = dict[str, str | bytes]
"""The tags by name; bytes if their encoding is not known."""


@dataclass(frozen=True)
class Cover:
    """An embedded image; `media_type` is detected from its bytes."""

    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Tags:
    """Texts are one clean line of at most `MAX_LENGTH` characters; absent, blank and invisible tags are None."""

    title: str | None = None
    artist: str | None = None
    album: str | None = None
    album_artist: str | None = None
    year: int | None = None
    genre: str | None = None
    track_number: int | None = None
    musicbrainz_recording_id: str | None = None
    musicbrainz_release_id: str | None = None
    musicbrainz_artist_ids: tuple[str, ...] = ()
    musicbrainz_album_artist_ids: tuple[str, ...] = ()
    cover: Cover | None = None

    def texts(self) -> dict[str, str | int | list[str]]:
        """All tags but the cover as plain JSON, without the absent ones."""
        values = {name: value for name, value in vars(self).items() if name != "cover" and value not in (None, ())}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def read_tags(path: Pathlike) -> Tags:
    """The tags of an audio file in any format: read by mutagen, and by FFmpeg if mutagen does not find all of them.

    Never raises, because a song must not fail because of its tags; a missing file or one that is not audio has no tags.
    Several artists are joined by commas. mutagen reads an ID3 tag completely, so memory is bounded by the file's size.
    """
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
    return _tags(_decoded(values), _attempt(_cover, file))


def tidy(text: str | None) -> str | None:
    """One line of clean text, at most `MAX_LENGTH` characters; None if nothing of it is visible."""
    if not text:
        return None
    text = unicodedata.normalize("NFC", text[:MAX_READ])
    spaced = "".join(" " if unicodedata.category(char) in _CONTROLS else char for char in text)
    line = " ".join(spaced.split())[:MAX_LENGTH].rstrip()
    return line if any(map(_is_visible, line)) else None


_CONTROLS = {"Cc", "Cs", "Cn", "Zl", "Zp"}
"""Unicode categories that become spaces: controls, surrogates, unassigned, line and paragraph separators. Format
characters stay, because some scripts need them."""

_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols without a glyph."""


def _is_visible(char: str) -> bool:
    return unicodedata.category(char) not in ("Cf", "Co", "Mn", "Me", "Zs") and char not in _BLANK


def _attempt(read: Callable[[Any], Any], argument: Any, failed: Any = None) -> Any:
    """The result of a reader, or `failed`."""
    try:
        return read(argument)
    except Exception:  # parsers of arbitrary bytes raise more than they document
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


def _tags(texts: Mapping[str, str], cover: Cover | None) -> Tags:
    year = YEAR.search(texts.get("date", ""))
    track = re.match(r"\s*([0-9]{1,4})\b", texts.get("track", ""))
    ids = {name: tuple(UUID.findall(texts.get(name, "").lower())) for name in MUSICBRAINZ}
    return Tags(
        title=tidy(texts.get("title")),
        artist=tidy(texts.get("artist")),
        album=tidy(texts.get("album")),
        album_artist=tidy(texts.get("album_artist")),
        year=int(year[1]) if year else None,
        genre=tidy(texts.get("genre")),
        track_number=(int(track[1]) or None) if track else None,
        musicbrainz_recording_id=next(iter(ids["musicbrainz_recording_id"]), None),
        musicbrainz_release_id=next(iter(ids["musicbrainz_release_id"]), None),
        musicbrainz_artist_ids=ids["musicbrainz_artist_ids"],
        musicbrainz_album_artist_ids=ids["musicbrainz_album_artist_ids"],
        cover=cover,
    )


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
        if media_type := _image_type(data):
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


def _image_type(data: bytes) -> str | None:
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return None
