"""What one row of a list asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ml.errors import MoodError

SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
"""Two letters at least: `C:` is a drive."""


@dataclass(frozen=True)
class Entry:
    """One recording that a list names, and what the list says of it. Texts are "" where it says nothing."""

    list_name: str
    row: int
    """Line of the list, counted from 1; the number of the entry where a list has no lines (XSPF, PLS)."""

    place: str
    """As written: a path, or a link."""

    folder: Path = Path()
    """Which relative paths are relative to: the list's own folder."""

    mood: str = ""
    artist: str = ""
    title: str = ""
    sha256: str = ""
    """What the recording's bytes must hash to, before anything is cut; lower case."""

    start_s: float | None = None
    end_s: float | None = None
    extra_columns: Mapping[str, str] = field(default_factory=dict)
    """The list's further columns, which are handed on as they are."""

    problem: MoodError | None = None
    """What is wrong with the row itself; it is then reported, and nothing is fetched for it."""

    @property
    def is_link(self) -> bool:
        scheme = _scheme(self.place)
        return scheme is not None and scheme != "file"

    @property
    def path(self) -> Path:
        """The file that `place` names; meaningless for a link.

        A path with Windows' separators, as many playlists have, is understood where it is not there as written.
        Raises MoodError("file_missing") for a file: address of another machine.
        """
        if _scheme(self.place) == "file":
            parts = urlsplit(self.place)
            if parts.netloc not in ("", "localhost"):
                raise MoodError("file_missing", f"{self.place} is a file on another machine; name one on this.")
            return self.folder / unquote(parts.path)
        path = self.folder / (Path.home() / self.place[2:] if self.place.startswith("~/") else self.place)
        if "\\" in self.place and not path.exists():
            return self.folder / self.place.replace("\\", "/")
        return path


def _scheme(place: str) -> str | None:
    match = SCHEME.match(place)
    if not match or (not place.startswith("//", match.end()) and match[1].lower() != "file"):
        return None  # a song may be called "Rome: Overture.mp3"
    return match[1].lower()
