"""The log of a training run, one row an epoch, as written by Keras's CSVLogger."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

MISSING = "NA"
"""Keras writes this where there was no validation."""


def read_epochs(path: Path) -> dict[str, np.ndarray]:
    """Columns by name, float64, in the order of epochs; empty without a log.

    The last row of a repeated epoch counts; incomplete rows do not. Missing values are NaN; columns without any value
    are left out.
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
    """The epoch with the lowest validation loss, or training loss without validation; counted from 0."""
    return int(np.nanargmin(log.get("val_loss", log["loss"])))
