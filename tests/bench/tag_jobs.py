"""`manage.py tag` with several processes: a folder of songs with two jobs, relative to one."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from tests.bench.songs import copies
from tests.bench.tables import Row
from tests.system.product import ROOT, environment

SONGS = 30
MIN_RATIO = 1.8


def rows(song: Path, folder: Path) -> list[Row]:
    songs = copies(song, folder / "tag songs", SONGS)
    one, two = (_seconds(songs[0].parent, jobs, folder) for jobs in (1, 2))
    return [
        Row(
            f"`manage.py tag --jobs 2` with {SONGS} songs of 4 minutes, relative to one job",
            f"≥ {MIN_RATIO:g} times",
            f"{one / two:.2f} times: {one:.1f} s and {two:.1f} s",
            one >= MIN_RATIO * two,
        )
    ]


def _seconds(songs: Path, jobs: int, folder: Path) -> float:
    """Wall-clock time of the whole command."""
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "manage.py", "tag", "--jobs", str(jobs), str(songs)],
        cwd=ROOT,
        env=environment(DATA_DIR=str(folder / "tag")),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - started
