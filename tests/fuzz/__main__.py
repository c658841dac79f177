"""Mutation fuzzing of decoder, tags, file types, forms and resumable uploads.

    python -m tests.fuzz --seed 7 --count 20000
    python -m tests.fuzz --seed 7 --only 1234        # one input again

Damages the tests' own sounds and requests, and reads each result in a child process as the product would. No input may
crash or hang it, take more than 10 s of CPU time or 400 MB, or raise an exception that the product does not expect.
What does is printed with its number, and the input kept in a folder. Exits with 1 if there was any.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.child import damaged
from tests.fuzz.runner import Finding, Fuzzer, Report
from tests.fuzz.seeds import write_seeds

SHOWN_EVERY = 500


def main() -> int:
    arguments = _arguments()
    seed = secrets.randbelow(10**6) if arguments.seed is None else arguments.seed
    numbers = range(arguments.count) if arguments.only is None else [arguments.only]
    print(f"Seed {seed}, {len(numbers):,} inputs.", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        seeds, scratch = Path(folder, "seeds"), Path(folder, "scratch")
        scratch.mkdir()
        write_seeds(seeds)
        keep = Path(arguments.keep)
        fuzzer = Fuzzer(seeds, seed, scratch, on_finding=lambda one: _print(one, seed, _keep(one, seed, seeds, keep)))
        report = fuzzer.run(_shown(numbers, fuzzer.report), min(arguments.processes, len(numbers)))
    for (kind, outcome), count in sorted(report.outcomes.items()):
        print(f"{kind:6} {outcome:28} {count:7,}")
    print(
        f"{report.inputs:,} inputs in {time.monotonic() - started:.0f} s, at most {report.slowest_s:.2f} s of CPU time "
        f"and {report.largest_mb:.0f} MB. {len(report.findings)} findings with seed {seed}."
    )
    return int(bool(report.findings))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, help="the same seed makes the same inputs; by default a new one")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--only", type=int, metavar="NUMBER", help="this input of the seed alone")
    parser.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--keep", default=Path(tempfile.gettempdir(), "fuzz-findings"), help="folder for findings")
    return parser.parse_args()


def _shown(numbers: object, report: Report):  # type: ignore[no-untyped-def]
    """The numbers, with a line now and then."""
    for place, number in enumerate(numbers, start=1):  # type: ignore[call-overload]
        if place % SHOWN_EVERY == 0:
            print(f"{place:,} inputs, {len(report.findings)} findings", file=sys.stderr, flush=True)
        yield number


def _keep(finding: Finding, seed: int, seeds: Path, folder: Path) -> Path:
    kind, name, content = damaged(seeds, seed, finding.number)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{seed}-{finding.number}-{kind}-{name}"
    path.write_bytes(content)
    return path


def _print(finding: Finding, seed: int, path: Path) -> None:
    print(f"Input {finding.number}, {path.name}: {finding.problem}", flush=True)
    print(f"    Kept as {path}. Again: python -m tests.fuzz --seed {seed} --only {finding.number}")


if __name__ == "__main__":
    sys.exit(main())
