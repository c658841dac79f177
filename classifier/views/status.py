"""The owner's page about the installation. It refreshes itself; without JavaScript it is that of its request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.charts.status.songs_by_hour import HOURS, SongsByHour, songs_by_hour
from classifier.models import Person, Song
from classifier.monitoring import counters
from classifier.monitoring.disk import size_text
from classifier.monitoring.readiness import Readiness
from classifier.monitoring.snapshot import Snapshot, Worker, snapshot, versions
from classifier.monitoring.status import last_errors, running_songs, unsafe_settings

CHECKS = {
    "database": "Database",
    "migrations": "Migrations",
    "storage": "Storage",
    "disk": "Disk",
    "broker": "Broker",
    "model": "Model",
    "worker": "Workers",
}
QUEUES = {
    "interactive": ("Songs that somebody waits for", "song", "songs"),
    "bulk": ("Songs of large uploads", "song", "songs"),
    "saliency": ("Saliency maps", "map", "maps"),
}


@dataclass(frozen=True)
class CurrentSong:
    text: str
    song: Song | None
    """Only of the person who asks: songs of others stay theirs."""
    since: str


@dataclass(frozen=True)
class WorkerRow:
    worker: Worker
    running_for: str
    seen: str
    memory: str
    songs: list[CurrentSong]


@require_safe
@never_cache
def page(request: AuthenticatedHttpRequest) -> HttpResponse:
    if not request.user.is_owner:
        raise PermissionDenied
    state = snapshot()
    now = timezone.now()
    context = {
        "state": state,
        "summary": summary(state.readiness),
        "checks": [(title, state.readiness.checks.get(name, False)) for name, title in CHECKS.items()],
        "workers": worker_rows(state, request.user, now),
        "queues": queue_rows(state),
        "chart": chart(now),
        "errors": last_errors(request.user, now=now),
        "storage": storage_rows(state),
        "unsafe": unsafe_settings(),
        "versions": versions().items(),
        "model": settings.MODEL_BUNDLE,
    }
    return render(request, "status/page.html", context)


def summary(state: Readiness) -> str:
    if not state.reasons:
        return "Everything works."
    if state.ready:
        return "Songs can be uploaded, but one thing needs attention."
    count = sum(reason.blocks for reason in state.reasons)
    return f"{'One thing keeps' if count == 1 else f'{count} things keep'} songs from being taken or analysed."


def worker_rows(state: Snapshot, person: Person, now: datetime) -> list[WorkerRow]:
    songs = running_songs()
    return [
        WorkerRow(
            worker=worker,
            running_for=age_text(now - worker.started_at),
            seen=age_text(now - worker.seen_at),
            memory=size_text(worker.memory_bytes) if worker.memory_bytes else "",
            songs=[_current(song, person, now) for song in songs.get(worker.name, [])],
        )
        for worker in state.workers
    ]


def queue_rows(state: Snapshot) -> list[tuple[str, str, str]]:
    rows = []
    for queue in state.queues:
        title, one, many = QUEUES[queue.kind]
        oldest = f"the first for {age_text(timedelta(seconds=queue.oldest_age_s))}" if queue.length else ""
        rows.append((title, f"{queue.length:,} {one if queue.length == 1 else many}", oldest))
    return rows


def chart(now: datetime) -> SongsByHour:
    first = counters.period_of(now - timedelta(hours=HOURS))
    ended = counters.songs_in_periods(first=first, last=counters.period_of(now))
    return songs_by_hour(ended, period_s=counters.PERIOD_S, now=now)


def storage_rows(state: Snapshot) -> list[tuple[str, str]]:
    disk = state.disk
    rows = [
        ("Disk", f"{disk.free_text} of {size_text(disk.total_bytes)} left, {disk.reserve_text} of it kept free"),
        ("Songs", f"{state.stored:,} stored, {state.failed:,} failed"),
        ("Uploads in progress", _uploads_text(state)),
    ]
    if state.database_bytes is not None:
        rows.append(("Database", size_text(state.database_bytes)))
    return rows


def _uploads_text(state: Snapshot) -> str:
    return f"{state.uploads:,}, {size_text(state.upload_bytes_left)} to come" if state.uploads else "none"


def _current(song: Song, person: Person, now: datetime) -> CurrentSong:
    since = age_text(now - song.started_at) if song.started_at else ""
    if song.owner_id == person.pk:
        return CurrentSong(song.display_title, song, since)
    return CurrentSong(f"a song of {song.owner.get_username()}", None, since)


def age_text(age: timedelta) -> str:
    """Rounded down: “12 s”, “5 min”, “3 h”, “2 days”."""
    seconds = max(int(age.total_seconds()), 0)
    for size, unit in ((86_400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size or (seconds >= size and unit != "days"):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
