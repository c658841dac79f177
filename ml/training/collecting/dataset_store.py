"""The folder of a data set: recordings named after their content, and notes of what has been done.

labels.csv              what training reads
report.csv              what became of each row
audio/SHA256.SUFFIX     each recording once
.collect/done/          a note for each row that is finished, so that the next run skips it
.collect/downloads/     what has arrived of files that are not finished
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
"""Of containers whose files are not called after them."""


@dataclass(frozen=True)
class StoredRecording:
    """A recording in the folder."""

    file: str
    """Relative to the folder, with slashes."""

    sha256: str
    size: int
    source_sha256: str
    """Of the file that it was cut from; the same as `sha256` where nothing was cut."""

    digest: str
    """Of what is heard in it: see `ml.training.collecting.audio_checks.Sound`."""

    duration_s: float
    start_s: float
    """Where in its source it begins."""

    artist: str = ""
    title: str = ""
    """What the source's own tags say."""

    warning: str = ""


class DatasetStore:
    """A data set's folder, for one process at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._work = folder / ".collect"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Makes the folder where it is missing. Raises MoodError("collect_busy") while another run works on it."""
        self._work.mkdir(parents=True, exist_ok=True)
        with (self._work / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise MoodError(
                    "collect_busy", f"Another run is collecting into {self.folder}; wait for it, or name another --out."
                ) from error
            for left in self.folder.rglob(".*.part"):  # of a run that was killed
                left.unlink()
            yield

    def partial(self, link: str) -> PartialDownload:
        return PartialDownload(self._work / "downloads", key_of(link))

    def done(self, key: str) -> StoredRecording | None:
        """What an earlier run kept for this key, if it is still there."""
        try:
            recording = StoredRecording(**json.loads(self._note(key).read_text("utf-8")))
            return recording if (self.folder / recording.file).stat().st_size == recording.size else None
        except (OSError, ValueError, TypeError):
            return None

    def mark_done(self, key: str, recording: StoredRecording) -> None:
        write_atomically(self._note(key), json.dumps(asdict(recording), ensure_ascii=False).encode())

    def all_done(self) -> Iterator[StoredRecording]:
        """What all earlier runs kept and is still there."""
        for note in sorted((self._work / "done").glob("*.json")):
            if recording := self.done(note.stem):
                yield recording

    @contextmanager
    def scratch(self, name: str) -> Iterator[Path]:
        """A path for a file that is being made; what is still there at the end goes away."""
        path = self._work / name
        path.unlink(missing_ok=True)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def add(self, made: Path, container: str) -> tuple[str, str]:
        """Moves a file into the folder under its hash; returns its name there, and the hash."""
        sha256 = sha256_of(made)
        file = f"audio/{sha256}.{SUFFIXES.get(container, container)}"
        with atomic_write(self.folder / file) as part:
            made.replace(part)
        return file, sha256

    def _note(self, key: str) -> Path:
        return self._work / "done" / f"{key}.json"


def key_of(*parts: object) -> str:
    """A name for what these parts, in JSON, describe."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:40]
