"""The first answer of a cold command, against one that does nothing."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from tests.bench.row import Row
from tests.system.product import ROOT, environment

RUNS = 5
MOST = 5.0
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
        "First answer of a cold `manage.py tag` on a 30 s clip, against an empty Django command",
        f"≤ {MOST:g} times",
        f"{cold / empty:.2f} times: {cold:.2f} s against {empty:.2f} s",
        cold <= MOST * empty,
    )
    return [row]


def _seconds(command: list[str], settings: dict[str, str]) -> float:
    """As somebody waits who typed it."""
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=settings, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started
