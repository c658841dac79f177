"""The log of a training run: a row an epoch, as Keras's CSVLogger writes it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

UNKNOWN = "NA"
"""What Keras writes into the columns of a validation that does not take place."""


def read_epochs(path: Path) -> dict[str, np.ndarray]:
    """Columns by name, float64, in the order of epochs; empty where nothing was logged yet.

    An epoch that was interrupted after its row was written stands there twice: the later one counts.
    """
    if not path.is_file():
        return {}
    with path.open(newline="", encoding="utf-8") as handle:
        rows = {}
        for row in csv.DictReader(handle):
            if row["epoch"] != "epoch" and None not in row.values():
                rows[int(row["epoch"])] = row
    if not rows:
        return {}
    ordered = [rows[epoch] for epoch in sorted(rows)]
    known = [name for name in ordered[0] if all(row[name] != UNKNOWN for row in ordered)]
    return {name: np.array([float(row[name]) for row in ordered]) for name in known}
