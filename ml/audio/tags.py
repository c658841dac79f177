"""Title, artist and album, as the file's own tags say them."""

from __future__ import annotations

import logging
import os
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import mutagen

from ml.audio.container import audio_stream, open_audio
from ml.errors import MoodError

logger = logging.getLogger(__name__)

LONGEST = 200
"""Characters of each tag that are kept."""

FAR = 20 * LONGEST
"""Characters of a tag that are looked at: lyrics and worse have been found in titles."""

MOST_VALUES = 10
"""Artists that are listed."""

KEYS = {
    "title": ("title", "TIT2", "\xa9nam", "Title"),
    "artist": ("artist", "TPE1", "\xa9ART", "Author", "Artist"),
    "album": ("album", "TALB", "\xa9alb", "WM/AlbumTitle", "Album"),
}
"""What each tag is called in Vorbis comments, ID3v2, MP4, ASF and APEv2."""


@dataclass(frozen=True)
class Tags:
    """Each one clean line of at most `LONGEST` characters; None where absent or blank."""

    title: str | None = None
    artist: str | None = None
    album: str | None = None


def read_tags(path: str | os.PathLike[str]) -> Tags:
    """The tags of an audio file of any format; mutagen reads them, FFmpeg those that mutagen finds none in.

    Never raises: a song must not fail for what is written on its sleeve. A file that is missing or is no
    audio has no tags. Several artists are joined by commas. Covers are passed over, but an ID3 tag is read
    whole: memory is bounded by the size of the file.
    """
    found = _found(_by_mutagen, path)
    if not all(found.values()):
        found = {name: found[name] or value for name, value in _found(_by_ffmpeg, path).items()}
    return Tags(**found)


def _found(
    reader: Callable[[str | os.PathLike[str]], Mapping[str, str | None]], path: str | os.PathLike[str]
) -> dict[str, str | None]:
    try:
        values = reader(path)
    except Exception:  # parsers of hostile bytes fail in more ways than they document
        logger.debug("The tags of %s could not be read by %s.", path, reader.__name__, exc_info=True)
        values = {}
    return {name: tidy(values.get(name)) for name in KEYS}


def _by_mutagen(path: str | os.PathLike[str]) -> dict[str, str | None]:
    file = mutagen.File(path)
    if file is None or not file.tags:
        return {}
    return {name: _first(file.tags, keys) for name, keys in KEYS.items()}


def _first(tags: Any, keys: Iterable[str]) -> str | None:
    for key in keys:
        try:
            value = tags[key]
        except (KeyError, ValueError):  # Vorbis comments refuse the keys of other formats
            continue
        values = value if isinstance(value, list) else getattr(value, "text", None) or [value]
        names = [name.strip() for one in values[:MOST_VALUES] for name in str(one)[:FAR].split("\0")]
        if text := ", ".join(dict.fromkeys(filter(None, names))):  # Windows writes the artist twice
            return text
    return None


def _by_ffmpeg(path: str | os.PathLike[str]) -> dict[str, str | None]:
    try:
        with open_audio(path) as container:
            both = {**audio_stream(container).metadata, **container.metadata}
    except (MoodError, FileNotFoundError):
        return {}
    lowered = {key.lower(): value for key, value in both.items()}
    return {name: lowered.get(name) for name in KEYS}


def tidy(text: str | None) -> str | None:
    """One line of clean text, at most `LONGEST` characters, or None."""
    if not text:
        return None
    text = unicodedata.normalize("NFC", text[:FAR])
    spaced = "".join(" " if unicodedata.category(letter) in _UNSEEN else letter for letter in text)
    return " ".join(spaced.split())[:LONGEST].rstrip() or None


_UNSEEN = {"Cc", "Cs", "Cn", "Zl", "Zp"}
"""Controls, halves of characters, and what is no character. Formatting marks stay: some scripts need them."""
