"""What it is worth to let a network cheat: the same network and the same songs, split in four ways.

Projects that publish 0.9 and more split the pieces of songs at random, so that a network is asked about a song of which
it has learned other pieces, and fitted their scaler on all of them. Nothing else differs between the rows here: the
recordings, the pieces, the network, its training, the number of folds.
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
"""Small and fast, and the kind that those projects used."""
EPOCHS = 15
"""No early stopping here: what it watches would be one more thing that differs."""
FOLDS = 5


@dataclass(frozen=True)
class LeakageCase:
    """A way to split, and what the scaler is fitted on."""

    name: str
    apart: str
    """What is never on both sides."""
    unit: str
    """"artist", "song" or "piece"."""
    scaler_sees_all: bool = False

    @property
    def scaler(self) -> str:
        return "everything" if self.scaler_sees_all else "the training alone"


LEAKAGE_CASES = (
    LeakageCase("artists", "artists", "artist"),
    LeakageCase("artists-scaler", "artists", "artist", scaler_sees_all=True),
    LeakageCase("songs", "songs, artists mixed", "song"),
    LeakageCase("pieces", "nothing: pieces at random", "piece"),
    LeakageCase("pieces-scaler", "nothing: pieces at random", "piece", scaler_sees_all=True),
)


def measure_leakage(
    leak: LeakageCase, architecture: Architecture, clips: Sequence[Clip], pieces: Sequence[np.ndarray], out: Path
) -> Path:
    """Trains once for each fold, judges every piece once, and keeps the figures in the JSON file that is returned."""
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
        **_figures(chances, labels, owner),
    }
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(result))
    partial.rename(path)
    return path


def folds_of(unit: str, clips: Sequence[Clip], owner: np.ndarray) -> np.ndarray:
    """The fold of every piece, int (pieces,): by the labels' own folds, or by drawing songs or pieces."""
    random = np.random.default_rng(0)
    if unit == "artist":
        return np.array([clip.fold for clip in clips])[owner]
    if unit == "song":
        return (random.permutation(len(clips)) % FOLDS)[owner]
    return random.permutation(len(owner)) % FOLDS


def _held_out_chances(
    architecture: Architecture, rows: np.ndarray, labels: np.ndarray, test: np.ndarray, scaler_sees_all: bool
) -> np.ndarray:
    """Chances of the held-out pieces."""
    import keras

    from ml.training.own.standardisation import Scaler

    scaler = Scaler.fit([rows if scaler_sees_all else rows[~test]], architecture.shared_axes)
    keras.utils.set_random_seed(0)
    model = architecture.network(len(QUADRANTS))
    model.compile(keras.optimizers.Adam(architecture.recipe.learning_rate), "sparse_categorical_crossentropy")
    model.fit(scaler(rows[~test]), labels[~test], batch_size=architecture.recipe.batch_size, epochs=EPOCHS, verbose=0)
    return model.predict(scaler(rows[test]), batch_size=512, verbose=0)


def _figures(chances: np.ndarray, labels: np.ndarray, owner: np.ndarray) -> dict[str, dict[str, float]]:
    """By piece and by song, each with its interval over songs drawn anew."""
    songs = len(labels)
    by_song = np.stack([chances[owner == song].mean(axis=0) for song in range(songs)])
    right = chances.argmax(axis=1) == labels[owner]
    hits, counts = np.bincount(owner, right, songs), np.bincount(owner, minlength=songs)

    def figures(drawn: np.ndarray) -> dict[str, float]:
        whole = classification_metrics(by_song[drawn], labels[drawn])
        return {
            "piece_accuracy": float(hits[drawn].sum() / counts[drawn].sum()),
            "song_accuracy": whole["accuracy"],
            "song_macro_f1": whole["macro_f1"],
        }

    return bootstrap_intervals(figures, songs)
