"""Puts owed songs back into the queue."""

from __future__ import annotations

import logging
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connections
from django.utils import timezone

from classifier.jobs.clean_up import clean_up
from classifier.jobs.sweep import songs_sweep

logger = logging.getLogger(__name__)

LEFTOVERS_EVERY_S = 60


class Command(BaseCommand):
    help = "Puts songs back into the queue whose worker or whose message was lost."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=float, metavar="SECONDS", help="go on, and sweep again so often")

    def handle(self, *args: Any, every: float | None, **options: Any) -> None:
        if every is None:
            swept = songs_sweep(now=timezone.now())
            clean_up(now=timezone.now())
            self.stdout.write(f"{swept}.")
            return
        self._go_on(max(every, 0.1))

    def _go_on(self, every_s: float) -> None:
        over = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: over.set())
        next_leftovers = timezone.now().timestamp() + LEFTOVERS_EVERY_S
        while not over.wait(every_s):
            try:
                if swept := songs_sweep(now=timezone.now()):
                    logger.info("Swept: %s.", swept)
                if timezone.now().timestamp() >= next_leftovers:
                    next_leftovers += LEFTOVERS_EVERY_S
                    clean_up(now=timezone.now())
            except (DatabaseError, OSError) as error:
                # The sweep is what everything else relies on: it outlives a database that restarts.
                logger.warning("This sweep failed, and the next one will try again: %s", error)
            finally:
                connections.close_all()
