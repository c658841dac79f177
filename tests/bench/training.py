"""How long it takes to train both networks without one fold, by the pace of some steps of each member.

    python -m tests.bench.training cnn2d 0

Prints JSON: seconds a step, and the steps that the recipe asks for. Needs the training pack, which is no part of the
project; without it the table says so.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.bench.apart import measured_apart
from tests.bench.row import Row

PACK = Path(__file__).resolve().parents[2] / "var" / "training" / "pack"
AT_ONCE = 2
STEPS = 25
WARM_UP = 3
MOST_MINUTES = 30


def rows() -> list[Row]:
    what = "Training both networks without one fold, two members at a time on two cores"
    target = f"< {MOST_MINUTES} minutes"
    if not PACK.is_dir():
        return [Row(what, target, "not measured: the training data is not here", None)]
    from ml.training.product.parallel_training import ENVIRONMENT, jobs

    members = jobs(("cnn1d", "cnn2d"), ("0",))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(
            pool.map(
                lambda job: measured_apart("tests.bench.training", job.network, job.member, **ENVIRONMENT), members
            )
        )
    minutes = sum(one["step_s"] * one["steps"] for one in found) / AT_ONCE / 60
    told = f"{minutes:.0f} minutes, by {STEPS} steps of each of {len(members)} members"
    return [Row(what, target, told, minutes < MOST_MINUTES)]


def main() -> None:
    print(json.dumps(pace(sys.argv[1], int(sys.argv[2]))))


def pace(network: str, member: int) -> dict[str, Any]:
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
    student = Student(
        build_network(network, recipe, pack.spec), teacher_outputs=pack.teacher.shape[1], words=len(words)
    )
    student.compile(optimizer=optimizer(recipe, len(batches)))
    for number in range(WARM_UP):
        student.train_on_batch(*batches[number])
    started = time.perf_counter()
    for number in range(WARM_UP, WARM_UP + STEPS):
        student.train_on_batch(*batches[number])
    return {"step_s": (time.perf_counter() - started) / STEPS, "steps": recipe.epochs * len(batches)}


if __name__ == "__main__":
    main()
