"""The folder of a data set: recordings named after their hash, and notes on finished rows.

labels.csv              the table for training
report.csv              the outcome of each row
audio/SHA256.SUFFIX     each recording once
.collect/done/          a note for each finished row, which the next run skips
.collect/downloads/     incomplete downloads
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from ml.errors import MoodError
from ml.training.collecting.atomic_files import atomic_write, write_atomically
from ml.training.collecting.audio_checks import sha256_of
from ml.training.collecting.partial_download import PartialDownload

SUFFIXES = {
    "mp4": "m4a",
    "adts": "aac",
    "asf": "wma",
    "matroska": "mka",
    "wavpack": "wv",
    "mpeg-ts": "ts",
    "mpeg-ps": "mpg",
}
"""For containers whose suffix is not their name."""


@dataclass(frozen=True)
class StoredRecording:
    """A recording in the folder."""

    file: str
    """Relative to the folder, with slashes."""

    sha256: str
    size: int
    source_sha256: str
    """The hash of the original file; equal to `sha256` if nothing was cut."""

    digest: str
    """Hash of the decoded audio: see `ml.training.collecting.audio_checks.Sound`."""

    duration_s: float
    start_s: float
    """Its start in the original file."""

    artist: str = ""
    title: str = ""
    """From the tags of the original file."""

    warning: str = ""


class DatasetStore:
    """The folder of a data set, for one process at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._work = folder / ".collect"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Makes the folder if needed. Raises MoodError("collect_busy") while another run uses it."""
        self._work.mkdir(parents=True, exist_ok=True)
        with (self._work / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise MoodError(
                    "collect_busy",
                    f"Another run is collecting into {self.folder}. Wait for it, or choose another --out.",
                ) from error
            for leftover in self.folder.rglob(".*.part"):  # from a killed run
                leftover.unlink()
            yield

    def partial(self, link: str) -> PartialDownload:
        return PartialDownload(self._work / "downloads", key_of(link))

    def done(self, key: str) -> StoredRecording | None:
        """The recording that an earlier run stored for this key, if it still exists."""
        try:
            recording = StoredRecording(**json.loads(self._note(key).read_text("utf-8")))
            return recording if (self.folder / recording.file).stat().st_size == recording.size else None
        except (OSError, ValueError, TypeError):
            return None

    def mark_done(self, key: str, recording: StoredRecording) -> None:
        write_atomically(self._note(key), json.dumps(asdict(recording), ensure_ascii=False).encode())

    def all_done(self) -> Iterator[StoredRecording]:
        """All existing recordings of earlier runs."""
        for note in sorted((self._work / "done").glob("*.json")):
            if recording := self.done(note.stem):
                yield recording

    @contextmanager
    def scratch(self, name: str) -> Iterator[Path]:
        """A path for a temporary file, deleted at the end."""
        path = self._work / name
        path.unlink(missing_ok=True)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def add(self, source: Path, container: str) -> tuple[str, str]:
        """Moves a file into the folder under its hash; returns its name and hash."""
        sha256 = sha256_of(source)
        file = f"audio/{sha256}.{SUFFIXES.get(container, container)}"
        with atomic_write(self.folder / file) as part:
            source.replace(part)
        return file, sha256

    def _note(self, key: str) -> Path:
        return self._work / "done" / f"{key}.json"


def key_of(*parts: object) -> str:
    """A file name from the hash of these parts in JSON."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:40]
