"""Lists the first clips of each collection with people's words and the name given, to read and to judge.

    python -m ml.training.names                       # 40 clips of each collection -> var/training/names.md
    python -m ml.training.names --songs 100 --view cnn1d --out var/names.csv

Each name is out of fold. The file is Markdown, or CSV if its name ends in .csv. It holds people's labels, which belong
to the collections: keep it out of the repository.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ml.models.card import VIEWS
from ml.training.data.packing import Pack
from ml.training.evaluation.name_listing import listed_names, to_csv, to_markdown
from ml.training.evaluation.out_of_fold import OutOfFoldScores


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, default=Path("var/training/pack"), help="made by ml.training.pack")
    parser.add_argument("--runs", type=Path, default=Path("var/training/mood-5"), help="made by ml.training.train")
    parser.add_argument("--songs", type=int, default=40, help="clips of each collection")
    parser.add_argument("--view", choices=VIEWS, default="both", help="both networks, or one alone")
    parser.add_argument("--out", type=Path, default=Path("var/training/names.md"), help="a file .md or .csv")
    args = parser.parse_args(arguments)
    try:
        oof = OutOfFoldScores.read(Pack.load(args.pack), args.runs)
    except FileNotFoundError as error:
        print(
            f"{error.filename} does not exist. ml.training.pack makes the pack, ml.training.train the runs.",
            file=sys.stderr,
        )
        return 1
    rows = listed_names(oof, args.view, args.songs)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(to_csv(rows) if args.out.suffix == ".csv" else to_markdown(rows), encoding="utf-8")
    print(f"{len(rows)} clips -> {args.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
