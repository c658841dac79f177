"""Hyperparameters of the networks for sung emotion."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """Hyperparameters of a training run."""

    epochs: int = 60
    learning_rate: float = 3e-3
    weight_decay: float = 0.05
    batch_size: int = 64
    warmup_share: float = 0.1
    averaging: float = 0.98
    """Momentum of the weight average, about fifty steps; the average becomes the final weights."""
    smoothing: float = 0.1
    mixup: float = 0.3
    """Alpha of mixup; 0 for none."""
    strong_weight: float = 0.3
    """Loss weight of the intensity, relative to the emotion."""
    copies: int = 15
    """Augmented copies of each phrase."""


RECIPE = Recipe()
