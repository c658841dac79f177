"""One entry of a list of recordings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ml.errors import MoodError

SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
"""At least two letters, because `C:` is a drive."""


@dataclass(frozen=True)
class Entry:
    """A recording with the data of its list. Missing texts are ""."""

    list_name: str
    row: int
    """Line of the list, counted from 1; number of the entry in XSPF and PLS."""

    place: str
    """As written: a path, or a link."""

    folder: Path = Path()
    """The folder of the list, for relative paths."""

    mood: str = ""
    artist: str = ""
    title: str = ""
    sha256: str = ""
    """Expected hash of the original file; lower case."""

    start_s: float | None = None
    end_s: float | None = None
    extra_columns: Mapping[str, str] = field(default_factory=dict)
    """Further columns of the list, copied to the output."""

    problem: MoodError | None = None
    """An error in the row itself; nothing is downloaded then."""

    @property
    def is_link(self) -> bool:
        scheme = _scheme(self.place)
        return scheme is not None and scheme != "file"

    @property
    def path(self) -> Path:
        """The file that `place` names; meaningless for a link.

        Windows separators are converted if the path does not exist as written.
        Raises MoodError("file_missing") for a file: URL of another machine.
        """
        if _scheme(self.place) == "file":
            parts = urlsplit(self.place)
            if parts.netloc not in ("", "localhost"):
                raise MoodError(
                    "file_missing", f"{self.place} is a file on another machine. Only local files are allowed."
                )
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
