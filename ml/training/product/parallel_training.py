"""Trains members of the product's networks in processes side by side, each with one core.

A member trains hardly faster on two cores than on one, so that two members at once take little more than half the time.
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

from ml.training.product.recipes import RECIPES

# One core each; products of bfloat16 where the processor knows them, as the bundles were trained.
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
    network: str
    fold: str
    member: int

    @property
    def place(self) -> str:
        return f"{self.network}-{self.fold}/member-{self.member}"


def jobs(networks: Sequence[str], folds: Sequence[str]) -> list[Job]:
    """All members, those that take longest first, so that no process is left alone with one at the end."""
    all_jobs = [
        Job(network, fold, member)
        for fold, network in product(folds, networks)
        for member in range(len(RECIPES[network]))
    ]
    return sorted(all_jobs, key=lambda job: job.network, reverse=True)


def train_in_parallel(
    pack: Path, networks: Sequence[str], folds: Sequence[str], out: Path, processes: int, options: Sequence[str] = ()
) -> bool:
    """Trains what is not done yet, `processes` members at a time; False if one of them failed.

    `more` are further options of `ml.training.train`. The networks are put together afterwards, by that command.
    """
    pending = [job for job in jobs(networks, folds) if not (out / job.place / "done.json").exists()]
    if not pending:
        return True

    def run(job: Job) -> int:
        command = [sys.executable, "-m", "ml.training.train", "--pack", str(pack), "--out", str(out), *options]
        command += ["--network", job.network, "--fold", job.fold, "--member", str(job.member)]
        return subprocess.run(command, env={**ENVIRONMENT, **os.environ}, check=False).returncode

    with ThreadPoolExecutor(processes) as pool:
        return not any(list(pool.map(run, pending)))  # all of them are run, whatever becomes of one
