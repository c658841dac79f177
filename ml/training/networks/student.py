"""A network with its training-only heads: scores learn from labels, timeline from teachers, embedding from tags."""

from __future__ import annotations

import keras
from keras import layers, ops

from ml.models.score_vector import HEADS

# Weights of the loss. Cross-entropies are means over clips, summed over the nine emotions; the teacher loss is the
# unexplained share of the teachers' variance.
WEIGHTS = {"quadrants": 1.0, "clusters": 1.0, "emotions": 1.0, "affect": 1.5, "words": 4.0, "teacher": 4.0}
TEACHERS = 3
"""YAMNet's embedding, MusiCNN's tags, MusiCNN's hidden units: each with a total variance of 1."""
SMALL = 1e-6


class Student(keras.Model):
    """Adds the heads that only training needs."""

    def __init__(self, network: keras.Model, teacher_outputs: int, tags: int) -> None:
        super().__init__(name=f"{network.name}_student")
        self.network = network
        small_init = keras.initializers.RandomNormal(stddev=0.01)  # or the first errors would dominate the labels
        self.teacher_head = (
            layers.Dense(teacher_outputs, kernel_initializer=small_init, name="teacher") if teacher_outputs else None
        )
        self.word_head = layers.Dense(tags, activation="sigmoid", name="words") if tags else None
        self.parts = {name: keras.metrics.Mean(name=name) for name in WEIGHTS}

    def call(self, x: keras.KerasTensor, training: bool = False) -> dict[str, keras.KerasTensor]:
        outputs = self.network(x, training=training)
        predictions = {"scores": outputs["scores"]}
        if self.word_head is not None:
            predictions["words"] = self.word_head(outputs["embedding"])
        if self.teacher_head is not None:
            predictions["teacher"] = self.teacher_head(outputs["timeline"])
        return predictions

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):  # type: ignore[no-untyped-def]
        scores = {head.name: y_pred["scores"][:, head.part] for head in HEADS}
        losses = {name: _cross_entropy(y[name], scores[name]) for name in ("quadrants", "clusters")}
        losses["emotions"] = _weighted(y["emotions_weight"], _binary(y["emotions"], scores["emotions"]))
        affect = ops.sum(ops.square(y["affect"] - scores["affect"]), axis=-1)
        losses["affect"] = _weighted(y["affect_weight"], affect)
        if self.word_head is not None:
            tags = ops.mean(_binary(y["words"], y_pred["words"], summed=False), axis=-1)
            losses["words"] = _weighted(y["words_weight"], tags)
        if self.teacher_head is not None:
            missed = ops.sum(ops.square(y["teacher"] - y_pred["teacher"]), axis=-1) / TEACHERS
            losses["teacher"] = ops.mean(missed)
        for name, value in losses.items():
            self.parts[name].update_state(value)
        return sum(WEIGHTS[name] * value for name, value in losses.items())


def _cross_entropy(targets: keras.KerasTensor, predicted: keras.KerasTensor) -> keras.KerasTensor:
    """Mean over the batch; a clip without a label has a row of zeros and adds nothing."""
    return -ops.mean(ops.sum(targets * ops.log(predicted + SMALL), axis=-1))


def _binary(targets: keras.KerasTensor, predicted: keras.KerasTensor, summed: bool = True) -> keras.KerasTensor:
    each = -(targets * ops.log(predicted + SMALL) + (1 - targets) * ops.log(1 - predicted + SMALL))
    return ops.sum(each, axis=-1) if summed else each


def _weighted(weight: keras.KerasTensor, each: keras.KerasTensor) -> keras.KerasTensor:
    return ops.mean(weight[:, 0] * each)
