"""The preview: what is in every file of a source, and what would be in it."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.models import Song, SongLocation, Source, TagChange, TagJob, TagOutcome, TagState
from classifier.sources.folder_paths import file_path, key_of
from classifier.tagging.leases import TagJobLease
from classifier.tagging.song_moods import mood_tags, tag_words

BATCH = 100


def source_plan(job: TagJob, source: Source, lease: TagJobLease) -> dict[str, int]:
    """Store a change for each file; those of an earlier try are replaced. Returns how many songs are left out, by
    reason. Raises what the lease raises, and ProductError (source_unavailable)."""
    with tag_words(source.owner):
        return _plan(job, source, lease)


def _plan(job: TagJob, source: Source, lease: TagJobLease) -> dict[str, int]:
    TagChange.objects.filter(job=job).delete()
    locations = _locations(source)
    left_out: Counter[str] = Counter()
    lease.counts = Counter(total=locations.count())
    for batch in _batches(locations):
        changes = []
        songs = Song.objects.with_analysis().in_bulk([one.song_id for one in batch])
        own = _own_moods(batch)
        for location in batch:
            lease.renew()
            lease.counts["done"] += 1
            song = songs.get(location.song_id)  # none: deleted meanwhile
            tags = mood_tags(song, job.values, with_numbers=job.with_numbers) if song else "no_result"
            if isinstance(tags, str):
                left_out[tags] += 1
                continue
            changes.append(_location_change(job, source, location, tags, own.get(location.id, ())))
        with transaction.atomic():
            lease.lock()
            # Links may lead to the same file twice.
            TagChange.objects.bulk_create(changes, batch_size=100, ignore_conflicts=True)
    outcomes = TagChange.objects.filter(job=job).order_by().values_list("outcome").annotate(Count("id"))
    lease.counts.update(dict(outcomes))
    return dict(left_out)


def file_change(
    job: TagJob, path: Path, tags: ml_gateway.MoodTags, own: Sequence[str], location: SongLocation | None = None
) -> TagChange:
    """The change of one file, not stored yet; `unreadable` with the reason if it cannot be written."""
    raw = os.fsencode(os.path.realpath(path))
    change = TagChange(
        job=job, location=location, path=key_of(raw), path_sha256=path_sha256(raw), moods=list(tags.moods)
    )
    try:
        file = ml_gateway.tag_files.read(Path(os.fsdecode(raw)))
        plan = ml_gateway.tag_files.planned(file, tags, existing=job.existing, own=own)  # type: ignore[arg-type]
    except ml_gateway.MoodError as error:
        return _unwritable(change, error.code, error.message)
    if any("\0" in text for values in file.fields.values() for text in values):  # PostgreSQL stores no NUL
        return _unwritable(change, "tags_damaged", gettext("Its moods contain zero bytes: repair its tags first."))
    change.outcome, change.before, change.after = plan.outcome, file.fields, plan.fields
    change.had_tag = file.has_tag
    return change


def own_moods_of(path: Path) -> list[str]:
    """What was written into this file last, by whatever task."""
    written = TagChange.objects.filter(
        path_sha256=path_sha256(os.fsencode(os.path.realpath(path))), state__in=(TagState.WRITING, TagState.WRITTEN)
    )
    latest = written.order_by("-id").values_list("moods", flat=True).first()
    return list(latest or [])


def path_sha256(path: bytes) -> str:
    return hashlib.sha256(path).hexdigest()


def _location_change(
    job: TagJob, source: Source, location: SongLocation, tags: ml_gateway.MoodTags, own: Sequence[str]
) -> TagChange:
    try:
        path = file_path(source.address, location.key)
    except ProductError as error:
        if error.code == "source_unavailable":
            raise
        raw = os.fsencode(source.address) + b"/" + location.key.encode()
        change = TagChange(job=job, location=location, path=location.key, path_sha256=path_sha256(raw))
        return _unwritable(change, error.code, error.message)
    return file_change(job, path, tags, own or own_moods_of(path), location)


def _unwritable(change: TagChange, code: str, message: str) -> TagChange:
    change.outcome, change.error_code, change.error_message = TagOutcome.UNREADABLE, code, message
    return change


def _locations(source: Source) -> QuerySet[SongLocation]:
    """The files of songs that are there, in the order of their paths."""
    there = Q(missing_since=None, is_ignored=False, song__isnull=False, song__deleted_at=None)
    return SongLocation.objects.filter(there, source=source).order_by("key")


def _batches(locations: QuerySet[SongLocation]) -> Iterator[list[SongLocation]]:
    ids = list(locations.values_list("id", flat=True))
    for first in range(0, len(ids), BATCH):
        found = SongLocation.objects.in_bulk(ids[first : first + BATCH])
        yield [found[one] for one in ids[first : first + BATCH] if one in found]


def _own_moods(batch: Sequence[SongLocation]) -> dict[int, list[str]]:
    """By location, what was written last; also where its file has another path by now."""
    written = TagChange.objects.filter(location__in=batch, state__in=(TagState.WRITING, TagState.WRITTEN))
    rows: Any = written.order_by("id").values_list("location_id", "moods")
    return dict(rows)
