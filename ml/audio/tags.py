"""Title, artist, album and other tags of an audio file."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from ml.audio.covers import Cover as Cover
from ml.audio.limited_process import ProcessFailed, ProcessLimitExceeded, run_limited
from ml.audio.padding import audio_start, has_oversized_id3
from ml.audio.tag_blocks import hiding_patches
from ml.audio.tag_readers import MAX_READ, MUSICBRAINZ, Pathlike, read_texts_and_cover
from ml.deadline import NEVER, Deadline

logger = logging.getLogger(__name__)

MAX_LENGTH = 200
"""Characters of each tag that are stored."""

MAX_SECONDS = 20.0
"""Time to read the tags of a file. Ordinary ones take milliseconds."""

MAX_MEMORY_BYTES = 512_000_000
"""Memory to read them. mutagen holds a tag with its pictures several times."""

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
YEAR = re.compile(r"\b(1[0-9]{3}|20[0-9]{2})(?![0-9])")


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
    disc_number: int | None = None
    musicbrainz_recording_id: str | None = None
    musicbrainz_release_id: str | None = None
    musicbrainz_artist_ids: tuple[str, ...] = ()
    musicbrainz_album_artist_ids: tuple[str, ...] = ()
    cover: Cover | None = None
    too_large: bool = False
    """Whether they were not read because that takes too much memory or time."""

    def texts(self) -> dict[str, str | int | list[str]]:
        """All tags but the cover as plain JSON, without the absent ones."""
        others = ("cover", "too_large")
        values = {name: value for name, value in vars(self).items() if name not in others and value not in (None, ())}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def read_tags(path: Pathlike, deadline: Deadline = NEVER) -> Tags:
    """The tags of an audio file in any format: read by mutagen, and by FFmpeg if mutagen does not find all of them.

    A song must not fail because of its tags: a missing file or one that is not audio has no tags, and neither has one
    whose tags would take more than `MAX_SECONDS` or `MAX_MEMORY_BYTES`. They are read in a process of their own, which
    ends there. Several artists are joined by commas. Raises DeadlineExceeded.
    """
    try:
        if has_oversized_id3(path) or hiding_patches(path, audio_start(path)):
            return Tags(too_large=True)
        seconds = min(MAX_SECONDS, deadline.remaining_s)
        return run_limited(partial(_read_tags, path), memory_bytes=MAX_MEMORY_BYTES, seconds=seconds)
    except ProcessLimitExceeded as error:
        deadline.check()
        logger.warning("The tags of %s are not read: %s", path, error)
        return Tags(too_large=True)
    except (ProcessFailed, OSError) as error:
        logger.debug("%s has no tags that can be read: %s", path, error)
        return Tags()


def _read_tags(path: Pathlike) -> Tags:
    return _tags(*read_texts_and_cover(path))


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


def _tags(texts: Mapping[str, str], cover: Cover | None) -> Tags:
    year = YEAR.search(texts.get("date", ""))
    ids = {name: tuple(UUID.findall(texts.get(name, "").lower())) for name in MUSICBRAINZ}
    return Tags(
        title=tidy(texts.get("title")),
        artist=tidy(texts.get("artist")),
        album=tidy(texts.get("album")),
        album_artist=tidy(texts.get("album_artist")),
        year=int(year[1]) if year else None,
        genre=tidy(texts.get("genre")),
        track_number=_number(texts.get("track", "")),
        disc_number=_number(texts.get("disc", "")),
        musicbrainz_recording_id=next(iter(ids["musicbrainz_recording_id"]), None),
        musicbrainz_release_id=next(iter(ids["musicbrainz_release_id"]), None),
        musicbrainz_artist_ids=ids["musicbrainz_artist_ids"],
        musicbrainz_album_artist_ids=ids["musicbrainz_album_artist_ids"],
        cover=cover,
    )


def _number(text: str) -> int | None:
    """Of a track or a disc, such as 3 of "3/12"."""
    match = re.match(r"\s*([0-9]{1,4})\b", text)
    return (int(match[1]) or None) if match else None
