"""A model that was trained on own data, as the product runs it: one exported network on the features of an analysis."""

from __future__ import annotations

import math
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ml.deadline import NEVER, Deadline
from ml.errors import MoodError
from ml.features.extraction import SongFeatures
from ml.inference.network_inputs import NETWORK_INPUTS
from ml.inference.song_votes import predicted_moods, song_probabilities
from ml.models.own_card import FILE, NETWORK_FILE, OwnCard
from ml.models.runtime import LiteRtRuntime
from ml.models.standardisation import Scaler

GOLDEN_PIECES = 2
GOLDEN_TOLERANCE = 1e-3
"""Largest difference of a probability from the golden answer."""
BATCH_VALUES = 200_000
"""Numbers of the pieces that the network gets at once: wide layers need several hundred times as much memory."""
MAX_BATCH = 32
DECIMALS = 4


@dataclass(frozen=True)
class OwnModel:
    """Opening it reads its card. The network is loaded and compared with its checksum on first use."""

    name: str
    card: OwnCard

    @classmethod
    def open(cls, directory: Path) -> OwnModel:
        """The model in `directory`, which has its name. Raises MoodError: model_missing, model_corrupt,
        model_incompatible."""
        card = OwnCard.read(directory)
        if card.network["view"] not in NETWORK_INPUTS:
            raise MoodError(
                "model_incompatible",
                f"The network reads “{card.network['view']}”, which an analysis does not make: train another network.",
            )
        return cls(directory.name, card)

    @property
    def version(self) -> str:
        return self.card.version

    @cached_property
    def _scaler(self) -> Scaler:
        network = self.card.network
        return Scaler(np.array(network["mean"], np.float32), np.array(network["deviation"], np.float32))

    @cached_property
    def _runtime(self) -> LiteRtRuntime:
        self.card.verify_network()
        return LiteRtRuntime(self.card.network_path)

    def answer(self, features: SongFeatures, deadline: Deadline = NEVER) -> dict[str, Any]:
        """name, version, moods (the predicted ones, the most probable first) and chances (of all moods, 0..1).

        `features` are those of the analysis. Raises MoodError: model_missing, model_corrupt; and DeadlineExceeded
        between two batches.
        """
        network = self.card.network
        pieces = NETWORK_INPUTS[network["view"]](features, self.card.spec, tuple(network["shape"]))
        size = max(1, min(MAX_BATCH, BATCH_VALUES // math.prod(network["shape"])))
        parts = []
        for start in range(0, len(pieces), size):
            deadline.check()
            parts.append(self.probabilities(self._scaler(pieces[start : start + size])))
        chances = song_probabilities(np.concatenate(parts), self.card.values["vote"])
        predicted = predicted_moods(chances[None], self.card.several_moods)[0]
        order = np.argsort(-chances, kind="stable")
        return {
            "name": self.name,
            "version": self.version,
            "moods": [self.card.moods[number] for number in order if predicted[number]],
            "chances": {mood: round(float(chances[number]), DECIMALS) for number, mood in enumerate(self.card.moods)},
        }

    def probabilities(self, pieces: np.ndarray) -> np.ndarray:
        """Standardised pieces, float32 (batch, *shape), to probabilities, float32 (batch, moods).

        Raises MoodError: model_missing, model_corrupt.
        """
        try:
            chances = self._runtime.scores(pieces)
        except (ValueError, RuntimeError) as error:
            raise self._corrupt(f"does not run ({error})") from error
        if chances.shape != (len(pieces), len(self.card.moods)) or not np.isfinite(chances).all():
            raise self._corrupt("gives other values than probabilities of its moods")
        bounded: np.ndarray = np.clip(chances, 0.0, 1.0)
        return bounded

    def check_golden(self) -> None:
        """Runs the network on made-up pieces. Raises MoodError("model_corrupt") if it gives other probabilities than
        after its training."""
        golden = np.array(self.card.values["golden"], np.float32)
        found = self.probabilities(golden_pieces(tuple(self.card.network["shape"]), len(golden)))
        difference = float(np.abs(found - golden).max())
        if difference > GOLDEN_TOLERANCE:
            raise self._corrupt(f"gives probabilities that differ from its golden answer by {difference:.2g}")

    def _corrupt(self, problem: str) -> MoodError:
        return MoodError("model_corrupt", f"The network of {self.name} {problem}: make the model again from its run.")


def golden_pieces(shape: tuple[int, ...], count: int = GOLDEN_PIECES) -> np.ndarray:
    """Made-up standardised pieces, float32 (count, *shape), -2..2, the same on every machine."""
    numbers = np.arange(count * math.prod(shape), dtype=np.float64)
    return (2 * np.sin(0.7 * numbers**1.2)).astype(np.float32).reshape(count, *shape)


def copy_model(source: Path, target: Path) -> OwnModel:
    """Copies the model in `source` to the new folder `target`, and tests the copy. Raises MoodError, and OSError."""
    OwnModel.open(source).card.verify_network()
    target.mkdir()
    for name in (FILE, NETWORK_FILE):
        shutil.copyfile(source / name, target / name)
    copy = OwnModel.open(target)
    copy.check_golden()
    return copy
