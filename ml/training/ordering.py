"""Compares transforms of the emotion shares by how many of the listeners' pairs they find.

python -m ml.training.ordering          # half a minute
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from ml.training.data.packing import Pack
from ml.training.evaluation.emotion_ordering import ordering_table
from ml.training.evaluation.out_of_fold import OutOfFoldScores


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, default=Path("var/training/pack"))
    parser.add_argument("--runs", type=Path, default=Path("var/training/mood-3"))
    args = parser.parse_args(arguments)
    print(ordering_table(OutOfFoldScores.read(Pack.load(args.pack), args.runs)))


if __name__ == "__main__":
    main()
