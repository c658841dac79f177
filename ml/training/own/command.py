"""The part of `python -m ml.training.train` that trains on one's own songs."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from pathlib import Path

from ml.errors import MoodError
from ml.spec import SPEC
from ml.training.data.feature_cache import FeatureCache
from ml.training.older_networks import ARCHITECTURES, Architecture, architecture
from ml.training.own.label_files import LABELS
from ml.training.own.run_request import TrainingRequest

INTERRUPTED = 130
"""The exit status of a program that was stopped by Ctrl-C."""


def add_options(parser: argparse.ArgumentParser) -> None:
    own = parser.add_argument_group("a network of your own (see docs/own-data.md)")
    own.add_argument("--data", type=Path, help="mood-named folders, a CSV of files and moods, or what collect made")
    own.add_argument("--arch", help="which network; --list names them all")
    own.add_argument("--height", type=int, help="smaller pictures: faster, and coarser")
    own.add_argument("--validation-share", type=float, default=0.2, metavar="SHARE", help="of the songs: they judge")
    own.add_argument("--folds", type=int, default=0, help="judge by every song, in so many parts")
    own.add_argument("--mood-column", default="", metavar="NAME", help="another column of the table than mood")
    own.add_argument("--strict", action="store_true", help="stop at the first bad song, in place of leaving it out")
    own.add_argument("--cache", type=Path, default=Path("var/cache/features"), help="where features are kept")
    own.add_argument("--list", action="store_true", help="list the networks and what they read, and end")


def option_error(args: argparse.Namespace) -> str:
    """What is wrong with the options, or nothing."""
    if bool(args.data) != bool(args.arch):
        return "--data and --arch go together: what to learn from, and which network"
    if not 0.05 <= args.validation_share <= 0.5:
        return f"--validation-share is {args.validation_share:g}; it must be from 0.05 to 0.5"
    if not args.data and (unused := _own_options(args)):
        return f"only a network of your own knows {' and '.join(unused)}: say --arch and --data too"
    if args.folds and not 2 <= args.folds <= 20:
        return f"--folds is {args.folds}; it must be from 2 to 20"
    if args.epochs is not None and args.epochs < 1:
        return f"--epochs is {args.epochs}; it must be 1 or more"
    if args.height is not None and not 16 <= args.height <= 1024:
        return f"--height is {args.height}; it must be from 16 to 1024"
    if args.processes is not None and args.processes < 1:
        return f"--processes is {args.processes}; it must be 1 or more"
    return ""


def _own_options(args: argparse.Namespace) -> list[str]:
    """Those that were given, and mean nothing for the product's networks."""
    options = {
        "--folds": args.folds,
        "--height": args.height,
        "--mood-column": args.mood_column,
        "--strict": args.strict,
    }
    return [name for name, value in options.items() if value]


def train_and_report(args: argparse.Namespace, arguments: list[str]) -> int:
    """Trains, reports, and returns the exit status. `words`: the command as it was given."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from ml.training.own.run_report import report_run
    from ml.training.own.train_run import train_own

    try:
        network = _network(args)
        out = args.out or Path("var/training/own") / f"{network.name}-{dataset_name(args.data)}"
        request = TrainingRequest(
            network,
            args.data,
            out,
            command=shlex.join(["python", "-m", "ml.training.train", *arguments]),
            epochs=args.epochs,
            seed=args.seed,
            share=args.validation_share,
            folds=args.folds,
            mood_column=args.mood_column,
            strict=args.strict,
            processes=args.processes,
        )
        run = train_own(request, FeatureCache(args.cache, SPEC))
        report_run(run.folder)
    except MoodError as error:
        print(error.message, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The same command goes on from the last whole epoch.", file=sys.stderr)
        return INTERRUPTED
    return 0


def list_networks() -> None:
    for one in ARCHITECTURES.values():
        size = " x ".join(str(number) for number in one.shape)
        print(f"{one.name:16} {one.title:28} {size:16} {one.source}")


def dataset_name(data: Path) -> str:
    """What the songs are called: their folder, or their table; a collected folder's table is called like all others."""
    place = data.resolve()
    if place.name == LABELS:
        place = place.parent
    return place.stem if place.is_file() else place.name


def _network(args: argparse.Namespace) -> Architecture:
    network = architecture(args.arch)
    return network.scaled(args.height) if args.height else network
