"""How often the two networks disagree, and how often the answer is right when they do.

    python -m ml.training.agreement --pack var/training/pack --runs var/training/mood-5

Prints a table with two columns: clips with an agreement below `DISAGREE_BELOW`, and all others. All scores are out of
fold.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from ml.training.data.packing import Pack
from ml.training.evaluation.network_agreement import report
from ml.training.evaluation.out_of_fold import OutOfFoldScores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, default=Path("var/training/pack"), help="made by ml.training.pack")
    parser.add_argument("--runs", type=Path, default=Path("var/training/mood-5"), help="made by ml.training.train")
    args = parser.parse_args()
    print(report(OutOfFoldScores.read(Pack.load(args.pack), args.runs)))


if __name__ == "__main__":
    main()
