"""How time and memory grow with a song's length.

python -m tests.bench.growth SONG
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from tests.bench.apart import measured_apart, on_one_core
from tests.bench.row import Row
from tests.bench.songs import as_long_as

MINUTES = (1, 10, 30, 60, 120)
STEEPEST = 1.15
"""Seconds a minute of music of the longest song may be so many times those of the others from ten minutes on."""
FLAT_MB = 60


def rows(source: Path, folder: Path) -> tuple[list[Row], str]:
    """The line of the table, and a table by length."""
    found = {}
    for minutes in MINUTES:
        path = as_long_as(source, folder / f"{minutes}.mp3", 60 * minutes)
        found[minutes] = measured_apart("tests.bench.growth", path)
        path.unlink()
    pace = {minutes: one["seconds"] / minutes for minutes, one in found.items()}
    longest = max(found)
    steeper = pace[longest] / min(pace[minutes] for minutes in found if minutes >= 10)
    grown = found[longest]["peak_mb"] - found[min(found)]["peak_mb"]
    row = Row(
        f"Growth with length, {min(found)} to {longest} minutes",
        f"linear (≤ {STEEPEST:g} times the seconds a minute), memory flat (≤ {FLAT_MB} MB more)",
        f"{steeper:.2f} times, {grown:.0f} MB more",
        steeper <= STEEPEST and grown <= FLAT_MB,
    )
    lines = ["| minutes | seconds | seconds a minute | peak memory |", "| --- | --- | --- | --- |"]
    lines += [f"| {m} | {one['seconds']:.2f} | {pace[m]:.3f} | {one['peak_mb']:.0f} MB |" for m, one in found.items()]
    return [row], "\n".join(lines)


def main() -> None:
    on_one_core()
    from ml.inference.analysis import analyse
    from ml.models.bundle import Bundle
    from tests.bench.networks import IN_USE

    bundle = Bundle.open(IN_USE)
    bundle.cnn1d, bundle.cnn2d  # noqa: B018  (loaded once in a worker's life, and not with every song)
    started = time.process_time()
    analyse(Path(sys.argv[1]), bundle=bundle)
    seconds = time.process_time() - started
    print(json.dumps({"seconds": seconds, "peak_mb": peak_mb()}))


def peak_mb() -> float:
    """The most that this process ever held; getrusage would count what its parent held when it was born, too."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


if __name__ == "__main__":
    main()
