"""The reduced training budgets of `python -m ml.training.compare`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ml.training.older_networks.architecture import Architecture
from ml.training.older_networks.registry import architecture

FOLDS = (0, 1, 2, 3, 4)


@dataclass(frozen=True)
class TrialBudget:
    """Reductions relative to the registry, so that two processor cores are enough; None: not reduced."""

    folds: tuple[int, ...] = FOLDS
    height: int | None = None
    """Of images, with the same proportions."""
    epochs: int | None = None
    pieces: int | None = None
    """Training pieces of each song; tests use all pieces."""


BUDGETS: dict[str, TrialBudget] = {
    "lenet5": TrialBudget(epochs=20),
    "cnn64": TrialBudget(height=64, epochs=20),
    "cnn1d4": TrialBudget(epochs=30),
    "cnn1d5": TrialBudget(epochs=30),
    "spectrogram_cnn": TrialBudget(height=75, epochs=10),
    "mfcc_cnn2d": TrialBudget(height=30, epochs=10),
    "mel_cnn": TrialBudget(height=60, epochs=10),
    "advanced_cnn": TrialBudget(height=48, epochs=8, pieces=1),
    "residual_cnn": TrialBudget(height=64, epochs=10, pieces=2),
    "mfcc_mean_cnn": TrialBudget(epochs=20),
    "mfcc_lstm": TrialBudget(epochs=8),
    "vgg16": TrialBudget(height=32, epochs=3, pieces=1),
    "cnn1d": TrialBudget(epochs=20),
    "cnn2d": TrialBudget(epochs=8, pieces=2),
}


def with_budget(name: str, trial: TrialBudget) -> Architecture:
    """The network with this budget."""
    chosen = architecture(name)
    if trial.height is not None:
        chosen = chosen.scaled(trial.height)
    return replace(chosen, recipe=replace(chosen.recipe, epochs=trial.epochs or chosen.recipe.epochs))
