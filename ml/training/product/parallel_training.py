"""Trains members of the product's networks in parallel processes, each with one core.

A member is hardly faster on two cores than on one, so training two at a time takes little more than half the time.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from ml.training.product.recipes import RECIPES, STARTS

# One core each; bfloat16 where the processor supports it, as for the bundles.
ENVIRONMENT = {
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ONEDNN_DEFAULT_FPMATH_MODE": "BF16",
    "TF_CPP_MIN_LOG_LEVEL": "2",
}


@dataclass(frozen=True)
class Job:
    """A member of a network, or the start that a network's runs continue (no member)."""

    network: str
    fold: str
    member: int | None = None

    @property
    def place(self) -> str:
        if self.member is None:
            return f"{self.network}-{self.fold}"
        return f"{self.network}-{self.fold}/member-{self.member}"


def jobs(networks: Sequence[str], folds: Sequence[str]) -> list[Job]:
    """All starts and members: starts first, and of their runs those first whose start is done first."""
    starts = [
        Job(network, name)
        for network in networks
        if RECIPES[network][0].start_steps
        for name, started in STARTS.items()
        if set(started) & set(folds)
    ]
    members = [
        Job(network, fold, member)
        for network, fold in product(networks, folds)
        for member in range(len(RECIPES[network]))
    ]
    return starts + sorted(members, key=lambda job: job.network, reverse=True)


def train_in_parallel(
    pack: Path, networks: Sequence[str], folds: Sequence[str], out: Path, processes: int, options: Sequence[str] = ()
) -> bool:
    """Trains unfinished members, `processes` at a time; returns False if one of them failed.

    `options` are further options of `ml.training.train`, which then builds the ensembles.
    """
    pending = [job for job in jobs(networks, folds) if not (out / job.place / "done.json").exists()]
    if not pending:
        return True

    def run(job: Job) -> int:
        command = [sys.executable, "-m", "ml.training.train", "--pack", str(pack), "--out", str(out), *options]
        command += ["--network", job.network, "--fold", job.fold]
        command += [] if job.member is None else ["--member", str(job.member)]
        return subprocess.run(command, env={**ENVIRONMENT, **os.environ}, check=False).returncode

    with ThreadPoolExecutor(processes) as pool:
        return not any(list(pool.map(run, pending)))  # run all, even if one fails
