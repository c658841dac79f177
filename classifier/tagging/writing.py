"""Write the changes of a preview into the files, and take them back; each with a line in the journal before it."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from django.db.models import QuerySet
from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.models import (
    Song,
    SongLocation,
    Source,
    SourceKind,
    TagChange,
    TagJob,
    TagState,
)
from classifier.sources.folder_paths import file_path, is_inside, relative_path
from classifier.tag_models import WRITTEN_OUTCOMES
from classifier.tagging.leases import TagJobLease
from classifier.tagging.permission import writable_dirs
from classifier.tagging.planning import path_sha256

logger = logging.getLogger(__name__)

Allowed = Callable[[bytes], bool]
"""Whether a file with this resolved path may be written."""

ENDS_ALL = frozenset({"disk_full"})
"""Errors of one file after which the others need not be tried."""
LIST_AT_ONCE = 500


def changes_to_write(job: TagJob) -> QuerySet[TagChange]:
    return TagChange.objects.filter(
        job=job, outcome__in=WRITTEN_OUTCOMES, state__in=(TagState.PLANNED, TagState.WRITING, TagState.FAILED)
    )


def changes_to_undo(job: TagJob) -> QuerySet[TagChange]:
    return TagChange.objects.filter(job=job, state__in=(TagState.WRITING, TagState.WRITTEN))


def job_write(job: TagJob, lease: TagJobLease) -> None:
    """Write all changes of a preview that are not written yet. Raises what the lease raises, and ProductError where
    none of the others could be written either."""
    _each(job, lease, changes_to_write(job).order_by("id"), change_write, "written")


def job_undo(job: TagJob, lease: TagJobLease) -> None:
    """Take back what was written, the last one first."""
    _each(job, lease, changes_to_undo(job).order_by("-id"), change_undo, "undone")


def change_write(change: TagChange, allowed: Allowed, now: datetime) -> None:
    """Raises ProductError with the reason, which is in the row too; then the file is as it was."""
    if change.state == TagState.WRITING and _is_written(change, allowed):
        _done(change, TagState.WRITTEN, now)  # by a process that was killed before it could say so
        return
    TagChange.objects.filter(id=change.id).update(state=TagState.WRITING, error_code="", error_message="")
    try:
        _replace(change, change.before, change.after, allowed, keep_tag=True)
    except ProductError as error:
        TagChange.objects.filter(id=change.id).update(
            state=TagState.FAILED, error_code=error.code, error_message=error.message
        )
        raise
    _done(change, TagState.WRITTEN, now)


def change_undo(change: TagChange, allowed: Allowed, now: datetime) -> None:
    """Raises ProductError, also where the moods in the file are others than those that were written."""
    if change.state == TagState.WRITING and not _is_written(change, allowed):
        _done(change, TagState.UNDONE, now)  # of a process that was killed before it wrote
        return
    try:
        _replace(change, change.after, change.before, allowed, keep_tag=change.had_tag)
    except ProductError as error:
        TagChange.objects.filter(id=change.id).update(error_code=error.code, error_message=error.message)
        raise
    _done(change, TagState.UNDONE, now)


def source_allows(path: bytes) -> bool:
    """For tasks of pages: only in MUSIC_DIRS_WRITABLE, as it is now."""
    return is_inside(path, writable_dirs())


def _each(
    job: TagJob,
    lease: TagJobLease,
    changes: QuerySet[TagChange],
    apply: Callable[[TagChange, Allowed, datetime], None],
    counted: str,
) -> None:
    ids = list(changes.values_list("id", flat=True))
    lease.counts.clear()
    lease.counts["total"] = len(ids)
    for change in _rows(ids):
        lease.renew()
        try:
            apply(change, source_allows, lease.clock())
            lease.counts[counted] += 1
        except ProductError as error:
            lease.counts["failed"] += 1
            if error.code in ENDS_ALL or error.code == "source_unavailable":
                raise
        lease.counts["done"] += 1


def _rows(ids: list[int]) -> Iterator[TagChange]:
    for first in range(0, len(ids), LIST_AT_ONCE):
        rows = TagChange.objects.select_related("location__source").in_bulk(ids[first : first + LIST_AT_ONCE])
        yield from (rows[one] for one in ids[first : first + LIST_AT_ONCE] if one in rows)


def _path(change: TagChange, allowed: Allowed) -> Path:
    """Where the file is now: its location follows when it is renamed."""
    location = change.location
    if location is not None and location.source.kind == SourceKind.FOLDER:
        path = os.fsencode(file_path(location.source.address, location.key))
    else:
        path = os.path.realpath(relative_path(change.path))
    if not allowed(path):
        raise ProductError(
            "tags_off", gettext("The file is not in one of MUSIC_DIRS_WRITABLE, so that nothing is written to it.")
        )
    return Path(os.fsdecode(path))


def _is_written(change: TagChange, allowed: Allowed) -> bool:
    try:
        return ml_gateway.tag_files.read(_path(change, allowed)).fields == change.after
    except ml_gateway.MoodError as error:
        raise ProductError(error.code, error.message) from error


def _replace(
    change: TagChange, before: ml_gateway.Fields, after: ml_gateway.Fields, allowed: Allowed, *, keep_tag: bool
) -> None:
    path = _path(change, allowed)
    try:
        state = path.stat()
        ml_gateway.tag_files.write(path, before, after, keep_tag=keep_tag)
        _locations_update(path, state, path.stat())
    except ml_gateway.MoodError as error:
        raise ProductError(error.code, error.message) from error
    except OSError as error:
        message = gettext("The file cannot be written (%(reason)s): check that it is there, and its permissions.") % {
            "reason": error.strerror
        }
        raise ProductError("file_unwritable", message) from error


def _done(change: TagChange, state: TagState, now: datetime) -> None:
    change.state = state
    fields = {"written_at": now} if state == TagState.WRITTEN else {}
    TagChange.objects.filter(id=change.id).update(state=state, error_code="", error_message="", **fields)


def _locations_update(path: Path, before: os.stat_result, after: os.stat_result) -> None:
    """So that no scan takes the file for a changed one: its sound is the same, and we know what else is.

    Where the file had changed since the last scan, it stays so.
    """
    same_file = SongLocation.objects.filter(
        source__in=Source.objects.filter(kind=SourceKind.FOLDER).values_list("id", flat=True),
        file_id=_file_id(before),
        size_bytes=before.st_size,
        modified_ns=before.st_mtime_ns,
    )
    for location in same_file.select_related("source"):
        try:
            # Another name of the file (a hard link) has the old content.
            if file_path(location.source.address, location.key) != path:
                continue
        except ProductError:
            continue
        SongLocation.objects.filter(id=location.id).update(
            file_id=_file_id(after), size_bytes=after.st_size, modified_ns=after.st_mtime_ns
        )
        # Of other bytes than before: it is computed again by the next analysis, and until then not needed.
        if location.song_id:
            Song.objects.filter(id=location.song_id, file="").update(size_bytes=after.st_size, sha256="")


def _file_id(state: os.stat_result) -> str:
    return f"{state.st_dev:x}:{state.st_ino:x}"


def changes_of_files(paths: list[Path]) -> list[TagChange]:
    """The last change of each of these files that is in it, for an undo by path."""
    found = []
    for path in paths:
        written = TagChange.objects.filter(
            path_sha256=path_sha256(os.fsencode(os.path.realpath(path))), state__in=(TagState.WRITING, TagState.WRITTEN)
        )
        if change := written.order_by("-id").first():
            change.location = None  # by its path, wherever its source is
            found.append(change)
    return found
