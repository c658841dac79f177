"""A scan: compare what a source has with the locations that are known, in bulk, and without decoding anything.

unchanged   the same size and time of change
moved       the key is unknown, and a location that is missing had the same file: only the key changes
changed     another size or time: see `changed_files`
new         a song of its own, held until pacing lets workers have it
missing     not listed any more; `missing_songs` deletes what stays missing
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from classifier.accounts.quotas import songs_left
from classifier.errors import ProductError
from classifier.localized import grouped
from classifier.models import SongLocation, Source, SourceKind, Status
from classifier.sources.changed_files import changed_file_read
from classifier.sources.folder_listing import FolderListing
from classifier.sources.folder_paths import unavailable
from classifier.sources.items import Listing, SourceItem, SourceProblem
from classifier.sources.new_songs import location_fields, songs_create, songs_queue_again
from classifier.sources.scan_lease import ScanLease, ScanLost, ScanStopped, scan_claim
from classifier.sources.scan_lease import scan_request as scan_request
from classifier.sources.scan_lease import scans_due as scans_due

logger = logging.getLogger(__name__)

BATCH = 500
MAX_PROBLEMS = 500
"""Of one scan that are stored."""


def source_scan(
    source: Source,
    now: datetime,
    *,
    clock: Callable[[], datetime] = timezone.now,
    should_stop: Callable[[], bool] = lambda: False,
) -> bool:
    """Scan a source, unless another process does it now: then False. The row of the source has the outcome."""
    lease = scan_claim(source, now, clock, should_stop)
    if lease is None:
        return False
    try:
        has_room = _Scan(source, lease).run(listing_of(source))
        lease.finish(None if has_room else _over_quota(lease.counts["over_quota"]))
    except ScanLost:
        logger.info("The scan of source %s ends: the source was deleted, or another process scans it.", source.id)
    except ScanStopped:
        lease.give_back()
    except ProductError as error:
        logger.warning("The scan of source %s failed: %s (%s)", source.id, error.message, error.code)
        lease.finish(error)
    except Exception:
        logger.exception("The scan of source %s failed.", source.id)
        lease.finish(
            ProductError("internal_error", gettext("Internal error; the server’s log has the details: scan again."))
        )
        raise
    return True


def listing_of(source: Source) -> Listing:
    if source.kind == SourceKind.FOLDER:
        return FolderListing(source.address)
    from classifier.sources.servers import server_for

    return server_for(source).items()


@dataclass
class _Scan:
    source: Source
    lease: ScanLease
    not_seen: set[int] = field(default_factory=set)
    """Locations that are not missing and were not listed yet."""
    problems: dict[str, SourceProblem] = field(default_factory=dict)
    moved_perhaps: list[SourceItem] = field(default_factory=list)
    count: Counter[str] = field(default_factory=Counter)
    is_first: bool = False
    has_room: bool = True

    def run(self, listing: Listing) -> bool:
        """False if the quota has no room for all new songs. Raises ProductError, ScanLost and ScanStopped."""
        self.lease.counts = self.count
        self.is_first = not self._locations().exists()
        present = self._locations().filter(missing_since=None).exclude(song=None, is_ignored=False)
        self.not_seen = set(present.values_list("id", flat=True).iterator(chunk_size=10_000))
        had_songs = bool(self.not_seen)
        for batch in self._batches(listing):
            self._compare(batch)
        if had_songs and not self.count["files"]:
            raise unavailable(
                gettext(
                    "%(name)s is empty, although it had %(count)s songs. Nothing was changed: mount the folder, or "
                    "delete the source."
                )
                % {"name": self.source.name, "count": grouped(len(self.not_seen))}
            )
        for first in range(0, len(self.moved_perhaps), BATCH):
            self._move_or_create(self.moved_perhaps[first : first + BATCH])
        self._mark_missing()
        self._store_problems()
        return self.has_room

    def _batches(self, listing: Listing) -> Iterator[list[SourceItem]]:
        items = self._items(listing)
        while batch := list(islice(items, BATCH)):
            self.count["files"] += len(batch)
            yield batch

    def _items(self, listing: Listing) -> Iterator[SourceItem]:
        for one in listing:
            self.lease.renew()
            if isinstance(one, SourceItem):
                yield one
                continue
            self.count["problems"] += 1
            if len(self.problems) < MAX_PROBLEMS:
                self.problems[one.key] = one

    def _compare(self, batch: list[SourceItem]) -> None:
        items = {item.key: item for item in batch}  # a server may list an item twice
        known = {} if self.is_first else {one.key: one for one in self._locations().filter(key__in=list(items))}
        touched: list[tuple[SongLocation, SourceItem]] = []
        without_song: list[tuple[SongLocation, SourceItem]] = []
        for location in known.values():
            item = items[location.key]
            self.not_seen.discard(location.id)
            if location.song_id is None and not location.is_ignored:
                without_song.append((location, item))
            elif (location.size_bytes, location.modified_ns) != (item.size_bytes, item.modified_ns):
                self._changed(location, item)
            elif location.missing_since or location.error_code:
                self.count["back"] += 1
                touched.append((location, item))
            else:
                self.count["unchanged"] += 1
                # Such as after a restart, or where the user marked a favourite.
                if any(getattr(location, name) != value for name, value in location_fields(item).items()):
                    touched.append((location, item))
        if touched:
            self._touch(touched)
        self._create([item for _, item in without_song], {item.key: location for location, item in without_song})
        unknown = [item for key, item in items.items() if key not in known]
        self._create(self._without_moved(unknown))

    def _without_moved(self, unknown: list[SourceItem]) -> list[SourceItem]:
        """Those whose file no location had; whether the others are moved is clear only at the end."""
        file_ids = {item.file_id for item in unknown if item.file_id}
        if self.is_first or not file_ids:
            return unknown
        had = set(self._locations().filter(file_id__in=file_ids).values_list("file_id", flat=True))
        self.moved_perhaps += [item for item in unknown if item.file_id in had]
        return [item for item in unknown if item.file_id not in had]

    def _move_or_create(self, items: list[SourceItem]) -> None:
        candidates: dict[tuple[str, int, int], SongLocation] = {}
        for location in self._locations().filter(file_id__in={item.file_id for item in items}):
            if location.missing_since or location.id in self.not_seen:
                candidates[location.file_id, location.size_bytes, location.modified_ns] = location
        moved, new = [], []
        for item in items:
            before = candidates.pop((item.file_id, item.size_bytes, item.modified_ns), None)
            if before is None:
                new.append(item)
                continue
            self.not_seen.discard(before.id)
            moved.append((before, item))
        self.count["moved"] += len(moved)
        if moved:
            self._touch(moved)
        self._create(new)

    def _touch(self, pairs: list[tuple[SongLocation, SourceItem]]) -> None:
        """Locations whose file is the same: where it lies now, and that it is there."""
        with transaction.atomic():
            self.lease.lock()
            # One update each: bulk_update() takes four times as long for so many columns.
            for location, item in pairs:
                SongLocation.objects.filter(id=location.id).update(key=item.key, **location_fields(item))
            songs_queue_again({location.song_id for location, _ in pairs if location.song_id}, now=self.lease.clock())

    def _changed(self, location: SongLocation, item: SourceItem) -> None:
        if location.is_ignored:
            self.count["unchanged"] += 1
            self._touch([(location, item)])
            return
        if location.song is not None and location.song.status == Status.RUNNING:
            return  # with its old size it is found again by the next scan
        self.count["changed"] += 1
        self.lease.renew()
        changed_file_read(self.source, location, item, self.lease)

    def _create(self, items: list[SourceItem], locations: dict[str, SongLocation] | None = None) -> None:
        if not items:
            return
        with transaction.atomic():
            self.lease.lock()
            # Here, since this holds against uploads of the same user.
            left = songs_left(self.source.owner)
            stored = items if left is None else items[:left]
            songs_create(self.source, stored, locations or {}, now=self.lease.clock())
        self.count["new"] += len(stored)
        if len(stored) < len(items):
            self.has_room = False
            self.count["over_quota"] += len(items) - len(stored)

    def _mark_missing(self) -> None:
        """Not what lies below a folder that could not be read."""
        locked = set(self.problems)
        everything = self.count["problems"] > len(self.problems)
        ids = sorted(self.not_seen)
        for first in range(0, len(ids), BATCH):
            rows = self._locations().filter(id__in=ids[first : first + BATCH]).values_list("id", "key")
            missing = [one for one, key in rows if not everything and not _is_below(key, locked)]
            with transaction.atomic():
                self.lease.lock()
                self._locations().filter(id__in=missing, missing_since=None).update(missing_since=self.lease.clock())
            self.count["missing"] += len(missing)

    def _store_problems(self) -> None:
        """As locations without a song, so that pages show them; those of earlier scans that are gone are deleted."""
        keys = set(self.problems)
        known = self._locations().exclude(error_code="").filter(song=None, is_ignored=False)
        solved = [one for one, key in known.values_list("id", "key") if key not in keys]
        with transaction.atomic():
            self.lease.lock()
            for first in range(0, len(solved), BATCH):
                self._locations().filter(id__in=solved[first : first + BATCH]).delete()
            SongLocation.objects.bulk_create(
                [
                    SongLocation(
                        source=self.source, key=one.key, path=one.path, error_code=one.code, error_message=one.message
                    )
                    for one in self.problems.values()
                ],
                update_conflicts=True,
                unique_fields=["source", "key"],
                update_fields=["error_code", "error_message"],
                batch_size=100,
            )

    def _locations(self) -> QuerySet[SongLocation]:
        return SongLocation.objects.filter(source=self.source)


def _is_below(key: str, folders: set[str]) -> bool:
    while key:
        if key in folders:
            return True
        key = key.rpartition("/")[0]
    return False


def _over_quota(songs: int) -> ProductError:
    return ProductError(
        "quota_exceeded",
        gettext(
            "%(count)s songs of this source are more than you may have, and were left out: delete songs to "
            "make room, or ask the owner for a larger quota."
        )
        % {"count": grouped(songs)},
    )
