"""The optimiser of the product's networks and the networks for sung emotion."""

from __future__ import annotations

from typing import Protocol

import keras


class Schedule(Protocol):
    """The hyperparameters of the optimiser."""

    @property
    def epochs(self) -> int: ...
    @property
    def learning_rate(self) -> float: ...
    @property
    def weight_decay(self) -> float: ...
    @property
    def warmup_share(self) -> float: ...
    @property
    def averaging(self) -> float: ...


def optimizer(recipe: Schedule, steps_per_epoch: int, decay: bool = True) -> keras.optimizers.Optimizer:
    """AdamW (Loshchilov and Hutter 2019) with warm-up, cosine decay, and an exponential moving average of weights.

    The average, with momentum `recipe.averaging`, becomes the final weights. Biases and norms do not decay. Without
    `decay` the learning rate stays at its maximum after the warm-up.
    """
    steps = recipe.epochs * steps_per_epoch
    warmup = int(steps * recipe.warmup_share)
    schedule = keras.optimizers.schedules.CosineDecay(
        recipe.learning_rate / 20,
        steps - warmup,
        alpha=0.0 if decay else 1.0,
        warmup_target=recipe.learning_rate,
        warmup_steps=warmup,
    )
    adamw = keras.optimizers.AdamW(
        schedule, weight_decay=recipe.weight_decay, clipnorm=5.0, use_ema=True, ema_momentum=recipe.averaging
    )
    adamw.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return adamw
