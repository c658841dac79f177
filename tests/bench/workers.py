"""Songs a minute with several worker processes, and what they wait for."""

from __future__ import annotations

import os
from pathlib import Path

from tests.bench.product import served, songs_a_minute
from tests.bench.songs import copies
from tests.bench.tables import Row

PROCESSES = (1, 2, 4)
SONGS_EACH = 12


def rows(song: Path, folder: Path) -> list[Row]:
    results = []
    for count in PROCESSES:
        songs = copies(song, folder / f"{count} workers songs", SONGS_EACH * count + count)
        with served(folder / f"{count} workers", processes=count) as (product, client):
            before = busy_seconds()
            rate = songs_a_minute(product, client, songs, processes=count)
            after = busy_seconds()
        busy, total = (end - start for start, end in zip(before, after, strict=True))
        results.append(f"{count}: {rate:.0f} (processors {busy / total:.0%} busy)")
    cores = len(os.sched_getaffinity(0))
    return [Row(f"Songs a minute by worker processes, on {cores} cores (4-minute mp3s)", "", ", ".join(results), None)]


def busy_seconds() -> tuple[float, float]:
    """Of all processors since the start of the machine: busy, and in all. Includes the sending of the songs."""
    fields = [int(text) for text in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return float(sum(fields) - fields[3] - fields[4]), float(sum(fields))
