"""All knobs of training. A bundle's card keeps the recipe that made it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """All knobs of a training run."""

    epochs: int
    """Clips are few and every epoch draws other segments of them: long runs help until about here."""
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    batch_size: int = 32
    warmup_share: float = 0.05
    averaging: float = 0.995
    """Weights are averaged over about two hundred steps; the average is what is kept."""
    seed: int = 0


RECIPES = {"cnn1d": Recipe(epochs=60), "cnn2d": Recipe(epochs=96)}
