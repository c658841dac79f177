"""Reading and writing mood fields in a process of its own: a file that makes a parser crash, hang or take all memory
ends there. Killed in the middle, it leaves the old file or the new one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from typing import TypeVar

from ml.audio.limited_process import ProcessFailed, ProcessLimitExceeded, run_limited
from ml.audio.tag_writing.fields import Existing, Fields, FileFields, MoodTags, Plan, plan
from ml.errors import MoodError

MAX_MEMORY_BYTES = 768_000_000
READ_SECONDS = 30.0
WRITE_SECONDS = 600.0
"""Two gigabytes on a slow network drive."""

T = TypeVar("T")


def read(path: Path) -> FileFields:
    """As `read_fields`; errors of the system are MoodErrors (file_unreadable) too."""
    from ml.audio.tag_writing.writing import read_fields  # before the fork, so that each file does not load it

    return _limited(partial(read_fields, path), READ_SECONDS)


def planned(file: FileFields, tags: MoodTags, *, existing: Existing, own: Collection[str] = ()) -> Plan:
    """As `plan`, of a file that was read."""
    return plan(file.kind, file.fields, tags, existing=existing, own=own)


def write(path: Path, before: Fields, after: Fields, *, keep_tag: bool = True) -> None:
    """As `write_fields`."""
    from ml.audio.tag_writing.writing import write_fields

    _limited(partial(write_fields, path, before, after, keep_tag=keep_tag), WRITE_SECONDS)


def copy(path: Path, target: Path, tags: MoodTags, *, existing: Existing) -> Plan:
    """A copy of a file with moods; the file itself stays. In the web process nothing more is loaded for it."""
    return _limited(partial(_copy, path, target, tags, existing), WRITE_SECONDS)


def _copy(path: Path, target: Path, tags: MoodTags, existing: Existing) -> Plan:
    from ml.audio.tag_writing.writing import copy_with_fields, read_fields

    change = planned(read_fields(path), tags, existing=existing)
    copy_with_fields(path, target, change.fields)
    return change


def _limited(function: Callable[[], T], seconds: float) -> T:
    try:
        result, error = run_limited(partial(_with_error, function), memory_bytes=MAX_MEMORY_BYTES, seconds=seconds)
    except (ProcessFailed, ProcessLimitExceeded) as failure:
        raise MoodError(
            "tags_unsupported", f"Its tags cannot be handled, so that it stays as it is. {failure}"
        ) from failure
    if error is not None:
        raise MoodError(*error)
    return result  # type: ignore[return-value]  # None only with an error


def _with_error(function: Callable[[], T]) -> tuple[T | None, tuple[str, str] | None]:
    """A MoodError as a value: it cannot be passed between processes."""
    try:
        return function(), None
    except MoodError as error:
        return None, (error.code, error.message)
    except OSError as error:
        sentence = f"The file cannot be read ({error.strerror}): check its name and permissions."
        return None, ("file_unreadable", sentence)
