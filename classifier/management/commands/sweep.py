"""Run the sweep and the clean-up."""

from __future__ import annotations

import logging
import signal
import threading
from argparse import ArgumentParser
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connections
from django.utils import timezone

from classifier.errors import ProductError
from classifier.jobs.clean_up import clean_up
from classifier.jobs.clock import ClockWatch, terms_renew
from classifier.jobs.sweep import songs_sweep
from classifier.services.resumable_uploads import resumable_uploads_finish
from classifier.uploads.reserve_file import reserve_file_restore, reserve_file_shrink
from classifier.uploads.stored_files import is_disk_full

logger = logging.getLogger(__name__)

CLEAN_UP_EVERY_S = 60


def _once_a_minute() -> None:
    clean_up(now=timezone.now())
    if finished := resumable_uploads_finish(now=timezone.now()):
        logger.info("Stored %s songs of complete uploads.", finished)


class Command(BaseCommand):
    help = "Requeues songs whose worker or message was lost, and removes leftover files and expired rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=float, metavar="SECONDS", help="repeat, at this interval, until stopped")

    def handle(self, *args: Any, every: float | None, **options: Any) -> None:
        if every is None:
            reserve_file_restore()
            result = songs_sweep(now=timezone.now())
            _once_a_minute()
            self.stdout.write(f"{result}.")
            return
        self._repeat(max(every, 0.1))

    def _repeat(self, every_s: float) -> None:
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        reserve_file_restore()
        clock = ClockWatch()
        next_clean_up = monotonic() + CLEAN_UP_EVERY_S
        while not stopped.wait(every_s):
            try:
                if clock.was_set():
                    logger.warning("The clock of this machine was set: leases and unfinished uploads get a new term.")
                    terms_renew(now=timezone.now())
                if result := songs_sweep(now=timezone.now()):
                    logger.info("Sweep: %s.", result)
                if monotonic() >= next_clean_up:
                    next_clean_up = monotonic() + CLEAN_UP_EVERY_S
                    reserve_file_restore()
                    _once_a_minute()
            except (DatabaseError, OSError, ProductError) as error:
                # Nothing else requeues lost songs, so this process survives a restart of the database or the storage,
                # and a full disk.
                logger.warning("The sweep failed and will run again: %s", error)
                if is_disk_full(error):
                    reserve_file_shrink()
            finally:
                connections.close_all()
