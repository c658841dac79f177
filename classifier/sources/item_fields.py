"""Values of a music server as columns of the database take them, whatever the server sent."""

from __future__ import annotations

import hashlib
import math
import re
from typing import Any

from classifier.sources.items import SourceItem

MAX_LINE = 255
MAX_PATH = 4000
MAX_BYTES = 1 << 40
MAX_DURATION_S = 7 * 24 * 3600
LAST_YEAR = 9999
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_KEY = re.compile(r"[^\x00-\x20\x7f]{1,255}")


def line(value: Any, most: int = MAX_LINE) -> str:
    """One line of text of at most so many characters. Half characters, as JSON may have them, become question marks."""
    if not isinstance(value, str):
        return ""
    whole = value[: 4 * most].encode("utf-8", "replace").decode("utf-8")
    return _CONTROL.sub(" ", whole).strip()[:most].rstrip()


def whole_number(value: Any, least: int, most: int) -> int | None:
    """None where it is no number, or outside of these bounds."""
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if least <= number <= most else None


def duration(value: Any) -> float | None:
    """Seconds; None where they are not known."""
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return seconds if math.isfinite(seconds) and 0 < seconds <= MAX_DURATION_S else None


def year(value: Any) -> int | None:
    return whole_number(value, 1, LAST_YEAR)


def shown_path(value: Any) -> str:
    """A path to show; nothing where it leads out of its folder. No file is opened by it."""
    path = line(value, MAX_PATH)
    return "" if ".." in re.split(r"[/\\]", path) else path


def item_key(value: Any) -> str | None:
    """The identifier of a song, or None where it is none that can be sent back."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return text if isinstance(text, str) and _KEY.fullmatch(text) and _is_text(text) else None


def server_item(
    *,
    key: str,
    path: Any,
    size: Any,
    duration_s: float | None,
    title: Any,
    artist: Any,
    album: Any,
    album_artist: Any,
    year_of_release: Any,
    music_genre: Any,
    position: tuple[Any, ...],
    changed: Any,
    is_favourite: bool = False,
    rating: int = 0,
) -> SourceItem:
    """The item of a song. `position` is its disc and track; `changed` is what tells that the server changed it.

    Servers give neither the time of a file's last change nor an identity of its content, so both are digests of what
    they say about the song. Identifier and path are in neither: the identity stays when the file is moved, or when the
    server gives all songs other identifiers.
    """
    size_bytes = whole_number(size, 0, MAX_BYTES) or 0
    texts = tuple(line(value) for value in (title, artist, album, album_artist, music_genre))
    released = year(year_of_release)
    about = [size_bytes, round(duration_s or 0), *texts, released, *map(str, position)]
    return SourceItem(
        key=key,
        path=shown_path(path),
        size_bytes=size_bytes,
        modified_ns=int(_digest(*about, str(changed))[:15], 16),
        # Without any of these, songs that are not the same could be taken for one.
        file_id=f"song-{_digest(*about)}" if texts[0] and (size_bytes or duration_s) else "",
        title=texts[0],
        artist=texts[1],
        album=texts[2],
        album_artist=texts[3],
        music_genre=texts[4],
        year=released,
        duration_s=duration_s,
        is_favourite=is_favourite,
        rating=rating,
    )


def _digest(*values: Any) -> str:
    text = "\0".join("" if value is None else str(value) for value in values)
    return hashlib.blake2b(text.encode(), digest_size=20).hexdigest()


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
