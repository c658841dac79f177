"""All hyperparameters of the product's networks; a bundle's card stores them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """Hyperparameters of one training run."""

    epochs: int
    """Clips are few and every epoch draws other segments, so long runs help, up to about this number."""
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    batch_size: int = 32
    warmup_share: float = 0.05
    averaging: float = 0.995
    """Momentum of the weight average, about two hundred steps; the average becomes the final weights."""
    mixup: float = 0.1
    """Alpha of mixup (Zhang et al. 2018)."""
    spread: bool = False
    """Whether the 1D network also pools the standard deviation over time."""
    wide: bool = False
    """Whether the 1D network reads the half minute around a segment instead of the segment."""
    seed: int = 0
    start_steps: int = 0
    """Steps at a constant learning rate before these epochs, shared by the folds of a start (`STARTS`)."""


STARTS = {"start-01": ("0", "1"), "start-23": ("2", "3"), "start-4": ("4", "final")}
"""Each start trains without the folds in its name, and begins the runs of these folds, whose held-out clips it has not
seen. So the long first part of a training runs three times instead of six."""


RECIPES: dict[str, tuple[Recipe, ...]] = {
    "cnn1d": (
        Recipe(epochs=40),
        Recipe(epochs=40, mixup=0.4, spread=True, seed=1),
        Recipe(epochs=40, spread=True, wide=True, seed=2),
    ),
    "cnn2d": (Recipe(epochs=28, learning_rate=1.5e-3, weight_decay=0.03, start_steps=3552),),
}
"""The members of each network's ensemble: see `ml.models.ensemble`."""
