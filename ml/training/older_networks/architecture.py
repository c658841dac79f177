"""What is known of a network before it is built: what it reads, how it is trained, whom it follows."""

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
    """How a network is trained; everything that the loop needs to know of it."""

    epochs: int = 40
    """At most: early stopping ends most runs before."""
    batch_size: int = 32
    learning_rate: float = 1e-3
    optimizer: str = "adam"
    """A name that `keras.optimizers.get` knows."""
    class_weights: bool = True
    """Each mood counts the same, however many pieces it has."""
    label_smoothing: float = 0.0
    early_stopping_patience: int = 8
    """Epochs without a better validation loss after which the run ends; 0: never."""
    reduce_lr_patience: int = 4
    """Epochs without a better validation loss after which the learning rate is halved; 0: never."""


@dataclass(frozen=True)
class Architecture:
    """A network by name."""

    name: str
    title: str
    source: str
    """What published work it follows."""
    builder: str
    """`module:function` in this package; the function takes the shape of a piece and the number of classes."""
    view: str
    """What it reads of a song: a name in `VIEWS`."""
    shape: tuple[int, ...]
    """One piece: pictures are (height, width, 1), sequences (steps, values), vectors (values, 1)."""
    recipe: FitRecipe = field(default_factory=FitRecipe)
    vote: str = "mean"
    """How pieces make a song: "mean" of their chances, or "majority" of their votes."""
    weights: str = ""
    """A module in this package whose `start` says which weights it found to start from; without one, from scratch."""

    @property
    def shared_axes(self) -> tuple[int, ...]:
        """Axes of (pieces, *shape) that share one mean and one deviation when inputs are standardised.

        Pictures share all of them, feature vectors only that of the pieces. Inputs come unstandardised.
        """
        return INPUT_VIEWS[self.view].shared_axes

    def inputs(self, path: Path, cache: FeatureCache) -> np.ndarray:
        """The pieces of one song: float32 (pieces, *shape), at least one, in time order, not standardised.

        What is not in the cache is extracted. Raises MoodError where the audio cannot be read.
        """
        return INPUT_VIEWS[self.view].read(path, cache, self.shape)

    def build(self, shape: tuple[int, ...], classes: int) -> keras.Model:
        """An uncompiled model: (batch, *shape) float32 to (batch, classes) chances that sum to 1."""
        module, _, function = self.builder.partition(":")
        return getattr(import_module(f"{PACKAGE}.{module}"), function)(shape, classes)

    def network(self, classes: int) -> keras.Model:
        """`build` for its own shape."""
        return self.build(self.shape, classes)

    def start(self) -> str:
        """What its weights are before training, in words: "from scratch", or from which file."""
        return import_module(f"{PACKAGE}.{self.weights}").start() if self.weights else "from scratch"

    def with_shape(self, shape: tuple[int, ...]) -> Architecture:
        """The same network on pieces of another size."""
        return replace(self, shape=shape)

    def scaled(self, height: int) -> Architecture:
        """The same network on pictures of another height and the same proportions.

        Raises MoodError("architecture_fixed") for a network that reads no pictures.
        """
        if not INPUT_VIEWS[self.view].image:
            sentence = f"{self.name} reads no pictures but {INPUT_VIEWS[self.view].title}; only pictures can be scaled."
            raise MoodError("architecture_fixed", sentence)
        width = max(1, round(self.shape[1] * height / self.shape[0]))
        return self.with_shape((height, width, *self.shape[2:]))
