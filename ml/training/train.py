"""Trains the product's networks, fold by fold.

    python -m ml.training.train --pack var/training/pack                 # both networks, five folds and the final one
    python -m ml.training.train --pack ... --network cnn2d --fold 0      # one of them

What is finished is skipped; what was interrupted goes on. `docs/training.md` has expected times and scores.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from ml.training.folds import BUILDERS, FOLDS, train_fold
from ml.training.pack import Pack
from ml.training.recipes import RECIPES


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, default=Path("var/training/pack"), help="made by ml.training.pack")
    parser.add_argument("--out", type=Path, default=Path("var/training/mood-1"))
    parser.add_argument("--network", choices=[*BUILDERS, "both"], default="both")
    parser.add_argument("--fold", choices=[*FOLDS, "all"], default="all")
    parser.add_argument("--epochs", type=int, default=None, help="another number of epochs than the recipe's")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    pack = Pack.load(args.pack)
    for network in BUILDERS if args.network == "both" else [args.network]:
        recipe = replace(RECIPES[network], epochs=args.epochs or RECIPES[network].epochs, seed=args.seed)
        for fold in FOLDS if args.fold == "all" else [args.fold]:
            train_fold(pack, network, fold, recipe, args.out / f"{network}-{fold}")


if __name__ == "__main__":
    main()
