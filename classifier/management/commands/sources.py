"""Scan sources, watch folders, queue songs that are due, refresh playlists, recalibrate results, name songs by
changed vocabularies, write moods into files, and deliver webhooks."""

from __future__ import annotations

import contextlib
import logging
import signal
import subprocess
import sys
import threading
import uuid
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections
from django.utils import timezone

from classifier.errors import ProductError
from classifier.models import ScanStatus, Source, SourceKind, TagJob, Vocabulary
from classifier.playlists.schedule import playlists_due, playlists_update
from classifier.recalibration.application import recalibrations_apply, recalibrations_due
from classifier.services.recalibration import recalibrations_send_again
from classifier.sources.pacing import songs_release
from classifier.sources.removal import removal_finish, removals
from classifier.sources.scan import scan_request, scans_due, source_scan
from classifier.sources.watching import FolderWatcher
from classifier.tagging.leases import tag_jobs_due
from classifier.tagging.run import tag_job_run
from classifier.vocabularies.names import vocabularies_apply
from classifier.webhooks.delivery import deliver_due
from classifier.webhooks.delivery_thread import DeliveryThread

logger = logging.getLogger(__name__)

MANAGE = Path(settings.BASE_DIR, "manage.py")
SCANS_AT_ONCE = 2
"""So that a server that answers slowly does not stop the folders."""
TAG_JOBS_AT_ONCE = 1
"""They are as fast as the disk."""
STOP_S = 2.0


@contextlib.contextmanager
def stop_on_signals() -> Iterator[threading.Event]:
    """An event that SIGTERM and Ctrl-C set."""
    stopped = threading.Event()
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, lambda *_: stopped.set()) for number in numbers]
    try:
        yield stopped
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


class Command(BaseCommand):
    help = (
        "Scans folders and music servers, watches folders, releases songs to the workers, refreshes playlists, "
        "recalibrates results, writes moods into files, and delivers webhooks."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=float, metavar="SECONDS", help="repeat, at this interval, until stopped")
        parser.add_argument("--scan", type=uuid.UUID, metavar="ID", help="scan this source only, or finish its removal")
        parser.add_argument("--tag-job", type=uuid.UUID, metavar="ID", help="work on this task of tags only")
        parser.add_argument("--playlists", action="store_true", help="only refresh the playlists that are due")
        parser.add_argument("--recalibrate", action="store_true", help="only recalibrate results that are due")
        parser.add_argument("--vocabularies", action="store_true", help="only name songs by changed vocabularies")

    def handle(
        self,
        *args: Any,
        every: float | None,
        scan: uuid.UUID | None,
        tag_job: uuid.UUID | None,
        playlists: bool,
        recalibrate: bool,
        vocabularies: bool,
        **options: Any,
    ) -> None:
        with stop_on_signals() as stopped:
            if scan is not None:
                self._scan(scan, stopped)
            elif tag_job is not None:
                self._tag_job(tag_job, stopped)
            elif playlists:
                playlists_update(timezone.now, stopped.is_set)
            elif recalibrate:
                recalibrations_apply(timezone.now(), should_stop=stopped.is_set)
            elif vocabularies:
                vocabularies_apply(stopped.is_set)
            elif every is None:
                for source in [*removals(), *scans_due(timezone.now())]:
                    _work_on(source, stopped)
                for job in tag_jobs_due(timezone.now()):
                    tag_job_run(job, timezone.now(), should_stop=stopped.is_set)
                songs_release(timezone.now())
                vocabularies_apply(stopped.is_set)
                playlists_update(timezone.now, stopped.is_set)
                recalibrations_send_again(timezone.now())
                recalibrations_apply(timezone.now(), should_stop=stopped.is_set)
                deliver_due()
            else:
                self._repeat(max(every, 0.1), stopped)

    def _scan(self, source_id: uuid.UUID, stopped: threading.Event) -> None:
        source = Source.objects.filter(id=source_id).first()
        if source is None:
            raise CommandError(f"There is no source {source_id}.")
        _work_on(source, stopped)

    def _tag_job(self, job_id: uuid.UUID, stopped: threading.Event) -> None:
        job = TagJob.objects.filter(id=job_id).first()
        if job is None:
            raise CommandError(f"There is no task {job_id}.")
        tag_job_run(job, timezone.now(), should_stop=stopped.is_set)

    def _repeat(self, every_s: float, stopped: threading.Event) -> None:
        watcher = FolderWatcher(poll=settings.SOURCE_WATCH == "poll")
        scans, tag_jobs = ChildProcesses("--scan", SCANS_AT_ONCE), ChildProcesses("--tag-job", TAG_JOBS_AT_ONCE)
        # One process for all that are due: most of them take a moment.
        playlists, recalibrations = ChildProcesses("--playlists", 1), ChildProcesses("--recalibrate", 1)
        vocabularies = ChildProcesses("--vocabularies", 1)
        deliveries = DeliveryThread()
        deliveries.start()
        try:
            while not stopped.wait(every_s):
                try:
                    songs_release(timezone.now())
                    # A large library takes minutes, for which nothing else may wait.
                    vocabularies.start([None] if Vocabulary.objects.filter(is_applied=False).exists() else [])
                    if settings.SOURCE_WATCH != "off":
                        _request_changed(watcher)
                    scans.start(source.id for source in [*removals(), *scans_due(timezone.now())])
                    tag_jobs.start(job.id for job in tag_jobs_due(timezone.now()))
                    playlists.start([None] if playlists_due(timezone.now()).exists() else [])
                    recalibrations_send_again(timezone.now())
                    recalibrations.start([None] if recalibrations_due(timezone.now()).exists() else [])
                except (DatabaseError, OSError, ProductError) as error:
                    # As the sweep: this process survives a restart of the database, and a full disk.
                    logger.warning("Sources are not scanned now, and will be later: %s", error)
                finally:
                    connections.close_all()
        finally:
            watcher.stop()
            for processes in (scans, tag_jobs, playlists, recalibrations, vocabularies):
                processes.stop()
            deliveries.stop()


