"""Networks of earlier projects for sung emotion, and an SVM, on the same phrases and folds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ml.training.data.feature_cache import FeatureCache
from ml.training.older_networks import architecture
from ml.training.sung.fold_scores import TrainingRun
from ml.training.sung.phrases import EMOTIONS, Phrase
from ml.training.sung.voice_spec import SungSpec

OLDER_NETWORKS = ("mfcc_mean_cnn", "mfcc_lstm")
"""Names in the registry of `ml.training.older_networks`."""
SVM = "svm"
VALIDATION_SHARE = 0.15
PARTS = ("mfcc", "move", "bend", "tune", "level")


def pieces_of(network: str, phrases: Sequence[Phrase], folder: Path, cache: FeatureCache) -> list[np.ndarray]:
    """All pieces of every phrase as input of a network of the registry."""
    return [architecture(network).inputs(folder / phrase.file, cache) for phrase in phrases]


def evaluate_older_network(
    run: TrainingRun, phrases: Sequence[Phrase], pieces: list[np.ndarray], out: Path
) -> tuple[np.ndarray, int]:
    """Trains and tests a network of the registry with early stopping."""
    from ml.models.standardisation import Scaler
    from ml.training.own.training_loop import fit, song_chances

    train, test = run.split_indices(phrases)
    train_part, validation = validation_split(run, phrases, train)
    labels = np.array([phrase.emotion for phrase in phrases])
    place = out / run.place(out).stem
    model = fit(
        architecture(run.network), pieces, labels, train_part, validation, EMOTIONS, place, seed=run.seed, quiet=True
    )
    chances = song_chances(model, Scaler.load(place / "scaler.json"), [pieces[number] for number in test])
    return chances, json.loads((place / "done.json").read_text())["parameters"]


def validation_split(run: TrainingRun, phrases: Sequence[Phrase], train: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Training and validation phrases: whole actors if the split is by actor, else random phrases."""
    groups = np.array([phrases[number].actor for number in train]) if run.split == "actors" else train
    shuffled = np.random.default_rng(run.seed).permutation(np.unique(groups))
    in_validation = np.isin(groups, shuffled[: round(VALIDATION_SHARE * len(shuffled))])
    return train[~in_validation], train[in_validation]


def evaluate_svm(
    run: TrainingRun, phrases: Sequence[Phrase], columns: np.ndarray, spec: SungSpec
) -> tuple[np.ndarray, int]:
    """Trains and tests an RBF support vector machine on statistics of the columns. Its number of weights is 0."""
    from sklearn.svm import SVC

    train, test = run.split_indices(phrases)
    labels = np.array([phrase.emotion for phrase in phrases])
    blocks = statistics(columns[0].astype(np.float32), spec)
    means = [block[train].mean(axis=0) for block in blocks]
    widths = [(block[train].std(axis=0) + 1e-3) * np.sqrt(block.shape[1]) for block in blocks]
    rows = np.concatenate([(b - m) / w for b, m, w in zip(blocks, means, widths, strict=True)], axis=1)
    svm = SVC(C=10, gamma=0.5 / (rows[train].var() * rows.shape[1])).fit(rows[train], labels[train])
    scores = np.exp(svm.decision_function(rows[test]))
    return scores / scores.sum(axis=1, keepdims=True), 0


def statistics(columns: np.ndarray, spec: SungSpec) -> list[np.ndarray]:
    """Statistics of each part over voiced columns, (phrases, _): mean, deviation, 10th, 50th and 90th percentile.

    For the pitch, its mean on each bin in the first, second and last third of the phrase.
    """
    blocks = []
    for name in PARTS:
        rows = []
        for phrase in columns:
            sung = phrase[:, spec.rows["sung"]][:, 1] > 0
            part = phrase[:, spec.rows[name]][sung if sung.any() else slice(None)]
            if name == "tune":
                rows.append(np.concatenate([third.mean(axis=0) for third in np.array_split(part, 3)]))
            else:
                spread = np.percentile(part, [10, 50, 90], axis=0)
                rows.append(np.concatenate([part.mean(axis=0), part.std(axis=0), *spread]))
        blocks.append(np.stack(rows))
    return blocks
