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
from ml.training.collecting.audio_checks import listen, sha256_of
from ml.training.collecting.dataset_store import Kept, Store, key_of
from ml.training.collecting.download import Downloads, OnBytes, too_large
from ml.training.collecting.entries import Entry
from ml.training.collecting.excerpts import Cut, write_passage
from ml.training.collecting.link_policy import check_link

COLLECTED, SKIPPED, SAME, FAILED = "collected", "already here", "same recording", "failed"


@dataclass(frozen=True)
class Outcome:
    """What became of an entry: one of the four words above, and what there is to say."""

    entry: Entry
    outcome: str
    kept: Kept | None = None
    code: str = ""
    message: str = ""


class Collector:
    """Works through entries one after the other; `wishes` is the cut of entries that give no times of their own."""

    def __init__(self, store: Store, downloads: Downloads, wishes: Cut, entries: Iterable[Entry]) -> None:
        self._store = store
        self._downloads = downloads
        self._wishes = wishes
        self._known = {kept.digest: kept for kept in store.all_done()}
        self._first: dict[str, Entry] = {}
        # How many rows still want a link, so that its download can go when the last one is served.
        self._wanted = Counter(entry.place for entry in entries if entry.is_link)

    def collect(self, entry: Entry, on_bytes: OnBytes = lambda *_: None) -> Outcome:
        """Fetches, checks, cuts and keeps one recording. What is wrong with it is told in the outcome.

        Raises OSError only where the folder itself cannot be written to.
        """
        if entry.is_link:
            self._wanted[entry.place] -= 1
        try:
            if entry.problem:
                raise entry.problem
            key = self._key(entry)
            kept = self._store.done(key)
            outcome = SKIPPED if kept else COLLECTED
            if kept is None:
                kept = self._fresh(entry, on_bytes)
                self._store.note_done(key, kept)
            return self._told(entry, outcome, kept)
        except MoodError as error:
            return Outcome(entry, FAILED, code=error.code, message=error.message)
        finally:
            if entry.is_link and not self._wanted[entry.place]:
                partial = self._store.partial(entry.place)
                if partial.is_whole:  # kept or refused; what is not whole goes on with the next run
                    partial.clear()

    def _key(self, entry: Entry) -> str:
        """All that the recording in the folder depends on; a file that was changed since is another one."""
        cut = self._cut(entry)
        wanted = (cut.start_s, cut.end_s, cut.length_s, cut.at, entry.sha256)
        if entry.is_link:
            check_link(entry.place)
            return key_of(entry.place, *wanted)
        facts = _existing(entry).stat()
        return key_of(os.path.realpath(entry.path), facts.st_size, facts.st_mtime_ns, *wanted)

    def _cut(self, entry: Entry) -> Cut:
        return Cut(entry.start_s, entry.end_s, self._wishes.length_s, self._wishes.at)

    def _told(self, entry: Entry, outcome: str, kept: Kept) -> Outcome:
        """The outcome of a recording that is in the folder: new, or the same as that of an earlier row."""
        first = self._first.setdefault(kept.digest, entry)
        if first is entry:
            return Outcome(entry, outcome, kept, message=kept.warning)
        where = f"row {first.row}" if first.list_name == entry.list_name else f"row {first.row} of {first.list_name}"
        if _words(first.mood) != _words(entry.mood):
            raise MoodError(
                "moods_disagree",
                f"It is the same recording as {where}, which says {first.mood or 'no mood'!r} and not "
                f"{entry.mood or 'none'!r}; decide, or write both in one row, with a semicolon.",
            )
        return Outcome(entry, SAME, kept, message=f"It is the same recording as {where}.")

    def _fresh(self, entry: Entry, on_bytes: OnBytes) -> Kept:
        if entry.is_link:
            partial = self._store.partial(entry.place)
            self._downloads.fetch(entry.place, partial, on_bytes)
            return self._checked(entry, partial.path)
        return self._checked(entry, _existing(entry))

    def _checked(self, entry: Entry, path: Path) -> Kept:
        """Keeps what is wanted of `path`, which stays where it is, once it has been heard to the end."""
        with self._store.scratch("original") as original, self._store.scratch("passage.flac") as part:
            _copy(path, original, self._downloads.manners.largest_bytes)  # a file may change while we look at it
            source_sha256 = sha256_of(original)
            if entry.sha256 and entry.sha256 != source_sha256:
                raise MoodError(
                    "sha256_differs",
                    f"Its sha256 is {source_sha256}, and the list says {entry.sha256}; it is another file, or a "
                    "damaged one.",
                )
            tags, sound, start_s, made = read_tags(original), listen(original), 0.0, original
            if passage := self._cut(entry).passage(sound.duration_s):
                start_s, end_s = passage
                write_passage(original, part, start_s, end_s)
                sound, made = replace(listen(part), warning=sound.warning), part
            known = self._known.get(sound.digest)
            if known is None:
                size = made.stat().st_size
                file, sha256 = self._store.take(made, sound.container)
            else:
                file, sha256, size = known.file, known.sha256, known.size
        kept = Kept(
            file=file,
            sha256=sha256,
            size=size,
            source_sha256=source_sha256,
            digest=sound.digest,
            duration_s=round(sound.duration_s, 3),
            start_s=round(start_s, 3),
            artist=tags.artist or "",
            title=tags.title or "",
            warning=sound.warning,
        )
        self._known[sound.digest] = kept
        return kept


def _existing(entry: Entry) -> Path:
    """The file that an entry names. Raises MoodError("file_missing") where there is none."""
    path = entry.path
    try:
        if path.is_file():
            return path
        found = "is a folder" if path.is_dir() else "is no file" if path.exists() else "does not exist"
    except (OSError, ValueError) as error:
        found = f"cannot be a path ({error})"
    raise MoodError("file_missing", f"{path} {found}; paths are relative to the list that names them.")


def _copy(path: Path, target: Path, largest_bytes: int) -> None:
    """Raises MoodError: file_unreadable, file_too_large. OSError where `target` cannot be written."""
    if path.stat().st_size > largest_bytes:
        raise too_large(path.stat().st_size, largest_bytes)
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


def _words(mood: str) -> frozenset[str]:
    return frozenset(word.strip().lower() for word in mood.replace("|", ";").split(";") if word.strip())
