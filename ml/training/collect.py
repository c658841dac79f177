"""Builds a data set to train on from a list of recordings.

    python -m ml.training.collect songs.csv --out var/data/songs           # files and links with moods
    python -m ml.training.collect calm.m3u8 --mood calm --cut 30           # 30 s from the middle of each song
    python -m ml.training.train --arch cnn2d --data var/data/songs

Each recording is downloaded or copied, decoded completely, and stored once under its hash. Rows that fail are reported
and left out. The next run skips finished rows and resumes downloads. See docs/collecting.md.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from ml.errors import MoodError
from ml.spec import SPEC
from ml.training.collecting.atomic_files import disk_errors
from ml.training.collecting.collector import COLLECTED, DUPLICATE, FAILED, SKIPPED, Collector, Outcome
from ml.training.collecting.dataset_store import DatasetStore
from ml.training.collecting.dataset_tables import LABELS, REPORT, write_labels, write_report
from ml.training.collecting.download import Downloader
from ml.training.collecting.entries import Entry
from ml.training.collecting.excerpts import Cut
from ml.training.collecting.http_client import FetchPolicy
from ml.training.collecting.recording_lists import read_lists


def collect(
    lists: list[Path], out: Path, *, mood: str = "", default_cut: Cut | None = None, policy: FetchPolicy | None = None
) -> list[Outcome]:
    """Collects the recordings of the lists into the folder `out`, writes its tables, and returns the outcomes in order.

    Raises MoodError: list_missing, list_unknown, list_unreadable, list_too_large, collect_busy, disk_full,
    folder_unwritable.
    """
    entries = read_lists(lists, mood)
    store = DatasetStore(out)
    with disk_errors(out), store.locked():
        collector = Collector(store, Downloader(policy), default_cut or Cut(), entries)
        outcomes = list(_with_bar(collector, entries))
        rows = write_labels(out, outcomes)
        write_report(out, outcomes)
    _print_summary(out, outcomes, rows)
    return outcomes


def _with_bar(collector: Collector, entries: list[Entry]) -> Iterator[Outcome]:
    """Collects the entries with a progress bar, and prints a line for each failure."""
    with tqdm(entries, unit="song", disable=None, file=sys.stderr) as bar:
        for entry in bar:
            outcome = collector.collect(entry, _Meter(bar))
            bar.set_postfix_str("")
            if outcome.outcome == FAILED:
                bar.clear()
                print(f"row {entry.row} of {entry.list_name}, {entry.place}: {outcome.message} [{outcome.code}]")
            yield outcome


class _Meter:
    """Shows the progress of a download next to the bar, a few times a second."""

    def __init__(self, bar: tqdm) -> None:
        self._bar = bar
        self._drawn = 0.0

    def __call__(self, here: int, size: int | None) -> None:
        if (now := time.monotonic()) - self._drawn > 0.2:
            self._drawn = now
            self._bar.set_postfix_str(f"{here / 1e6:.1f} of {size / 1e6:.1f} MB" if size else f"{here / 1e6:.1f} MB")


def _print_summary(out: Path, outcomes: list[Outcome], rows: list[dict[str, str]]) -> None:
    counts = Counter(each.outcome for each in outcomes)
    print(", ".join(f"{name}: {counts[name]}" for name in (COLLECTED, SKIPPED, DUPLICATE, FAILED)))
    for row, message in ((each.entry.row, each.message) for each in outcomes if each.outcome in (COLLECTED, SKIPPED)):
        if message:
            print(f"row {row}: {message}")
    moods = Counter(row["mood"] for row in rows)
    hours = sum(float(row["duration_s"]) for row in rows) / 3600
    mood_counts = ", ".join(f"{mood}: {count}" for mood, count in sorted(moods.items()) if mood)
    print(f"In {LABELS}: {len(rows)}, {hours:.2f} h" + (f" ({mood_counts})" if mood_counts else ""))
    if moods[""]:
        print(f"Without a mood: {moods['']}; add it to the list or to {LABELS}, or use --mood.")
    if rows:
        print(f"Train on it: python -m ml.training.train --arch NAME --data {shlex.quote(str(out))}")
    print(f"Outcome of each row: {out / REPORT}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lists", nargs="+", type=Path, metavar="LIST", help="csv, tsv, m3u, m3u8, pls, xspf or txt")
    parser.add_argument(
        "--out", type=Path, default=None, help="output folder; default: var/data/NAME with the list's name"
    )
    parser.add_argument("--mood", default="", help="mood of songs without one")
    parser.add_argument(
        "--cut", type=_cut_s, default=None, metavar="SECONDS", help="keep only this much of each song, as FLAC"
    )
    parser.add_argument("--cut-from", choices=["middle", "start"], default="middle")
    parser.add_argument("--largest-mb", type=_positive, default=500.0, help="maximum file size in MB (1,000,000 bytes)")
    parser.add_argument("--longest-s", type=_positive, default=1800.0, help="maximum download time of a file")
    parser.add_argument("--pause-s", type=_positive, default=1.0, help="pause between requests to the same server")
    args = parser.parse_args()
    try:
        outcomes = collect(
            args.lists,
            args.out or Path("var/data") / args.lists[0].stem,
            mood=args.mood.strip(),
            default_cut=Cut(length_s=args.cut, at=args.cut_from),
            policy=FetchPolicy(int(args.largest_mb * 1e6), args.longest_s, pause_s=args.pause_s),
        )
    except MoodError as error:
        sys.exit(f"{error.message} [{error.code}]")
    except KeyboardInterrupt:
        print("Stopped. Run the same command again to continue.", file=sys.stderr)
        sys.exit(130)
    if not any(each.recording for each in outcomes):
        sys.exit(1)


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return value


def _cut_s(text: str) -> float:
    value = _positive(text)
    if value < SPEC.min_duration_s:
        raise argparse.ArgumentTypeError(f"{text} s is too short; training needs {SPEC.min_duration_s:g} s or more")
    return value


if __name__ == "__main__":
    main()
