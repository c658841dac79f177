"""The state of the installation at one moment, for metrics, the API and the status page."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext_noop

from classifier.models import Queue, ResumableUpload, ScanStatus, Song, Source, WorkerPresence
from classifier.monitoring import counters
from classifier.monitoring.briefly_cached import BrieflyCached
from classifier.monitoring.disk import DiskRoom, disk_room
from classifier.monitoring.queues import QueueState, queue_states
from classifier.monitoring.readiness import QUEUES, Readiness, readiness
from mmc import __version__

CACHED_S = 1.0
ALL_SONGS_CACHED_S = 60.0
RATE_PERIODS = 3
"""Songs a minute are those of the last ten to fifteen minutes."""


@dataclass(frozen=True)
class Worker:
    name: str
    started_at: datetime
    seen_at: datetime
    answers: bool
    version: str
    processes: int
    memory_bytes: int
    queues: str
    """In words, where it does not serve all of them."""


@dataclass(frozen=True)
class Snapshot:
    at: datetime
    readiness: Readiness
    queues: list[QueueState]
    held: int
    """Songs of sources that are not due yet."""
    scans: dict[str, int]
    """Sources by the state of their last scan."""
    running: int
    failed: int
    """Songs that have failed and were not tried again."""
    stored: int
    """All songs; at most a minute old."""
    ended: dict[str, int]
    """Analyses that have ended since the counters were created, as `done` and `failed`."""
    failures: dict[str, int]
    stages: dict[str, tuple[list[tuple[str, float]], float]]
    songs_per_minute: float
    workers: list[Worker]
    disk: DiskRoom
    database_bytes: int | None
    uploads: int
    upload_bytes_left: int

    @property
    def version(self) -> str:
        return __version__

    @property
    def waiting(self) -> int:
        return sum(queue.length for queue in self.queues if queue.kind != "saliency")

    @property
    def workers_answering(self) -> list[Worker]:
        return [worker for worker in self.workers if worker.answers]


def snapshot() -> Snapshot:
    """At most a second old. Raises DatabaseError."""
    return _cached.get()


def take(now: datetime) -> Snapshot:
    uploads = ResumableUpload.objects.unfinished()
    sums = uploads.aggregate(size=Sum("size_bytes"), received=Sum("received_bytes"))
    return Snapshot(
        at=now,
        readiness=readiness(),
        queues=queue_states(now),
        held=Song.objects.waiting_in(Queue.HELD).count(),
        scans=scan_counts(),
        running=Song.objects.running().count(),
        failed=Song.objects.out_of_bin().filter(status="failed").count(),
        stored=_all_songs.get(),
        ended=counters.totals(counters.SONGS),
        failures=counters.totals(counters.FAILURES),
        stages=counters.histograms(counters.STAGES),
        songs_per_minute=songs_per_minute(now),
        workers=_workers(now),
        disk=disk_room(),
        database_bytes=database_bytes(),
        uploads=uploads.count(),
        upload_bytes_left=(sums["size"] or 0) - (sums["received"] or 0),
    )


def scan_counts() -> dict[str, int]:
    counts = dict(Source.objects.order_by().values_list("scan_status").annotate(Count("pk")))
    return {status: counts.get(status, 0) for status in ScanStatus.values}


def songs_per_minute(now: datetime) -> float:
    current = counters.period_of(now)
    first = current - RATE_PERIODS + 1
    done = sum(ended.get(counters.DONE, 0) for ended in counters.songs_in_periods(first=first, last=current).values())
    seconds = now.timestamp() - first * counters.PERIOD_S
    return 60 * done / seconds


def versions() -> dict[str, str]:
    """Of this program and of what it rests on."""
    import celery
    import django

    rows = {
        "Countermood": __version__,
        "Python": platform.python_version(),
        "Django": django.__version__,
        "Celery": celery.__version__,
        "Database": _database_version(),
    }
    return rows | {name: _installed(package) for name, package in PACKAGES.items()}


PACKAGES = {
    "PyAV (FFmpeg)": "av",
    "LiteRT": "ai-edge-litert",
    "NumPy": "numpy",
    gettext_noop("Redis client"): "redis",
}
"""Read from what is installed: importing them would load decoders and networks into the web process."""


def _installed(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return gettext_noop("not installed")


def _database_version() -> str:
    numbers = ".".join(map(str, connection.get_database_version()))
    return f"{connection.display_name} {numbers}"


def database_bytes() -> int | None:
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        paths = [Path(f"{name}{suffix}") for suffix in ("", "-wal", "-shm")]
        return sum(path.stat().st_size for path in paths if path.exists())
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            row: tuple[Any, ...] = cursor.fetchone()
            return int(row[0])
    return None


def _workers(now: datetime) -> list[Worker]:
    answering = set(WorkerPresence.objects.answering(now).values_list("name", flat=True))
    return [
        Worker(
            name=row.name,
            started_at=row.started_at,
            seen_at=row.seen_at,
            answers=row.name in answering,
            version=row.version,
            processes=row.processes or settings.CELERY_WORKER_CONCURRENCY,
            memory_bytes=row.memory_bytes,
            queues="" if set(row.queues.split()) >= set(QUEUES) else ", ".join(row.queues.split()),
        )
        for row in WorkerPresence.objects.order_by("name")
    ]


# Of millions, counting takes seconds.
_all_songs = BrieflyCached(lambda: Song.objects.count() - Song.objects.in_bin().count(), seconds=ALL_SONGS_CACHED_S)
_cached = BrieflyCached(lambda: take(timezone.now()), seconds=CACHED_S)


def forget() -> None:
    """Read everything anew at the next call."""
    _all_songs.clear()
    _cached.clear()
