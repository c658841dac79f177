"""Trains networks without one fold and tests them on it."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ml.training.sung.phrases import Phrase, folds_of
from ml.training.sung.voice import Voice, read_voice
from ml.training.sung.voice_augmentation import VoiceAugmentationRanges
from ml.training.sung.voice_columns import variants
from ml.training.sung.voice_recipe import RECIPE
from ml.training.sung.voice_spec import SUNG_SPEC

NETWORKS = ("cnn1d", "cnn2d")


@dataclass(frozen=True)
class TrainingRun:
    """One training run without the phrases of a fold."""

    split: str
    network: str
    fold: int
    seed: int = 0

    def place(self, out: Path) -> Path:
        return out / f"{self.split}-{self.network}-{self.fold}-{self.seed}.json"

    def split_indices(self, phrases: Sequence[Phrase]) -> tuple[np.ndarray, np.ndarray]:
        """Indices of training and test phrases."""
        test = folds_of(phrases, self.split) == self.fold
        return np.flatnonzero(~test), np.flatnonzero(test)


def measure(run: TrainingRun, evaluate: Callable[[], tuple[np.ndarray, int]], out: Path) -> Path:
    """Saves the result of `evaluate`, chances (test phrases, 6) and number of weights, in the returned JSON file.

    An existing file is not made again.
    """
    path = run.place(out)
    if path.exists():
        return path
    cpu = time.process_time()
    chances, parameters = evaluate()
    result = {
        "core_seconds": round(time.process_time() - cpu, 1),
        "parameters": parameters,
        "chances": np.asarray(chances, float).round(4).tolist(),
    }
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(result))
    partial.rename(path)
    return path


def evaluate_network(run: TrainingRun, phrases: list[Phrase], columns: np.ndarray) -> tuple[np.ndarray, int]:
    """Trains and tests a network of this package. `columns`: (1 + copies, phrases, columns, width) of all phrases."""
    from ml.training.sung.network_training import chances_of, train_network

    train, test = run.split_indices(phrases)
    train_phrases = [phrases[number] for number in train]
    model = train_network(run.network, columns[:, train], train_phrases, RECIPE, SUNG_SPEC, run.seed)
    return chances_of(model, columns[0, test]), model.count_params()


def variants_of(phrases: Sequence[Phrase], folder: Path, out: Path) -> np.ndarray:
    """All phrases with augmented copies, see `voice_columns.variants`. Extracted once, then cached in `out`."""
    fingerprint = repr((SUNG_SPEC, [(phrase.file, (folder / phrase.file).stat().st_size) for phrase in phrases]))
    path = out / f"voices-{hashlib.sha256(fingerprint.encode()).hexdigest()[:12]}.npz"
    if not path.exists():
        _save_voices([read_voice(folder / phrase.file, SUNG_SPEC) for phrase in phrases], path)
    return variants(_load_voices(path), VoiceAugmentationRanges(), RECIPE.copies, SUNG_SPEC)


def _save_voices(voices: Sequence[Voice], place: Path) -> None:
    partial = place.with_suffix(".partial.npz")
    np.savez(
        partial,
        mel=np.concatenate([voice.mel for voice in voices]),
        pitch=np.concatenate([voice.pitch for voice in voices]),
        floor_db=np.array([voice.floor_db for voice in voices]),
        ends=np.cumsum([len(voice) for voice in voices]),
    )
    partial.rename(place)


def _load_voices(place: Path) -> list[Voice]:
    with np.load(place) as path:
        mel, pitch = (np.split(path[name], path["ends"][:-1]) for name in ("mel", "pitch"))
        return [Voice(*parts) for parts in zip(mel, pitch, path["floor_db"].tolist(), strict=True)]
