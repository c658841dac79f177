"""Runs of `python -m ml.training.collect` for tests: make songs, collect them, read the tables."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from ml.audio.decoding import DecodingInfo, decode
from ml.training.collect import collect
from ml.training.collecting.http_client import FetchPolicy
from tests.sounds import music, write

RATE = 16_000
FAST_POLICY = FetchPolicy(pause_s=0.001, attempts=2)


def song(path: Path, seed: int = 0, duration_s: float = 4.0, **more: object) -> Path:
    return write(path, music(duration_s, RATE, seed=seed), RATE, **more)  # type: ignore[arg-type]


def run(workspace: Path, text: str, name: str = "list.csv", **more: object) -> list[dict[str, str]]:
    """Collects a list with this text into workspace/set; returns the rows of the report."""
    (workspace / name).write_text(text)
    collect([workspace / name], workspace / "set", policy=FAST_POLICY, **more)  # type: ignore[arg-type]
    return table(workspace / "set/report.csv")


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def labels(workspace: Path) -> list[dict[str, str]]:
    return table(workspace / "set/labels.csv")


def outcomes(report: list[dict[str, str]]) -> list[str]:
    return [row["code"] or row["outcome"] for row in report]


def decoded(path: Path) -> np.ndarray:
    return np.concatenate(list(decode(path, DecodingInfo())))


def everything_in(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()} - {"lock"}
