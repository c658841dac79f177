"""Prints the metrics of a bundle's card as the tables of docs/model-card.md, or writes them there.

python -m ml.training.figures ml/bundles/mood-5
python -m ml.training.figures ml/bundles/mood-5 --page docs/model-card.md
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ml.errors import MoodError
from ml.models.card import Card
from ml.training.reports.card_tables import page_texts
from ml.training.reports.markdown import replace_marked


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path, help="a bundle's folder, such as ml/bundles/mood-5")
    parser.add_argument("--page", type=Path, help="rewrite the marked parts of this page instead of printing")
    args = parser.parse_args(arguments)
    try:
        texts = page_texts(Card.read(args.bundle))
        if args.page:
            args.page.write_text(replace_marked(args.page.read_text(encoding="utf-8"), texts), encoding="utf-8")
        else:
            print(*texts.values(), sep="\n\n")
    except MoodError as error:
        print(error.message, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
