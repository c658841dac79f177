"""Collects one row of a list: a stored recording, or an error message."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from ml.audio.tags import read_tags
from ml.errors import MoodError
from ml.training.collecting.audio_checks import inspect_audio, sha256_of
from ml.training.collecting.dataset_store import DatasetStore, StoredRecording, key_of
from ml.training.collecting.download import Downloader, OnBytes, too_large
from ml.training.collecting.entries import Entry
from ml.training.collecting.excerpts import Cut, write_passage
from ml.training.collecting.link_policy import check_link

COLLECTED, SKIPPED, DUPLICATE, FAILED = "collected", "already here", "same recording", "failed"


@dataclass(frozen=True)
class Outcome:
    """The outcome of an entry: one of the four above, with an error or warning."""

    entry: Entry
    outcome: str
    recording: StoredRecording | None = None
    code: str = ""
    message: str = ""


class Collector:
    """Collects entries one after the other; `default_cut` is for entries without their own times."""

    def __init__(self, store: DatasetStore, downloads: Downloader, default_cut: Cut, entries: Iterable[Entry]) -> None:
        self._store = store
        self._downloads = downloads
        self._default_cut = default_cut
        self._by_digest = {recording.digest: recording for recording in store.all_done()}
        self._first_entry: dict[str, Entry] = {}
        # The number of rows that still need a link: its download is deleted after the last one.
        self._pending = Counter(entry.place for entry in entries if entry.is_link)

    def collect(self, entry: Entry, on_bytes: OnBytes = lambda *_: None) -> Outcome:
        """Downloads, checks, cuts and stores one recording; errors are in the outcome.

        Raises OSError only if the folder cannot be written to.
        """
        if entry.is_link:
            self._pending[entry.place] -= 1
        try:
            if entry.problem:
                raise entry.problem
            key = self._key(entry)
            recording = self._store.done(key)
            outcome = SKIPPED if recording else COLLECTED
            if recording is None:
                recording = self._fetch_and_store(entry, on_bytes)
                self._store.mark_done(key, recording)
            return self._outcome(entry, outcome, recording)
        except MoodError as error:
            return Outcome(entry, FAILED, code=error.code, message=error.message)
        finally:
            if entry.is_link and not self._pending[entry.place]:
                partial = self._store.partial(entry.place)
                if partial.is_complete:  # stored or rejected; incomplete downloads resume in the next run
                    partial.clear()

    def _key(self, entry: Entry) -> str:
        """A key of everything that the stored recording depends on; a changed file has another key."""
        cut = self._cut(entry)
        options = (cut.start_s, cut.end_s, cut.length_s, cut.at, entry.sha256)
        if entry.is_link:
            check_link(entry.place)
            return key_of(entry.place, *options)
        stat = _existing(entry).stat()
        return key_of(os.path.realpath(entry.path), stat.st_size, stat.st_mtime_ns, *options)

    def _cut(self, entry: Entry) -> Cut:
        return Cut(entry.start_s, entry.end_s, self._default_cut.length_s, self._default_cut.at)

    def _outcome(self, entry: Entry, outcome: str, recording: StoredRecording) -> Outcome:
        """The outcome of a stored recording: new, or a duplicate of an earlier row."""
        first = self._first_entry.setdefault(recording.digest, entry)
        if first is entry:
            return Outcome(entry, outcome, recording, message=recording.warning)
        where = f"row {first.row}" if first.list_name == entry.list_name else f"row {first.row} of {first.list_name}"
        if _mood_set(first.mood) != _mood_set(entry.mood):
            raise MoodError(
                "moods_disagree",
                f"It is the same recording as {where}, with mood {first.mood or 'none'!r} instead of "
                f"{entry.mood or 'none'!r}. Choose one, or write both in one row with a semicolon.",
            )
        return Outcome(entry, DUPLICATE, recording, message=f"It is the same recording as {where}.")

    def _fetch_and_store(self, entry: Entry, on_bytes: OnBytes) -> StoredRecording:
        if entry.is_link:
            partial = self._store.partial(entry.place)
            self._downloads.fetch(entry.place, partial, on_bytes)
            return self._check_and_store(entry, partial.path)
        return self._check_and_store(entry, _existing(entry))

    def _check_and_store(self, entry: Entry, path: Path) -> StoredRecording:
        """Checks the complete recording and stores the requested part; `path` itself is not changed."""
        with self._store.scratch("original") as original, self._store.scratch("passage.flac") as excerpt:
            _copy(path, original, self._downloads.policy.max_bytes)  # the file may change while it is checked
            source_sha256 = sha256_of(original)
            if entry.sha256 and entry.sha256 != source_sha256:
                raise MoodError(
                    "sha256_differs",
                    f"Its sha256 is {source_sha256} instead of {entry.sha256} in the list. It is another file, or "
                    "damaged.",
                )
            tags, content, start_s, file_to_store = read_tags(original), inspect_audio(original), 0.0, original
            if passage := self._cut(entry).passage(content.duration_s):
                start_s, end_s = passage
                write_passage(original, excerpt, start_s, end_s)
                content, file_to_store = replace(inspect_audio(excerpt), warning=content.warning), excerpt
            stored = self._by_digest.get(content.digest)
            if stored is None:
                size = file_to_store.stat().st_size
                file, sha256 = self._store.add(file_to_store, content.container)
            else:
                file, sha256, size = stored.file, stored.sha256, stored.size
        recording = StoredRecording(
            file=file,
            sha256=sha256,
            size=size,
            source_sha256=source_sha256,
            digest=content.digest,
            duration_s=round(content.duration_s, 3),
            start_s=round(start_s, 3),
            artist=tags.artist or "",
            title=tags.title or "",
            warning=content.warning,
        )
        self._by_digest[content.digest] = recording
        return recording


def _existing(entry: Entry) -> Path:
    """The file of an entry. Raises MoodError("file_missing")."""
    path = entry.path
    try:
        if path.is_file():
            return path
        problem = "is a folder" if path.is_dir() else "is not a file" if path.exists() else "does not exist"
    except (OSError, ValueError) as error:
        problem = f"cannot be a path ({error})"
    raise MoodError("file_missing", f"{path} {problem}. Paths are relative to the list.")


def _copy(path: Path, target: Path, max_bytes: int) -> None:
    """Raises MoodError: file_unreadable, file_too_large. OSError if `target` cannot be written."""
    if path.stat().st_size > max_bytes:
        raise too_large(path.stat().st_size, max_bytes)
    with target.open("wb") as copy:
        try:
            source = path.open("rb")
        except OSError as error:
            raise _unreadable(path, error) from error
        with source:
            while block := _read(path, source):
                copy.write(block)


def _read(path: Path, source: BinaryIO) -> bytes:
    try:
        return source.read(1 << 20)
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> MoodError:
    return MoodError(
        "file_unreadable", f"{path} cannot be read ({error.strerror}). Change its permissions, or copy it."
    )


def _mood_set(mood: str) -> frozenset[str]:
    return frozenset(word.strip().lower() for word in mood.replace("|", ";").split(";") if word.strip())
