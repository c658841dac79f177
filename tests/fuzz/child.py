"""The process that reads damaged input: `python -m tests.fuzz.child SEEDS SEED SCRATCH`.

It prints a line when it is ready, then for each number on standard input a line of JSON. What kills it costs one input.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
import traceback
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from tests.fuzz.mutations import mutated
from tests.fuzz.seeds import FILES, FORMS, TUS

ADDRESS_SPACE_BYTES = 4_096_000_000
"""As MAX_MEMORY_MB limits the analysis process."""

KINDS = (FILES, FILES, FILES, FILES, FILES, FILES, FORMS, FORMS, TUS)
"""Of nine inputs, how many are of each kind."""


def damaged(seeds: Path, seed: int, number: int) -> tuple[str, str, bytes]:
    """Kind, name of the undamaged file and content of an input."""
    rng = Random(f"{seed}:{number}")
    kind = rng.choice(KINDS)
    names = names_of(seeds / kind)
    name = rng.choice(names)
    other = rng.choice(names)
    return kind, name, mutated((seeds / kind / name).read_bytes(), rng, (seeds / kind / other).read_bytes())


@cache
def names_of(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class Reader:
    """Calls what reads an input of a kind."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch

    def read(self, kind: str, content: bytes) -> str:
        from tests.fuzz.targets import read_song

        if kind != FILES:
            return _site().answer(content)
        path = self.scratch / f"song-{os.getpid()}"
        path.write_bytes(content)
        return read_song(path)


@cache
def _site() -> Any:
    from tests.fuzz.targets import Site

    return Site()


def resident_peak_mb(*, reset: bool = False) -> float:
    """The peak since the last reset; where Linux cannot reset it, since the start."""
    try:
        if reset:
            Path("/proc/self/clear_refs").write_text("5")
        status = Path("/proc/self/status").read_text()
        return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(reader: Reader, kind: str, content: bytes) -> dict[str, Any]:
    """What became of an input, its CPU time, and the memory that it took."""
    before_mb = resident_peak_mb(reset=True)
    started = time.process_time()
    problem = ""
    try:
        outcome = reader.read(kind, content)
    except Exception as error:  # noqa: BLE001 (every exception is a finding)
        outcome = "raised"
        problem = f"{type(error).__name__}: {error}\n{''.join(traceback.format_tb(error.__traceback__)[-4:])}"
    return {
        "outcome": outcome,
        "problem": problem,
        "cpu_s": time.process_time() - started,
        "memory_mb": max(0.0, resident_peak_mb() - before_mb),
    }


def main() -> None:
    seeds, seed, scratch = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    # Only this channel is read: libraries may print.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    reader = Reader(scratch)
    # Modules and the database are loaded before anything is measured.
    for kind in (FILES, FORMS, TUS):
        for name in names_of(seeds / kind)[:4]:
            reader.read(kind, (seeds / kind / name).read_bytes())
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))
    answers.write("ready\n")
    for line in sys.stdin:
        kind, name, content = damaged(seeds, seed, int(line))
        answers.write(json.dumps({"kind": kind, "name": name, **measured(reader, kind, content)}) + "\n")


if __name__ == "__main__":
    main()
