"""A network in the registry: its input, training recipe and source."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ml.errors import MoodError
from ml.training.data.feature_cache import FeatureCache
from ml.training.older_networks.input_views import INPUT_VIEWS

if TYPE_CHECKING:
    import keras

PACKAGE = "ml.training.older_networks"


@dataclass(frozen=True)
class FitRecipe:
    """Hyperparameters of the training loop."""

    epochs: int = 40
    """Maximum; early stopping ends most runs before."""
    batch_size: int = 32
    learning_rate: float = 1e-3
    optimizer: str = "adam"
    """A name for `keras.optimizers.get`."""
    class_weights: bool = True
    """Whether each mood has the same weight in the loss."""
    label_smoothing: float = 0.0
    early_stopping_patience: int = 8
    """Epochs without a better validation loss before the run stops; 0: never."""
    reduce_lr_patience: int = 4
    """Epochs without a better validation loss before the learning rate is halved; 0: never."""


@dataclass(frozen=True)
class Architecture:
    """A network of the registry."""

    name: str
    title: str
    source: str
    """The published work it follows."""
    builder: str
    """`module:function` in this package; the function takes the input shape and the number of classes."""
    view: str
    """Its input: a name in `INPUT_VIEWS`."""
    shape: tuple[int, ...]
    """Input shape: images (height, width, 1), sequences (steps, values), vectors (values, 1)."""
    recipe: FitRecipe = field(default_factory=FitRecipe)
    vote: str = "mean"
    """How pieces are combined to a song: "mean" of their probabilities, or "majority" vote."""
    weights: str = ""
    """A module in this package with a `start` function for initial weights; "" for training from scratch."""

    @property
    def shared_axes(self) -> tuple[int, ...]:
        """Axes of (pieces, *shape) with a common mean and deviation for standardisation.

        All axes for images, only that of the pieces for feature vectors.
        """
        return INPUT_VIEWS[self.view].shared_axes

    def inputs(self, path: Path, cache: FeatureCache) -> np.ndarray:
        """The pieces of one song: float32 (pieces, *shape), at least one, in time order, not standardised.

        Extracts features that are not cached. Raises MoodError if the audio cannot be read.
        """
        return INPUT_VIEWS[self.view].read(path, cache, self.shape)

    def build(self, shape: tuple[int, ...], classes: int) -> keras.Model:
        """An uncompiled model: (batch, *shape) float32 to (batch, classes) probabilities."""
        module, _, function = self.builder.partition(":")
        return getattr(import_module(f"{PACKAGE}.{module}"), function)(shape, classes)

    def network(self, classes: int) -> keras.Model:
        """`build` with the registered shape."""
        return self.build(self.shape, classes)

    def start(self) -> str:
        """A description of the initial weights: "from scratch", or the file."""
        return import_module(f"{PACKAGE}.{self.weights}").start() if self.weights else "from scratch"

    def with_shape(self, shape: tuple[int, ...]) -> Architecture:
        """The same network with another input shape."""
        return replace(self, shape=shape)

    def scaled(self, height: int) -> Architecture:
        """The same network on images of another height with the same proportions.

        Raises MoodError("architecture_fixed") for a network without image input.
        """
        if not INPUT_VIEWS[self.view].image:
            sentence = f"The input of {self.name} is {INPUT_VIEWS[self.view].title}; only images can be scaled."
            raise MoodError("architecture_fixed", sentence)
        width = max(1, round(self.shape[1] * height / self.shape[0]))
        return self.with_shape((height, width, *self.shape[2:]))
