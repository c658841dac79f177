"""A training request, and whether it is already finished or was interrupted."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml.errors import MoodError
from ml.training.older_networks import Architecture
from ml.training.own.labelled_songs import Collection
from ml.training.own.run import CARD, Run

SETTINGS = "settings.json"
START = "weights to start from"


@dataclass(frozen=True)
class TrainingRequest:
    """One network, one collection, one run."""

    architecture: Architecture
    data: Path
    out: Path
    command: str
    epochs: int | None = None
    seed: int = 0
    share: float = 0.2
    """Share of the test set."""
    folds: int = 0
    """From 2 on: cross-validation, and a final network trained on all songs."""
    mood_column: str = ""
    strict: bool = False
    """Whether an unusable song stops the command."""
    processes: int | None = None

    @property
    def partial(self) -> Path:
        """The folder of the unfinished run."""
        return self.out.with_name(f"{self.out.name}.partial")

    def vote(self, collection: Collection) -> str:
        """How pieces are combined to a song. Majority votes cannot predict two moods."""
        return "mean" if collection.multi_label else self.architecture.vote

    def settings(self, collection: Collection) -> dict[str, Any]:
        """The settings that must be equal to resume an interrupted run."""
        songs = [
            [song.place, song.path.stat().st_size, song.moods, song.artist, song.fold] for song in collection.songs
        ]
        return {
            "architecture": self.architecture.name,
            "size of a piece": list(self.architecture.shape),
            START: self.architecture.start(),
            "number of epochs": self.epochs,
            "seed": self.seed,
            "validation share": self.share,
            "number of folds": self.folds,
            "list of songs": hashlib.sha256(json.dumps(songs).encode()).hexdigest()[:16],
        }


def finished_run(request: TrainingRequest, settings: dict[str, Any]) -> Run | None:
    """The run if it is already finished. Raises MoodError("run_exists") if `out` is something else."""
    if not request.out.exists():
        return None
    if (request.out / CARD).is_file():
        run = Run.open(request.out)
        differences = _differences(run.card["settings"], settings)
        if not differences:
            return run
        problem = f"{request.out} has a finished run with a different {differences}"
    else:
        problem = f"{request.out} exists and is not a run"
    raise MoodError("run_exists", f"{problem}. Choose another --out, or move it away.")


def start_or_resume(request: TrainingRequest, settings: dict[str, Any]) -> None:
    """Makes the working folder or resumes the run in it. Raises MoodError("run_exists") if it is something else."""
    place = request.partial / SETTINGS
    if place.is_file():
        differences = _differences(json.loads(place.read_text()), settings)
        if differences and has_progress(request):
            raise MoodError(
                "run_exists",
                f"{request.partial} has an interrupted run with a different {differences}. Run the command that started"
                " it, choose another --out, or delete that folder.",
            )
        if has_progress(request):
            print("Resuming the interrupted run.")
            return
        shutil.rmtree(request.partial)
    elif request.partial.exists() and any(request.partial.iterdir()):
        raise MoodError("run_exists", f"{request.partial} exists and is not a run. Choose another --out.")
    request.partial.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(settings))


def has_progress(request: TrainingRequest) -> bool:
    """Whether at least one epoch is complete; earlier steps are fast."""
    return any(request.partial.glob("network-*/backup")) or any(request.partial.glob("network-*/network.keras"))


def _differences(one: dict[str, Any], other: dict[str, Any]) -> str:
    return " and ".join(name for name in other if one.get(name) != other[name])
