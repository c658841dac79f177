"""The log of a training run: a row an epoch, as Keras's CSVLogger writes it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

MISSING = "NA"
"""What Keras writes into the columns of a validation that does not take place."""


def read_epochs(path: Path) -> dict[str, np.ndarray]:
    """Columns by name, float64, in the order of epochs; empty where nothing was logged yet.

    An epoch that was interrupted after its row was written stands there twice: the later one counts. A row that was
    cut off while it was written does not count. What is known of some epochs only, as where a run went on otherwise
    than it began, is not a number in the others; what is known of none is left out.
    """
    if not path.is_file():
        return {}
    with path.open(newline="", encoding="utf-8") as handle:
        rows = {}
        for row in csv.DictReader(handle):
            if row["epoch"] != "epoch" and None not in row and all(row.values()):
                rows[int(row["epoch"])] = row
    if not rows:
        return {}
    ordered = [rows[epoch] for epoch in sorted(rows)]
    columns = [name for name in ordered[0] if any(row[name] != MISSING for row in ordered)]
    return {
        name: np.array([float("nan") if row[name] == MISSING else float(row[name]) for row in ordered])
        for name in columns
    }


def best_epoch(log: dict[str, np.ndarray]) -> int:
    """The place of the epoch of the lowest loss, of the songs that are watched where there are any; counted from 0."""
    return int(np.nanargmin(log.get("val_loss", log["loss"])))
