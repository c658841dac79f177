"""Store the results of earlier versions in fewer bytes."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from classifier.jobs.compact_results import results_compact


class Command(BaseCommand):
    help = (
        "Rewrites results that an earlier version stored, which take several times the space. The application can "
        "run meanwhile, and the command can be stopped and run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = "then give the space back to the file system: nothing can be written meanwhile, and the disk needs room "
        parser.add_argument("--vacuum", action="store_true", help=f"{what}for a second copy (SQLite)")

    def handle(self, *args: Any, vacuum: bool, **options: Any) -> None:
        count = 0
        for rows in results_compact():
            count += rows
            self.stderr.write(f"\r{count:,} results", ending="")
        self.stderr.write("")
        self.stdout.write(f"Compacted {count:,} results." if count else "All results are compact.")
        if vacuum and connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("VACUUM")
