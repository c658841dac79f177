"""Trains the product's networks with cross-validation, or any network on your own songs.

    python -m ml.training.train --pack var/training/pack                 # both networks, five folds and the final one
    python -m ml.training.train --pack ... --network cnn2d --fold 0      # one of them
    python -m ml.training.train --processes 2 --fold 0                   # both without fold 0, two members in parallel

    python -m ml.training.train --arch residual_cnn --data DIR           # folders named after moods
    python -m ml.training.train --arch cnn1d --data songs.csv            # columns file, mood; optional: artist, fold
    python -m ml.training.train --arch cnn1d --data var/data/songs       # output of ml.training.collect
    python -m ml.training.train --list                                   # list all networks

Skips finished work and resumes interrupted work. See docs/training.md for expected times and results of the product's
networks, and docs/own-data.md for your own songs.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from ml.training.own.command import add_options, list_networks, option_error, train_and_report
from ml.training.product.parallel_training import train_in_parallel
from ml.training.product.recipes import RECIPES, STARTS

PRODUCT = Path("var/training/mood-5")
NETWORKS = ("cnn1d", "cnn2d")
FOLDS = ("0", "1", "2", "3", "4", "final")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=None, help=f"default: {PRODUCT}, or var/training/own/…")
    parser.add_argument("--epochs", type=int, default=None, help="number of epochs; default: the recipe's")
    parser.add_argument("--seed", type=int, default=0, help="added to the seeds of the product's members")
    parser.add_argument("--processes", type=int, default=None, help="number of parallel processes")
    product = parser.add_argument_group("the product's networks")
    product.add_argument("--pack", type=Path, default=Path("var/training/pack"), help="made by ml.training.pack")
    product.add_argument("--network", choices=[*NETWORKS, "both"], default="both")
    product.add_argument("--fold", choices=[*FOLDS, *STARTS, "all"], default="all", help="a fold, or a shared start")
    product.add_argument("--member", type=int, default=None, help="train only this member, counted from 0")
    add_options(parser)
    args = parser.parse_args()
    if wrong := option_error(args):
        parser.error(wrong)
    if args.list:
        list_networks()
        return 0
    if args.data:
        return train_and_report(args, sys.argv[1:])
    return train_product(args)


def train_product(args: argparse.Namespace) -> int:
    if not args.pack.is_dir():
        print(f"{args.pack} does not exist. Make it with: python -m ml.training.pack --data DIR", file=sys.stderr)
        return 1
    networks = NETWORKS if args.network == "both" else (args.network,)
    folds = FOLDS if args.fold == "all" else (args.fold,)
    out = args.out or PRODUCT
    if (args.processes or 1) > 1:
        more = ["--seed", str(args.seed)] + (["--epochs", str(args.epochs)] if args.epochs else [])
        if not train_in_parallel(args.pack, networks, folds, out, args.processes, more):
            return 1
    from ml.training.data.packing import Pack
    from ml.training.product.cross_validation import train_fold, train_start  # loads TensorFlow

    pack = Pack.load(args.pack)
    for network in networks:
        members = [
            replace(recipe, epochs=args.epochs or recipe.epochs, seed=args.seed + recipe.seed)
            for recipe in RECIPES[network]
        ]
        for fold in folds:
            if fold in STARTS:
                train_start(pack, network, fold, members[0], out)
            else:
                train_fold(pack, network, fold, members, out / f"{network}-{fold}", args.member)
    return 0


if __name__ == "__main__":
    sys.exit(main())
