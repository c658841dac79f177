"""From a row of a list to a recording in the folder, or to a sentence that says why not."""

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
    """What became of an entry: one of the four words above, and what there is to say."""

    entry: Entry
    outcome: str
    recording: StoredRecording | None = None
    code: str = ""
    message: str = ""


class Collector:
    """Works through entries one after the other; `wishes` is the cut of entries that give no times of their own."""

    def __init__(self, store: DatasetStore, downloads: Downloader, default_cut: Cut, entries: Iterable[Entry]) -> None:
        self._store = store
        self._downloads = downloads
        self._default_cut = default_cut
        self._by_digest = {recording.digest: recording for recording in store.all_done()}
        self._first_entry: dict[str, Entry] = {}
        # How many rows still want a link, so that its download can go when the last one is served.
        self._pending = Counter(entry.place for entry in entries if entry.is_link)

    def collect(self, entry: Entry, on_bytes: OnBytes = lambda *_: None) -> Outcome:
        """Fetches, checks, cuts and keeps one recording. What is wrong with it is told in the outcome.

        Raises OSError only where the folder itself cannot be written to.
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
                if partial.is_complete:  # kept or refused; what is not whole goes on with the next run
                    partial.clear()

    def _key(self, entry: Entry) -> str:
        """All that the recording in the folder depends on; a file that was changed since is another one."""
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
        """The outcome of a recording that is in the folder: new, or the same as that of an earlier row."""
        first = self._first_entry.setdefault(recording.digest, entry)
        if first is entry:
            return Outcome(entry, outcome, recording, message=recording.warning)
        where = f"row {first.row}" if first.list_name == entry.list_name else f"row {first.row} of {first.list_name}"
        if _mood_set(first.mood) != _mood_set(entry.mood):
            raise MoodError(
                "moods_disagree",
                f"It is the same recording as {where}, which says {first.mood or 'no mood'!r} and not "
                f"{entry.mood or 'none'!r}; decide, or write both in one row, with a semicolon.",
            )
        return Outcome(entry, DUPLICATE, recording, message=f"It is the same recording as {where}.")

    def _fetch_and_store(self, entry: Entry, on_bytes: OnBytes) -> StoredRecording:
        if entry.is_link:
            partial = self._store.partial(entry.place)
            self._downloads.fetch(entry.place, partial, on_bytes)
            return self._check_and_store(entry, partial.path)
        return self._check_and_store(entry, _existing(entry))

    def _check_and_store(self, entry: Entry, path: Path) -> StoredRecording:
        """Keeps what is wanted of `path`, which stays where it is, once it has been heard to the end."""
        with self._store.scratch("original") as original, self._store.scratch("passage.flac") as excerpt:
            _copy(path, original, self._downloads.policy.max_bytes)  # a file may change while we look at it
            source_sha256 = sha256_of(original)
            if entry.sha256 and entry.sha256 != source_sha256:
                raise MoodError(
                    "sha256_differs",
                    f"Its sha256 is {source_sha256}, and the list says {entry.sha256}; it is another file, or a "
                    "damaged one.",
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
    """The file that an entry names. Raises MoodError("file_missing") where there is none."""
    path = entry.path
    try:
        if path.is_file():
            return path
        problem = "is a folder" if path.is_dir() else "is no file" if path.exists() else "does not exist"
    except (OSError, ValueError) as error:
        problem = f"cannot be a path ({error})"
    raise MoodError("file_missing", f"{path} {problem}; paths are relative to the list that names them.")


def _copy(path: Path, target: Path, max_bytes: int) -> None:
    """Raises MoodError: file_unreadable, file_too_large. OSError where `target` cannot be written."""
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
    return MoodError("file_unreadable", f"{path} cannot be read ({error.strerror}); allow it, or copy it elsewhere.")


def _mood_set(mood: str) -> frozenset[str]:
    return frozenset(word.strip().lower() for word in mood.replace("|", ";").split(";") if word.strip())
