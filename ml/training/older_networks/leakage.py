"""How much data leakage inflates results: the same network and songs with different splits.

Projects that publish 0.9 and more split pieces of songs at random, so that the training set has other pieces of the
test songs, and fit their scaler on all data. Here only the split and the scaler differ.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ml.moods import QUADRANTS
from ml.training.data.clips import Clip
from ml.training.evaluation.metrics import bootstrap_intervals, classification_metrics
from ml.training.older_networks.architecture import Architecture

LEAKAGE_NETWORK = "cnn1d4"
"""Small, fast, and typical of those projects."""
EPOCHS = 15
"""Without early stopping, whose validation set would be another difference."""
FOLDS = 5


@dataclass(frozen=True)
class LeakageCase:
    """A kind of split, and the data that the scaler is fitted on."""

    name: str
    apart: str
    """What is never in both training and test set."""
    unit: str
    """"artist", "song" or "piece"."""
    scaler_sees_all: bool = False

    @property
    def scaler(self) -> str:
        return "all data" if self.scaler_sees_all else "the training set"


LEAKAGE_CASES = (
    LeakageCase("artists", "artists", "artist"),
    LeakageCase("artists-scaler", "artists", "artist", scaler_sees_all=True),
    LeakageCase("songs", "songs, artists mixed", "song"),
    LeakageCase("pieces", "nothing: random pieces", "piece"),
    LeakageCase("pieces-scaler", "nothing: random pieces", "piece", scaler_sees_all=True),
)


def measure_leakage(
    leak: LeakageCase, architecture: Architecture, clips: Sequence[Clip], pieces: Sequence[np.ndarray], out: Path
) -> Path:
    """Trains once for each fold, tests every piece once, and returns the JSON file with the results."""
    path = out / f"leak-{leak.name}.json"
    if path.exists():
        return path
    rows = np.concatenate(pieces)
    owner = np.repeat(np.arange(len(clips)), [len(one) for one in pieces])
    labels = np.array([clip.quadrant for clip in clips])
    folds = folds_of(leak.unit, clips, owner)
    chances = np.zeros((len(rows), len(QUADRANTS)), np.float32)
    for fold in range(FOLDS):
        test = folds == fold
        chances[test] = _held_out_chances(architecture, rows, labels[owner], test, leak.scaler_sees_all)
    result = {
        "network": architecture.name,
        "apart": leak.apart,
        "scaler": leak.scaler,
        "songs": len(clips),
        "pieces": len(rows),
        "epochs": EPOCHS,
        **_metrics(chances, labels, owner),
    }
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(result))
    partial.rename(path)
    return path


def folds_of(unit: str, clips: Sequence[Clip], owner: np.ndarray) -> np.ndarray:
    """The fold of every piece, int (pieces,): by the folds of the labels, or random by song or piece."""
    random = np.random.default_rng(0)
    if unit == "artist":
        return np.array([clip.fold for clip in clips])[owner]
    if unit == "song":
        return (random.permutation(len(clips)) % FOLDS)[owner]
    return random.permutation(len(owner)) % FOLDS


def _held_out_chances(
    architecture: Architecture, rows: np.ndarray, labels: np.ndarray, test: np.ndarray, scaler_sees_all: bool
) -> np.ndarray:
    """Probabilities of the held-out pieces."""
    import keras

    from ml.models.standardisation import Scaler

    scaler = Scaler.fit([rows if scaler_sees_all else rows[~test]], architecture.shared_axes)
    keras.utils.set_random_seed(0)
    model = architecture.network(len(QUADRANTS))
    model.compile(keras.optimizers.Adam(architecture.recipe.learning_rate), "sparse_categorical_crossentropy")
    model.fit(scaler(rows[~test]), labels[~test], batch_size=architecture.recipe.batch_size, epochs=EPOCHS, verbose=0)
    return model.predict(scaler(rows[test]), batch_size=512, verbose=0)


def _metrics(chances: np.ndarray, labels: np.ndarray, owner: np.ndarray) -> dict[str, dict[str, float]]:
    """Metrics by piece and by song, with bootstrap intervals over songs."""
    songs = len(labels)
    by_song = np.stack([chances[owner == song].mean(axis=0) for song in range(songs)])
    right = chances.argmax(axis=1) == labels[owner]
    hits, counts = np.bincount(owner, right, songs), np.bincount(owner, minlength=songs)

    def metrics(sample: np.ndarray) -> dict[str, float]:
        whole = classification_metrics(by_song[sample], labels[sample])
        return {
            "piece_accuracy": float(hits[sample].sum() / counts[sample].sum()),
            "song_accuracy": whole["accuracy"],
            "song_macro_f1": whole["macro_f1"],
        }

    return bootstrap_intervals(metrics, songs)
