"""Runs every file of a folder through decoder and tags, and compares the durations with ffprobe's.

    make corpus DIR=path/to/files                # decoder and tags
    make corpus DIR=path/to/files FULL=1         # the whole analysis of each file

Prints a line for each file that is not simply done, then a table. Each file is read in a child process, so that a
crash or a hang costs one file. Exits with 1 if a file crashed, hung, or raised anything but MoodError.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from ml.audio.decoding import DecodingInfo, decode
from ml.audio.sniffing import HEAD_BYTES, recognise
from ml.audio.tags import read_tags
from ml.errors import MoodError
from ml.inference.analysis import analyse
from ml.models.bundle import Bundle
from tests.system.product import ROOT

BUNDLE = ROOT / "ml" / "bundles" / "mood-5"
TOLERANCE = 0.02
"""Durations that differ by a larger share than this are listed."""
FAULTS = ("crashed", "hung", "internal_error")


@dataclass
class Outcome:
    """`code` is "done", a code of MoodError, or one of FAULTS."""

    code: str
    message: str = ""
    duration_s: float | None = None
    title: str | None = None
    mood: str | None = None
    warnings: list[str] = field(default_factory=list)
    ffprobe_s: float | None = None

    @property
    def differs(self) -> bool:
        """The duration is not ffprobe's, by more than the tolerance and more than 0.1 s."""
        if self.duration_s is None or self.ffprobe_s is None:
            return False
        return abs(self.duration_s - self.ffprobe_s) > max(0.1, TOLERANCE * self.ffprobe_s)


def outcome_of(path: Path, bundle: Bundle | None) -> Outcome:
    """Reads one file; with a bundle, analyses it."""
    try:
        with path.open("rb") as file:
            recognise(file.read(HEAD_BYTES))
        if bundle is not None:
            result = analyse(path, bundle=bundle)
            codes = [warning["code"] for warning in result.warnings]
            mood = result.answer["mood"]["name"]
            return Outcome("done", "", result.duration_s, result.title, mood, codes)
        info = DecodingInfo()
        for _ in decode(path, info):
            pass
        codes = [warning["code"] for warning in info.warnings]
        return Outcome("done", "", info.duration_s, read_tags(path).title, None, codes)
    except MoodError as error:
        return Outcome(error.code, error.message)
    except Exception as error:  # noqa: BLE001  (any other exception is a finding)
        return Outcome("internal_error", f"{type(error).__name__}: {error}")


def serve(connection: Connection, full: bool) -> None:
    """The child: receives paths, sends outcomes."""
    bundle = Bundle.open(BUNDLE) if full else None
    while True:
        try:
            path = connection.recv()
        except EOFError:
            return
        connection.send(outcome_of(path, bundle))


class Child:
    """A child process that reads files, started again after a crash or a timeout."""

    def __init__(self, full: bool, timeout_s: float) -> None:
        self.full = full
        self.timeout_s = timeout_s
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, other = context.Pipe()
        self.process = context.Process(target=serve, args=(other, self.full), daemon=True)
        self.process.start()
        other.close()

    def read(self, path: Path) -> Outcome:
        try:
            self.connection.send(path)
            if self.connection.poll(self.timeout_s):
                return self.connection.recv()
            outcome = Outcome("hung", f"No result after {self.timeout_s:g} s.")
        except (EOFError, BrokenPipeError):
            self.process.join()
            outcome = Outcome("crashed", f"The process ended with exit code {self.process.exitcode}.")
        self.stop()
        self._start()
        return outcome

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.connection.close()


def ffprobe_duration_s(path: Path) -> float | None:
    """None where ffprobe is not installed or reports no duration."""
    if shutil.which("ffprobe") is None:
        return None
    command = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "json", f"file:{path}"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
        return float(json.loads(done.stdout)["format"]["duration"])
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return None


def files_in(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*") if path.is_file())


def describe(path: Path, outcome: Outcome) -> str:
    parts = [str(path), outcome.code, outcome.message or ", ".join(outcome.warnings)]
    if outcome.differs:
        parts.append(f"{outcome.duration_s:.2f} s, ffprobe {outcome.ffprobe_s:.2f} s")
    return " | ".join(part for part in parts if part)


def summary(outcomes: list[Outcome], seconds: float) -> str:
    codes = Counter(outcome.code for outcome in outcomes)
    warnings = Counter(warning for outcome in outcomes for warning in outcome.warnings)
    compared = sum(outcome.ffprobe_s is not None and outcome.duration_s is not None for outcome in outcomes)
    rows = [
        ("files", str(len(outcomes))),
        *((code, str(count)) for code, count in sorted(codes.items(), key=lambda item: (item[0] != "done", item))),
        *((f"warning {code}", str(count)) for code, count in sorted(warnings.items())),
        ("durations compared with ffprobe", str(compared)),
        (f"durations that differ by more than {TOLERANCE:.0%}", str(sum(outcome.differs for outcome in outcomes))),
        ("seconds", f"{seconds:.0f}"),
    ]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {value:>7}" for name, value in rows)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--full", action="store_true", help="run the whole analysis of each file")
    parser.add_argument("--timeout", type=float, default=300.0, metavar="SECONDS", help="limit for one file")
    options = parser.parse_args(arguments)
    if not options.folder.is_dir():
        parser.error(f"{options.folder} is not a folder.")
    started = time.monotonic()
    child = Child(options.full, options.timeout)
    outcomes = []
    try:
        for path in files_in(options.folder):
            outcome = child.read(path)
            outcome.ffprobe_s = ffprobe_duration_s(path) if outcome.code == "done" else None
            outcomes.append(outcome)
            if outcome.code != "done" or outcome.warnings or outcome.differs:
                print(describe(path.relative_to(options.folder), outcome), flush=True)
    finally:
        child.stop()
    print(f"\n{summary(outcomes, time.monotonic() - started)}")
    return int(any(outcome.code in FAULTS for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
