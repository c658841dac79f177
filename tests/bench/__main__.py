"""Measures the speed of everything that somebody waits for, prints a table and writes it into docs/speed.md.

    make bench                               # everything: five minutes on a quiet machine with two cores
    make bench ONLY="hearing cold"           # some of it, printed and not written

Nothing else should run meanwhile.
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
from tests.bench import cold, growth, hearing, library, older_way, product, training
from tests.bench.row import Row, stage_table, table
from tests.bench.songs import song
from tests.system.product import ROOT

DOCUMENT = ROOT / "docs" / "speed.md"


class Bench:
    """The measurements in the order of the table; texts beside it are kept by their title."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.song = song(folder / "song.mp3")
        self.clip = song(folder / "clip.mp3", seconds=30.0)
        self.texts: dict[str, str] = {}
        self.parts: dict[str, Callable[[], list[Row]]] = {
            "hearing": self.hearing,
            "product": lambda: product.rows(self.song, folder),
            "cold": lambda: cold.rows(self.clip, folder),
            "growth": self.growth,
            "older": lambda: older_way.rows(self.song),
            "library": library.rows,
            "training": training.rows,
        }

    def hearing(self) -> list[Row]:
        rows, stages = hearing.rows(self.song)
        self.texts["Where the time goes"] = stage_table(stages, music_s=240.0)
        return rows

    def growth(self) -> list[Row]:
        rows, self.texts["By length"] = growth.rows(self.song, self.folder)
        return rows


def main() -> int:
    only = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        bench = Bench(Path(folder))
        if unknown := set(only) - set(bench.parts):
            print(f"There is no {', '.join(sorted(unknown))}; there are {', '.join(bench.parts)}.", file=sys.stderr)
            return 2
        rows: list[Row] = []
        for name in only or bench.parts:
            started = time.monotonic()
            rows += bench.parts[name]()
            print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr)
    text = "\n\n".join([table(rows), *(f"## {title}\n\n{part}" for title, part in bench.texts.items())])
    print(text)
    if not only:
        text = f"{text}\n\nMeasured on {machine()}."
        DOCUMENT.write_text(replace_marked(DOCUMENT.read_text(), {"measured": text}))
    return int(any(row.met is False for row in rows))


def machine() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    names = [line for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    name = names[0].partition(":")[2].strip() if names else platform.processor()
    return f"{cores} cores ({name or 'unnamed'}), Python {platform.python_version()}"


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


if __name__ == "__main__":
    sys.exit(main())
