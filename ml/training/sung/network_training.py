"""Trains a network on sung phrases."""

from __future__ import annotations

import keras
import numpy as np

from ml.training.networks.optimizer import optimizer
from ml.training.sung.phrases import EMOTIONS, Phrase
from ml.training.sung.voice_networks import BUILDERS
from ml.training.sung.voice_recipe import Recipe
from ml.training.sung.voice_spec import SungSpec

Targets = dict[str, np.ndarray]


class VariantBatches(keras.utils.PyDataset):
    """Batches of phrases: random variants with mixup of inputs and targets."""

    def __init__(self, variants: np.ndarray, phrases: list[Phrase], recipe: Recipe, seed: int) -> None:
        """`variants`: (1 + copies, phrases, columns, width); `phrases` has the targets in the same order."""
        super().__init__()
        self.variants, self.recipe = variants, recipe
        self.emotion = np.eye(len(EMOTIONS), dtype=np.float32)[[phrase.emotion for phrase in phrases]]
        self.strong = np.array([[phrase.strong] for phrase in phrases], np.float32)
        self.random = np.random.default_rng(seed)
        self.on_epoch_end()

    def __len__(self) -> int:
        return max(1, len(self.order) // self.recipe.batch_size)

    def __getitem__(self, number: int) -> tuple[np.ndarray, Targets]:
        size, recipe = self.recipe.batch_size, self.recipe
        rows = self.order[number * size : (number + 1) * size]
        others = np.roll(rows, 1)
        columns = self.variants[self.random.integers(len(self.variants), size=len(rows)), rows].astype(np.float32)
        share = np.ones(len(rows), np.float32)
        if recipe.mixup:
            share = self.random.beta(recipe.mixup, recipe.mixup, len(rows)).astype(np.float32)
            share = np.maximum(share, 1 - share)
        mixture = share[:, None, None] * columns + (1 - share[:, None, None]) * np.roll(columns, 1, axis=0)
        part = share[:, None]
        emotion = part * self.emotion[rows] + (1 - part) * self.emotion[others]
        emotion = emotion * (1 - recipe.smoothing) + recipe.smoothing / len(EMOTIONS)
        return mixture, {"emotion": emotion, "strong": part * self.strong[rows] + (1 - part) * self.strong[others]}

    def on_epoch_end(self) -> None:
        self.order = self.random.permutation(len(self.emotion))


def train_network(
    network: str, variants: np.ndarray, phrases: list[Phrase], recipe: Recipe, spec: SungSpec, seed: int
) -> keras.Model:
    """Trains the network of that name in `BUILDERS` on the variants, (1 + copies, phrases, columns, width)."""
    keras.utils.set_random_seed(seed)
    batches = VariantBatches(variants, phrases, recipe, seed)
    model = BUILDERS[network](spec, variants.reshape(-1, *variants.shape[2:]))
    model.compile(
        optimizer=optimizer(recipe, len(batches)),
        loss={"emotion": "categorical_crossentropy", "strong": "binary_crossentropy"},
        loss_weights={"emotion": 1.0, "strong": recipe.strong_weight},
        jit_compile=False,  # compiling takes longer than it saves
    )
    model.fit(batches, epochs=recipe.epochs, verbose=0)
    return model


def chances_of(model: keras.Model, columns: np.ndarray) -> np.ndarray:
    """The chances for unchanged phrases, (phrases, columns, width): float32 (phrases, 6)."""
    return model.predict(columns.astype(np.float32), batch_size=64, verbose=0)["emotion"]
