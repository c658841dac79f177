"""The owner's page about the installation. It refreshes itself; without JavaScript it is that of its request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.charts.status.songs_by_hour import HOURS, SongsByHour, songs_by_hour
from classifier.localized import grouped, songs_text
from classifier.models import OwnModel, Person, Song
from classifier.monitoring import counters
from classifier.monitoring.disk import size_text
from classifier.monitoring.readiness import Readiness
from classifier.monitoring.snapshot import Snapshot, Worker, snapshot, versions
from classifier.monitoring.status import last_errors, running_songs, unsafe_settings

CHECKS = {
    "database": gettext_noop("Database"),
    "migrations": gettext_noop("Migrations"),
    "storage": gettext_noop("Storage"),
    "disk": gettext_noop("Disk"),
    "broker": gettext_noop("Broker"),
    "model": gettext_noop("Model"),
    "worker": gettext_noop("Workers"),
}
QUEUES = {
    "interactive": gettext_noop("Single songs"),
    "bulk": gettext_noop("Songs of large uploads"),
    "saliency": gettext_noop("Saliency maps"),
}

DAY_S = 86_400


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
        "checks": [(gettext(title), state.readiness.checks.get(name, False)) for name, title in CHECKS.items()],
        "workers": worker_rows(state, request.user, now),
        "queues": queue_rows(state),
        "sources": source_rows(state),
        "chart": chart(now),
        "errors": last_errors(request.user, now=now),
        "storage": storage_rows(state),
        "unsafe": unsafe_settings(),
        "versions": versions().items(),
        "model": settings.MODEL_BUNDLE,
        "own_models": list(OwnModel.objects.used().values_list("name", flat=True)),
    }
    return render(request, "status/page.html", context)


def summary(state: Readiness) -> str:
    if not state.reasons:
        return gettext("Everything works.")
    if state.ready:
        return gettext("Songs can be uploaded, but one thing needs attention.")
    count = sum(reason.blocks for reason in state.reasons)
    return ngettext(
        "One problem prevents songs from being accepted or analysed.",
        "%(count)s problems prevent songs from being accepted or analysed.",
        count,
    ) % {"count": count}


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
        oldest = ""
        if queue.length:
            oldest = gettext("the first for %(time)s") % {"time": age_text(timedelta(seconds=queue.oldest_age_s))}
        maps = ngettext("%(count)s map", "%(count)s maps", queue.length) % {"count": grouped(queue.length)}
        waiting = maps if queue.kind == "saliency" else songs_text(queue.length)
        rows.append((gettext(QUEUES[queue.kind]), waiting, oldest))
    return rows


def source_rows(state: Snapshot) -> list[tuple[str, str]]:
    """Empty without sources."""
    sources = sum(state.scans.values())
    if not sources:
        return []
    failed, running = state.scans["failed"], state.scans["running"]
    scans = [grouped(sources)]
    if running:
        scans.append(gettext("%(count)s scanned now") % {"count": grouped(running)})
    if failed:
        scans.append(gettext("the last scan of %(count)s failed") % {"count": grouped(failed)})
    return [
        (gettext("Songs of sources that are not due yet"), songs_text(state.held)),
        (gettext("Sources"), ", ".join(scans)),
    ]


def chart(now: datetime) -> SongsByHour:
    first = counters.period_of(now - timedelta(hours=HOURS))
    ended = counters.songs_in_periods(first=first, last=counters.period_of(now))
    return songs_by_hour(ended, period_s=counters.PERIOD_S, now=now)


def storage_rows(state: Snapshot) -> list[tuple[str, str]]:
    disk = state.disk
    rows = [
        (
            gettext("Disk"),
            gettext("%(free)s of %(total)s left, %(reserve)s of it kept free")
            % {"free": disk.free_text, "total": size_text(disk.total_bytes), "reserve": disk.reserve_text},
        ),
        (
            gettext("Songs"),
            gettext("%(stored)s stored, %(failed)s failed")
            % {"stored": grouped(state.stored), "failed": grouped(state.failed)},
        ),
        (gettext("Uploads in progress"), _uploads_text(state)),
    ]
    if state.database_bytes is not None:
        rows.append((gettext("Database"), size_text(state.database_bytes)))
    return rows


def _uploads_text(state: Snapshot) -> str:
    if not state.uploads:
        return gettext("none")
    values = {"count": grouped(state.uploads), "size": size_text(state.upload_bytes_left)}
    return gettext("%(count)s, %(size)s to come") % values


def _current(song: Song, person: Person, now: datetime) -> CurrentSong:
    since = age_text(now - song.started_at) if song.started_at else ""
    if song.owner_id == person.pk:
        return CurrentSong(song.display_title, song, since)
    return CurrentSong(gettext("a song of %(name)s") % {"name": song.owner.get_username()}, None, since)


def age_text(age: timedelta) -> str:
    """Rounded down: “12 s”, “5 min”, “3 h”, “2 days”."""
    seconds = max(int(age.total_seconds()), 0)
    if seconds >= 2 * DAY_S:
        return gettext("%(count)s days") % {"count": seconds // DAY_S}
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