def _work_on(source: Source, stopped: threading.Event) -> None:
    if source.scan_status == ScanStatus.REMOVING:
        removal_finish(source, should_stop=stopped.is_set)
    else:
        source_scan(source, timezone.now(), should_stop=stopped.is_set)


def _request_changed(watcher: FolderWatcher) -> None:
    folders = list(Source.objects.filter(kind=SourceKind.FOLDER).exclude(scan_status=ScanStatus.REMOVING))
    # A folder that is there again, such as one that was not mounted.
    back = watcher.watch({source.address for source in folders})
    changed = set(watcher.changed_folders())
    for source in folders:
        is_back = source.address in back and source.scan_status == ScanStatus.FAILED
        if (source.address in changed or is_back) and not scan_request(source, timezone.now()):
            watcher.remember(source.address)  # a scan runs, and may have passed it already


class ChildProcesses:
    """Each source or task in a process of its own: what one needs is free again afterwards, and a bad file cannot stop
    the others."""

    def __init__(self, option: str, at_once: int) -> None:
        self._option = option
        self._at_once = at_once
        self._running: dict[uuid.UUID | None, subprocess.Popen[bytes]] = {}

    def start(self, due: Iterable[uuid.UUID | None]) -> None:
        """Those that do not run yet, in their order, as far as there is room. None is the option alone."""
        for one, process in list(self._running.items()):
            if process.poll() is not None:
                del self._running[one]
        for one in due:
            if len(self._running) >= self._at_once:
                return
            if one not in self._running:
                argument = [str(one)] if one else []
                command = [sys.executable, "-u", str(MANAGE), "sources", self._option, *argument]
                self._running[one] = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def stop(self) -> None:
        """What is asked to stop goes on, or is done again, with the next start."""
        for process in self._running.values():
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        for process in self._running.values():
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
