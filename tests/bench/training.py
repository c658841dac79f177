"""The time to train both networks on one fold, estimated from a few steps of each member.

    python -m tests.bench.training cnn2d 0

Prints JSON: seconds a step, and the steps of the recipe. Needs the training pack, which is not part of the repository;
without it, the table says so.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.bench.measurement import measure_in_subprocess
from tests.bench.tables import Row

PACK = Path(__file__).resolve().parents[2] / "var" / "training" / "pack"
PARALLEL = 2
STEPS = 25
WARM_UP = 3
MAX_MINUTES = 30


def rows() -> list[Row]:
    what = "Training both networks on one fold, two members at a time on two cores"
    target = f"< {MAX_MINUTES} minutes"
    if not PACK.is_dir():
        return [Row(what, target, "not measured: the training data is missing", None)]
    from ml.training.product.parallel_training import ENVIRONMENT, jobs

    members = [job for job in jobs(("cnn1d", "cnn2d"), ("0",)) if job.member is not None]
    with ThreadPoolExecutor(PARALLEL) as pool:
        paces = list(
            pool.map(
                lambda job: measure_in_subprocess("tests.bench.training", job.network, job.member, **ENVIRONMENT),
                members,
            )
        )
    minutes = sum(pace["step_s"] * pace["steps"] for pace in paces) / PARALLEL / 60
    text = f"{minutes:.0f} minutes, estimated from {STEPS} steps of each of {len(members)} members"
    return [Row(what, target, text, minutes < MAX_MINUTES)]


def main() -> None:
    print(json.dumps(measure_pace(sys.argv[1], int(sys.argv[2]))))


def measure_pace(network: str, member: int) -> dict[str, Any]:
    import numpy as np

    from ml.training.data.batches import Targets, frequent_tags
    from ml.training.data.packing import Pack
    from ml.training.networks.optimizer import optimizer
    from ml.training.networks.student import Student
    from ml.training.product.cross_validation import build_network, fit_scaler, make_batches
    from ml.training.product.recipes import RECIPES

    pack = Pack.load(PACK)
    recipe = RECIPES[network][member]
    clips = np.flatnonzero(np.array([clip.fold for clip in pack.clips]) != 0)
    words = frequent_tags(pack, clips)
    batches = make_batches(pack, clips, Targets.of(pack, words), fit_scaler(pack, network, clips), recipe)
    student = Student(build_network(network, recipe, pack.spec), teacher_outputs=pack.teacher.shape[1], tags=len(words))
    student.compile(optimizer=optimizer(recipe, len(batches)))
    for number in range(WARM_UP):
        student.train_on_batch(*batches[number])
    started = time.perf_counter()
    for number in range(WARM_UP, WARM_UP + STEPS):
        student.train_on_batch(*batches[number])
    return {
        "step_s": (time.perf_counter() - started) / STEPS,
        "steps": recipe.start_steps + recipe.epochs * len(batches),
    }


if __name__ == "__main__":
    main()
