"""Measures speed and memory, prints a table and writes it to docs/speed.md.

    make bench                               # everything
    make bench ONLY="analysis cold-start"    # some of it; printed, not written
    make bench ONLY=load                     # 200 clients: written to a table of its own

Run nothing else meanwhile. The tables end with how long they took.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ml.training.reports.markdown import replace_marked
from tests.bench import (
    analysis,
    cold_start,
    exports,
    library,
    library_size,
    librosa_baseline,
    load,
    product,
    scans,
    song_length,
    tag_jobs,
    training,
    workers,
)
from tests.bench.songs import song
from tests.bench.tables import Row, stage_table, table
from tests.system.product import ROOT

DOCUMENT = ROOT / "docs" / "speed.md"


class Bench:
    """The measurements in the order of the table, and further sections by title."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.song = song(folder / "song.mp3")
        self.clip = song(folder / "clip.mp3", seconds=30.0)
        self.sections: dict[str, str] = {}
        self.parts: dict[str, Callable[[], list[Row]]] = {
            "analysis": self.analysis,
            "product": lambda: product.rows(self.song, folder),
            "workers": lambda: workers.rows(self.song, folder),
            "cold-start": lambda: cold_start.rows(self.clip, folder),
            "tag-jobs": lambda: tag_jobs.rows(self.song, folder),
            "song-length": self.song_length,
            "librosa": lambda: librosa_baseline.rows(self.song),
            "library": library.rows,
            "scans": scans.rows,
            "library-size": lambda: library_size.rows(self.song),
            "exports": exports.rows,
            "training": training.rows,
        }
        # Not part of everything: it is only about the web server, and takes as long as the rest.
        self.apart: dict[str, Callable[[], list[Row]]] = {"load": lambda: load.rows(folder)}

    def analysis(self) -> list[Row]:
        rows, stages = analysis.rows(self.song)
        self.sections["Time by stage"] = stage_table(stages, music_s=240.0)
        return rows

    def song_length(self) -> list[Row]:
        rows, self.sections["By length of the song"] = song_length.rows(self.song, self.folder)
        return rows


def main() -> int:
    only = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        bench = Bench(Path(folder))
        parts = bench.parts | bench.apart
        if unknown := set(only) - set(parts):
            print(f"Unknown: {', '.join(sorted(unknown))}. Choose from {', '.join(parts)}.", file=sys.stderr)
            return 2
        rows: list[Row] = []
        began = time.monotonic()
        for name in only or bench.parts:
            started = time.monotonic()
            rows += parts[name]()
            print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr)
        minutes = (time.monotonic() - began) / 60
    text = "\n\n".join([table(rows), *(f"## {title}\n\n{part}" for title, part in bench.sections.items())])
    print(text)
    mark = "measured" if not only else only[0] if only in ([name] for name in bench.apart) else ""
    if mark:
        text = f"{text}\n\nMeasured on {machine()}, in {minutes:.0f} minutes."
        DOCUMENT.write_text(replace_marked(DOCUMENT.read_text(), {mark: text}))
    return int(any(row.met is False for row in rows))


def machine() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    names = [line for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    name = names[0].partition(":")[2].strip() if names else platform.processor()
    return f"{cores} cores ({name or 'unknown processor'}), Python {platform.python_version()}"


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


if __name__ == "__main__":
    sys.exit(main())
