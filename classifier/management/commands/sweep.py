"""Run the sweep and the clean-up."""

from __future__ import annotations

import logging
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connections
from django.utils import timezone

from classifier.errors import ProductError
from classifier.jobs.clean_up import clean_up
from classifier.jobs.sweep import songs_sweep

logger = logging.getLogger(__name__)

CLEAN_UP_EVERY_S = 60


class Command(BaseCommand):
    help = "Requeues songs whose worker or message was lost, and removes leftover files and expired rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=float, metavar="SECONDS", help="repeat, at this interval, until stopped")

    def handle(self, *args: Any, every: float | None, **options: Any) -> None:
        if every is None:
            result = songs_sweep(now=timezone.now())
            clean_up(now=timezone.now())
            self.stdout.write(f"{result}.")
            return
        self._repeat(max(every, 0.1))

    def _repeat(self, every_s: float) -> None:
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        next_clean_up = timezone.now().timestamp() + CLEAN_UP_EVERY_S
        while not stopped.wait(every_s):
            try:
                if result := songs_sweep(now=timezone.now()):
                    logger.info("Sweep: %s.", result)
                if timezone.now().timestamp() >= next_clean_up:
                    next_clean_up += CLEAN_UP_EVERY_S
                    clean_up(now=timezone.now())
            except (DatabaseError, OSError, ProductError) as error:
                # Nothing else requeues lost songs, so this process survives a restart of the database or the storage.
                logger.warning("The sweep failed and will run again: %s", error)
            finally:
                connections.close_all()
