"""Prints the metrics of a bundle's card as the tables of docs/model-card.md.

python -m ml.training.figures ml/bundles/mood-3
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from ml.models.card import Card
from ml.training.reports.card_tables import card_tables


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path, help="a bundle's folder, such as ml/bundles/mood-3")
    print(card_tables(Card.read(parser.parse_args(arguments).bundle)))


if __name__ == "__main__":
    main()
