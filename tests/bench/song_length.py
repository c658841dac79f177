"""How time and memory grow with the length of a song.

python -m tests.bench.song_length SONG
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from tests.bench.measurement import measure_in_subprocess, use_one_core
from tests.bench.songs import repeat_to_length
from tests.bench.tables import Row

MINUTES = (1, 10, 30, 60, 120)
MAX_SLOWDOWN = 1.15
"""Of the longest song, in seconds a minute of music, relative to the fastest song of at least ten minutes."""
MAX_GROWTH_MB = 60


def rows(source: Path, folder: Path) -> tuple[list[Row], str]:
    """The row for the main table, and a table by length."""
    measurements = {}
    for minutes in MINUTES:
        path = repeat_to_length(source, folder / f"{minutes}.mp3", 60 * minutes)
        measurements[minutes] = measure_in_subprocess("tests.bench.song_length", path)
        path.unlink()
    pace = {minutes: one["seconds"] / minutes for minutes, one in measurements.items()}
    longest = max(measurements)
    slowdown = pace[longest] / min(pace[minutes] for minutes in measurements if minutes >= 10)
    growth_mb = measurements[longest]["peak_mb"] - measurements[min(measurements)]["peak_mb"]
    row = Row(
        f"Growth with the length of a song, {min(measurements)} to {longest} minutes",
        f"linear (≤ {MAX_SLOWDOWN:g} times the time per minute), memory flat (≤ {MAX_GROWTH_MB} MB more)",
        f"{slowdown:.2f} times, {growth_mb:.0f} MB more",
        slowdown <= MAX_SLOWDOWN and growth_mb <= MAX_GROWTH_MB,
    )
    lines = ["| minutes | seconds | seconds a minute | peak memory |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {m} | {one['seconds']:.2f} | {pace[m]:.3f} | {one['peak_mb']:.0f} MB |" for m, one in measurements.items()
    ]
    return [row], "\n".join(lines)


def main() -> None:
    use_one_core()
    from ml.inference.analysis import analyse
    from ml.models.bundle import Bundle
    from tests.bench.measurement import CURRENT_BUNDLE

    bundle = Bundle.open(CURRENT_BUNDLE)
    bundle.cnn1d, bundle.cnn2d  # noqa: B018  (a worker loads them once)
    started = time.process_time()
    analyse(Path(sys.argv[1]), bundle=bundle)
    seconds = time.process_time() - started
    print(json.dumps({"seconds": seconds, "peak_mb": peak_mb()}))


def peak_mb() -> float:
    """Of this process; getrusage would include the memory of its parent at the time of the fork."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


if __name__ == "__main__":
    main()
