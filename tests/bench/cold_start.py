"""The first result of `manage.py tag`, against a command that does nothing."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from tests.bench.tables import Row
from tests.system.product import ROOT, environment

RUNS = 5
MAX_RATIO = 5.0
NOTHING = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mmc.settings")
import django
django.setup()
from django.core.management.base import BaseCommand
class Nothing(BaseCommand):
    def handle(self, *args, **options):
        pass
Nothing().run_from_argv(["manage.py", "nothing"])
"""


def rows(song: Path, folder: Path) -> list[Row]:
    settings = environment(DATA_DIR=str(folder / "cold"))
    tag, nothing = [], []
    for _ in range(RUNS + 1):
        nothing.append(_seconds([sys.executable, "-c", NOTHING], settings))
        tag.append(_seconds([sys.executable, "manage.py", "tag", str(song)], settings))
    cold, empty = median(tag[1:]), median(nothing[1:])
    row = Row(
        "Cold start of `manage.py tag` with a 30 s clip, relative to an empty Django command",
        f"≤ {MAX_RATIO:g} times",
        f"{cold / empty:.2f} times: {cold:.2f} s and {empty:.2f} s",
        cold <= MAX_RATIO * empty,
    )
    return [row]


def _seconds(command: list[str], settings: dict[str, str]) -> float:
    """Wall-clock time."""
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started
