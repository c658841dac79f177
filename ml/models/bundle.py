"""A trained model on disk: the weights of both networks and their card. Never edited; retraining makes a new one."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from ml.calibration import corrupt
from ml.errors import MoodError
from ml.models.card import Card
from ml.models.combination import Combination
from ml.models.mood_readout import MoodReadout, mood_readouts
from ml.models.runtime import LiteRtRuntime, Runtime
from ml.models.scalers import FeatureScaler, SpectrogramScaler

GOLDEN_FILE = "golden.npz"
GOLDEN_TOLERANCE = 1e-3
"""Largest difference of a score from the golden example. Processors round differently, by about 1e-6."""


@dataclass(frozen=True)
class Bundle:
    """Opening a bundle reads its card. The weights are loaded and verified on first use, and cached."""

    card: Card

    @classmethod
    def open(cls, directory: Path) -> Bundle:
        """Opens the bundle in `directory`. Raises MoodError: model_missing, model_corrupt, model_incompatible."""
        card = Card.read(directory)
        card.require_weights()
        return cls(card)

    @property
    def version(self) -> str:
        return self.card.version

    @cached_property
    def feature_scaler(self) -> FeatureScaler:
        return FeatureScaler.from_card(self.card.network("cnn1d")["scaler"])

    @cached_property
    def frame_views(self) -> tuple[int, ...]:
        """Number of frames of each part of the 1D network's input; see `ml.audio.segments.frame_window`."""
        views = self.card.network("cnn1d").get("views", [self.card.spec.segment_frames])
        if not isinstance(views, list) or not views or not all(isinstance(count, int) and count > 0 for count in views):
            raise corrupt(f"The views of the 1D network are {views}, but only positive numbers of frames are allowed")
        return tuple(views)

    @cached_property
    def spectrogram_scaler(self) -> SpectrogramScaler:
        return SpectrogramScaler.from_card(self.card.network("cnn2d")["scaler"])

    @cached_property
    def cnn1d(self) -> Runtime:
        return self._runtime("cnn1d")

    @cached_property
    def cnn2d(self) -> Runtime:
        return self._runtime("cnn2d")

    @cached_property
    def combination(self) -> Combination:
        """The rule that combines the two networks' score vectors."""
        return Combination.from_card(self.card.values)

    @cached_property
    def mood_readouts(self) -> dict[str, MoodReadout]:
        """The readout of the moods of each view that has one: "both", "cnn1d", "cnn2d"."""
        return mood_readouts(self.card.values)

    def predict_cnn1d(self, frames: np.ndarray) -> np.ndarray:
        """The 1D network's score vectors, float32 (batch, 36).

        `frames`: raw features, float32 (batch, frames of all views, 57).
        """
        return self.cnn1d.scores(self.feature_scaler(frames))

    def predict_cnn2d(self, mel: np.ndarray) -> np.ndarray:
        """The 2D network's score vectors, float32 (batch, 36). `mel`: log-mel, uint8 (batch, 320, 96)."""
        return self.cnn2d.scores(self.spectrogram_scaler(mel, self.card.spec))

    def check_golden(self) -> None:
        """Runs both networks on the golden example. Raises MoodError("model_corrupt") if they give other scores.

        The checksums show that the files are the right ones, this that they work with the libraries and the processor
        of this machine. Takes a tenth of a second after the weights are loaded.
        """
        path = self.card.directory / GOLDEN_FILE
        try:
            with np.load(path) as golden:
                expected = {name: golden[name] for name in ("cnn1d", "cnn2d")}
                scores = {
                    "cnn1d": self.predict_cnn1d(golden["frames"]),
                    "cnn2d": self.predict_cnn2d(golden["mel"]),
                }
        except (OSError, EOFError, ValueError, KeyError, zlib.error, zipfile.BadZipFile) as error:
            raise MoodError(
                "model_corrupt",
                f"The golden example of {self.version} ({GOLDEN_FILE}) cannot be used ({error}); "
                "install the bundle again.",
            ) from error
        for name, network_scores in scores.items():
            if network_scores.shape != expected[name].shape:
                raise corrupt(f"The golden example of {self.version} has other scores than {name} gives")
            difference = float(np.abs(network_scores - expected[name]).max())
            if not difference <= GOLDEN_TOLERANCE:  # also if it is NaN
                raise MoodError(
                    "model_corrupt",
                    f"The network {name} of {self.version} gives scores that differ from its golden example by "
                    f"{difference:.2g}, but at most {GOLDEN_TOLERANCE:g} is allowed: install the bundle again, and the "
                    "pinned version of ai-edge-litert.",
                )

    def _runtime(self, name: str) -> Runtime:
        self.card.verify_weights(name)
        return LiteRtRuntime(self.card.directory / self.card.network(name)["file"])
