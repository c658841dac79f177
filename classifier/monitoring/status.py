"""What /api/status/ and the status page show: the installation to owners, their own songs to other users."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.checks import run_checks
from django.core.checks.messages import WARNING

from classifier.models import SERVED_QUEUES, Person, Queue, Song, Status, WorkerPresence
from classifier.monitoring.snapshot import snapshot
from mmc import __version__

ERRORS_SINCE = timedelta(days=7)
ERRORS_READ = 500
SONGS_OF_ERROR = 3
MAX_RUNNING = 200


@dataclass
class ErrorGroup:
    """Failed songs with the same code, the newest first."""

    code: str
    message: str
    """Of the newest one."""
    last_at: datetime
    count: int = 0
    songs: list[Song] = field(default_factory=list)
    """Of the person who asks: songs of others stay theirs."""


@dataclass(frozen=True)
class UnsafeSetting:
    message: str
    action: str


def status_json(person: Person, *, now: datetime) -> dict[str, Any]:
    """Flat, since dashboards name each value by its key."""
    common = {"version": __version__, "model": settings.MODEL_BUNDLE}
    if not person.is_owner:
        own = Song.objects.for_owner(person)
        return common | {
            "scope": "own",
            "songs": own.count(),
            "waiting": own.waiting_in(*SERVED_QUEUES).count(),
            "held": own.waiting_in(Queue.HELD).count(),
            "running": own.running().count(),
            "failed": own.filter(status=Status.FAILED).count(),
            "workers": WorkerPresence.objects.answering(now).count(),
            "last_error": _last_error(person),
        }
    state = snapshot()
    return common | {
        "scope": "all",
        "songs": state.stored,
        "waiting": state.waiting,
        "held": state.held,
        "running": state.running,
        "failed": state.failed,
        "workers": len(state.workers_answering),
        "last_error": _last_error(person),
        "ready": state.readiness.ready,
        "message": state.readiness.message,
        "songs_per_minute": round(state.songs_per_minute, 2),
        "oldest_wait_s": round(max((queue.oldest_age_s for queue in state.queues), default=0.0), 1),
        "disk_free_bytes": state.disk.free_bytes,
        "disk_reserve_bytes": state.disk.reserve_bytes,
    }


def last_errors(person: Person, *, now: datetime) -> list[ErrorGroup]:
    """Of the last week, by code."""
    groups: dict[str, ErrorGroup] = {}
    failed = Song.objects.out_of_bin().filter(status=Status.FAILED, finished_at__gte=now - ERRORS_SINCE)
    for song in failed.order_by("-finished_at")[:ERRORS_READ]:
        assert song.finished_at is not None
        group = groups.setdefault(song.error_code, ErrorGroup(song.error_code, song.error_message, song.finished_at))
        group.count += 1
        if song.owner_id == person.pk and len(group.songs) < SONGS_OF_ERROR:
            group.songs.append(song)
    return list(groups.values())


def running_songs() -> dict[str, list[Song]]:
    """By the name of the worker."""
    songs: dict[str, list[Song]] = {}
    for song in Song.objects.running().select_related("owner").order_by("started_at")[:MAX_RUNNING]:
        songs.setdefault(song.worker, []).append(song)
    return songs


def unsafe_settings() -> list[UnsafeSetting]:
    """Found by the system checks, which the log has at each start."""
    messages = [message for message in run_checks(tags=["security"]) if message.level >= WARNING]
    return [UnsafeSetting(str(message.msg), str(message.hint or "")) for message in messages]


def _last_error(person: Person) -> dict[str, Any] | None:
    failed = Song.objects.out_of_bin().filter(status=Status.FAILED, finished_at__isnull=False)
    visible = failed if person.is_owner else failed.for_owner(person)
    song = visible.order_by("-finished_at").first()
    if song is None:
        return None
    return {
        "code": song.error_code,
        "message": song.error_message,
        "at": song.finished_at,
        "song_id": str(song.id) if song.owner_id == person.pk else None,
    }
