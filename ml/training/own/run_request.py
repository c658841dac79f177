"""What is asked for, and whether it was asked for before: finished runs and interrupted ones."""

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
    """Of the songs: they judge."""
    folds: int = 0
    """From 2 on: every song judges once, and the network that is kept learns from all."""
    mood_column: str = ""
    strict: bool = False
    """Whether one bad song stops everything."""
    processes: int | None = None

    @property
    def partial(self) -> Path:
        """Where the run is while it is not whole."""
        return self.out.with_name(f"{self.out.name}.partial")

    def vote(self, collection: Collection) -> str:
        """How pieces make a song. Votes for one mood each cannot say that there are two."""
        return "mean" if collection.multi_label else self.architecture.vote

    def settings(self, collection: Collection) -> dict[str, Any]:
        """What must be the same for an interrupted run to go on."""
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
    """The run that is there already; MoodError("run_exists") where something else is."""
    if not request.out.exists():
        return None
    if (request.out / CARD).is_file():
        run = Run.open(request.out)
        differences = _differences(run.card["settings"], settings)
        if not differences:
            return run
        problem = f"{request.out} holds a finished run that differs in its {differences}"
    else:
        problem = f"{request.out} is there and holds no run"
    raise MoodError("run_exists", f"{problem}; choose another --out, or move it away.")


def start_or_resume(request: TrainingRequest, settings: dict[str, Any]) -> None:
    """Opens the folder of the work, or what was interrupted there; MoodError("run_exists") where it is not ours."""
    place = request.partial / SETTINGS
    if place.is_file():
        differences = _differences(json.loads(place.read_text()), settings)
        if differences and has_progress(request):
            raise MoodError(
                "run_exists",
                f"{request.partial} holds an interrupted run that differs in its {differences}; use the command that "
                "started it, choose another --out, or delete that folder.",
            )
        if has_progress(request):
            print("Going on where it was interrupted.")
            return
        shutil.rmtree(request.partial)
    elif request.partial.exists() and any(request.partial.iterdir()):
        raise MoodError("run_exists", f"{request.partial} is there and holds no run; choose another --out.")
    request.partial.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(settings))


def has_progress(request: TrainingRequest) -> bool:
    """Whether one epoch at least was trained in the folder of the work: nothing before that takes long."""
    return any(request.partial.glob("network-*/backup")) or any(request.partial.glob("network-*/network.keras"))


def _differences(one: dict[str, Any], other: dict[str, Any]) -> str:
    return " and ".join(name for name in other if one.get(name) != other[name])
