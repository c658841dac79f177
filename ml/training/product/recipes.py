"""All knobs of training. A bundle's card keeps the recipes that made it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """All knobs of one network's training run."""

    epochs: int
    """Clips are few and every epoch draws other segments of them: long runs help until about here."""
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    batch_size: int = 32
    warmup_share: float = 0.05
    averaging: float = 0.995
    """Weights are averaged over about two hundred steps; the average is what is kept."""
    mixup: float = 0.1
    """Both parameters of the Beta distribution that says how far two clips are mixed (Zhang et al. 2018)."""
    spread: bool = False
    """Whether the 1D network pools the deviation over time, too."""
    wide: bool = False
    """Whether the 1D network reads the half minute around a segment, in place of the segment."""
    seed: int = 0


RECIPES: dict[str, tuple[Recipe, ...]] = {
    "cnn1d": (
        Recipe(epochs=60),
        Recipe(epochs=60, mixup=0.4, spread=True, seed=1),
        Recipe(epochs=60, spread=True, wide=True, seed=2),
    ),
    "cnn2d": (Recipe(epochs=96), Recipe(epochs=96, seed=1)),
}
"""Of each network its members, which answer together: see `ml.models.ensemble`."""
