"""The options and the work of `python -m ml.training.train --data`."""

from __future__ import annotations

import argparse
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
"""The exit status after Ctrl-C."""


def add_options(parser: argparse.ArgumentParser) -> None:
    own = parser.add_argument_group("your own songs (see docs/own-data.md)")
    own.add_argument("--data", type=Path, help="folders named after moods, a CSV table, or the output of collect")
    own.add_argument("--arch", help="the network; --list shows all")
    own.add_argument("--height", type=int, help="height of images: smaller is faster, with less detail")
    own.add_argument("--validation-share", type=float, default=0.2, metavar="SHARE", help="share of the test set")
    own.add_argument("--folds", type=int, default=0, help="number of folds for cross-validation")
    own.add_argument("--mood-column", default="", metavar="NAME", help="column of the table with moods")
    own.add_argument("--strict", action="store_true", help="stop if a song cannot be used, instead of leaving it out")
    own.add_argument("--cache", type=Path, default=Path("var/cache/features"), help="folder of the feature cache")
    own.add_argument("--list", action="store_true", help="list all networks with their inputs, then exit")


def option_error(args: argparse.Namespace) -> str:
    """An error message for the options, or an empty string."""
    if bool(args.data) != bool(args.arch):
        return "--data and --arch are needed together: the songs, and the network"
    if not 0.05 <= args.validation_share <= 0.5:
        return f"--validation-share is {args.validation_share:g}; it must be from 0.05 to 0.5"
    if not args.data and (unused := _own_options(args)):
        return f"{' and '.join(unused)} can only be used with --arch and --data"
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
    """Given options that have no meaning for the product's networks."""
    options = {
        "--folds": args.folds,
        "--height": args.height,
        "--mood-column": args.mood_column,
        "--strict": args.strict,
    }
    return [name for name, value in options.items() if value]


def train_and_report(args: argparse.Namespace, arguments: list[str]) -> int:
    """Trains, reports, and returns the exit status. `arguments` are those of the command line."""
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
        print("\nInterrupted. Run the same command again to resume from the last complete epoch.", file=sys.stderr)
        return INTERRUPTED
    return 0


def list_networks() -> None:
    for one in ARCHITECTURES.values():
        size = " x ".join(str(number) for number in one.shape)
        print(f"{one.name:16} {one.title:28} {size:16} {one.source}")


def dataset_name(data: Path) -> str:
    """The name of the folder or table; for a labels.csv, that of its folder."""
    place = data.resolve()
    if place.name == LABELS:
        place = place.parent
    return place.stem if place.is_file() else place.name


def _network(args: argparse.Namespace) -> Architecture:
    network = architecture(args.arch)
    return network.scaled(args.height) if args.height else network
