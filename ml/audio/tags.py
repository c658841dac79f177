"""Title, artist and album from the tags of an audio file."""

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

MAX_LENGTH = 200
"""Characters of each tag that are stored."""

MAX_READ = 20 * MAX_LENGTH
"""Characters of a tag that are read: some titles contain whole lyrics."""

MAX_VALUES = 10
"""Number of artists that are listed."""

KEYS = {
    "title": ("title", "TIT2", "\xa9nam", "Title"),
    "artist": ("artist", "TPE1", "\xa9ART", "Author", "Artist"),
    "album": ("album", "TALB", "\xa9alb", "WM/AlbumTitle", "Album"),
}
"""The key of each tag in Vorbis comments, ID3v2, MP4, ASF and APEv2."""


@dataclass(frozen=True)
class Tags:
    """Each tag is one clean line of at most `MAX_LENGTH` characters, or None if it is absent or blank."""

    title: str | None = None
    artist: str | None = None
    album: str | None = None


def read_tags(path: str | os.PathLike[str]) -> Tags:
    """The tags of an audio file in any format: read by mutagen, and by FFmpeg if mutagen does not find all of them.

    Never raises, because a song must not fail because of its tags; a missing file or one that is not audio has no tags.
    Several artists are joined by commas. mutagen reads an ID3 tag completely, so memory is bounded by the file's size.
    """
    values = _read(_by_mutagen, path)
    if not all(values.values()):
        values = {name: values[name] or value for name, value in _read(_by_ffmpeg, path).items()}
    return Tags(**values)


def _read(
    reader: Callable[[str | os.PathLike[str]], Mapping[str, str | None]], path: str | os.PathLike[str]
) -> dict[str, str | None]:
    try:
        values = reader(path)
    except Exception:  # parsers of arbitrary bytes raise more than they document
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
        except (KeyError, ValueError):  # Vorbis comments reject the keys of other formats
            continue
        values = value if isinstance(value, list) else getattr(value, "text", None) or [value]
        names = [name.strip() for one in values[:MAX_VALUES] for name in str(one)[:MAX_READ].split("\0")]
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
    """One line of clean text, at most `MAX_LENGTH` characters, or None."""
    if not text:
        return None
    text = unicodedata.normalize("NFC", text[:MAX_READ])
    spaced = "".join(" " if unicodedata.category(char) in _INVISIBLE else char for char in text)
    return " ".join(spaced.split())[:MAX_LENGTH].rstrip() or None


_INVISIBLE = {"Cc", "Cs", "Cn", "Zl", "Zp"}
"""Unicode categories that become spaces: controls, surrogates, unassigned, line and paragraph separators. Format
characters stay, because some scripts need them."""
