"""All knobs of the networks for sung emotion, with their reasons."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """All knobs of a training run."""

    epochs: int = 60
    learning_rate: float = 3e-3
    weight_decay: float = 0.05
    batch_size: int = 64
    warmup_share: float = 0.1
    averaging: float = 0.98
    """Weights are averaged over about fifty steps; the average is what is kept."""
    smoothing: float = 0.1
    mixup: float = 0.3
    """Both parameters of the Beta distribution that says how much of another phrase is mixed in; 0 mixes none."""
    strong_weight: float = 0.3
    """What telling normal from strong intensity counts beside the emotion."""
    copies: int = 15
    """Changed copies of each phrase that are learned from, beside the phrase as it is."""


RECIPE = Recipe()
