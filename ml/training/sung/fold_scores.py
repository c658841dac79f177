"""Networks trained without one fold, and what they hear there."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ml.training.sung.phrases import Phrase, folds_of
from ml.training.sung.voice import Voice, hear
from ml.training.sung.voice_augmentation import Ranges
from ml.training.sung.voice_columns import variants
from ml.training.sung.voice_recipe import RECIPE
from ml.training.sung.voice_spec import SUNG_SPEC

NETWORKS = ("cnn1d", "cnn2d")


@dataclass(frozen=True)
class Run:
    """One training: all phrases but those of a fold."""

    split: str
    network: str
    fold: int
    seed: int = 0

    def place(self, out: Path) -> Path:
        return out / f"{self.split}-{self.network}-{self.fold}-{self.seed}.json"

    def sides(self, phrases: Sequence[Phrase]) -> tuple[np.ndarray, np.ndarray]:
        """Indices of the phrases to learn from, and of those to judge."""
        held = folds_of(phrases, self.split) == self.fold
        return np.flatnonzero(~held), np.flatnonzero(held)


def measure(run: Run, judge: Callable[[], tuple[np.ndarray, int]], out: Path) -> Path:
    """Keeps in the JSON file that is returned what `judge` gives: chances (held phrases, 6), and a count of weights.

    What is there is not made again.
    """
    kept = run.place(out)
    if kept.exists():
        return kept
    cpu = time.process_time()
    chances, parameters = judge()
    found = {
        "core_seconds": round(time.process_time() - cpu, 1),
        "parameters": parameters,
        "chances": np.asarray(chances, float).round(4).tolist(),
    }
    partial = kept.with_suffix(".partial")
    partial.write_text(json.dumps(found))
    partial.rename(kept)
    return kept


def network_judge(run: Run, phrases: list[Phrase], made: np.ndarray) -> tuple[np.ndarray, int]:
    """A network of this package; `made`: (1 + copies, phrases, columns, width), of all phrases."""
    from ml.training.sung.network_training import chances_of, fitted

    train, held = run.sides(phrases)
    learned = [phrases[number] for number in train]
    model = fitted(run.network, made[:, train], learned, RECIPE, SUNG_SPEC, run.seed)
    return chances_of(model, made[0, held]), model.count_params()


def variants_of(phrases: Sequence[Phrase], folder: Path, out: Path) -> np.ndarray:
    """All phrases as they are and changed, see `columns.variants`. Heard once, then kept in `out`."""
    told = repr((SUNG_SPEC, [(phrase.file, (folder / phrase.file).stat().st_size) for phrase in phrases]))
    kept = out / f"voices-{hashlib.sha256(told.encode()).hexdigest()[:12]}.npz"
    if not kept.exists():
        _keep([hear(folder / phrase.file, SUNG_SPEC) for phrase in phrases], kept)
    return variants(_kept(kept), Ranges(), RECIPE.copies, SUNG_SPEC)


def _keep(voices: Sequence[Voice], place: Path) -> None:
    partial = place.with_suffix(".partial.npz")
    np.savez(
        partial,
        mel=np.concatenate([voice.mel for voice in voices]),
        pitch=np.concatenate([voice.pitch for voice in voices]),
        floor_db=np.array([voice.floor_db for voice in voices]),
        ends=np.cumsum([len(voice) for voice in voices]),
    )
    partial.rename(place)


def _kept(place: Path) -> list[Voice]:
    with np.load(place) as kept:
        mel, pitch = (np.split(kept[name], kept["ends"][:-1]) for name in ("mel", "pitch"))
        return [Voice(*parts) for parts in zip(mel, pitch, kept["floor_db"].tolist(), strict=True)]
