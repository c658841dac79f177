"""A network with its training-only heads: scores learn from labels, timeline and embedding from teachers.

Song words and the ratings of another collection have heads of their own, which only training needs, too.
"""

from __future__ import annotations

import keras
from keras import layers, ops

from ml.models.score_vector import HEADS
from ml.training.data.teachers import PARTS, TEACHERS

# Weights of the loss. Cross-entropies are means over clips, summed over moods and emotions; the teacher losses are the
# unexplained share of the teachers' variance.
WEIGHTS = {
    "moods": 1.0,
    "emotions": 1.0,
    "quadrants": 2.0,
    "clusters": 1.0,
    "affect": 3.0,
    "words": 3.0,
    "ratings": 0.3,
    "timeline_teacher": 6.0,
    "embedding_teacher": 3.0,
}
EMBEDDING_PART = "mn04_hidden"
"""This teacher output reads ten seconds, as an embedding does; the others teach the timeline, second by second."""
SMALL = 1e-6


class Student(keras.Model):
    """Adds the heads that only training needs. `teacher_outputs` is the width of the teacher rows, 0 without."""

    def __init__(self, network: keras.Model, teacher_outputs: int, tags: int) -> None:
        super().__init__(name=f"{network.name}_student")
        self.network = network
        small_init = keras.initializers.RandomNormal(stddev=0.01)  # or the first errors would dominate the labels
        self.has_teacher = bool(teacher_outputs)
        width = {part.name: part.width for part in PARTS}
        if self.has_teacher:
            self.timeline_head = layers.Dense(
                teacher_outputs - width[EMBEDDING_PART], kernel_initializer=small_init, name="timeline_teacher"
            )
            self.embedding_head = layers.Dense(
                width[EMBEDDING_PART], kernel_initializer=small_init, name="embedding_teacher"
            )
        self.word_head = layers.Dense(tags, activation="sigmoid", name="words") if tags else None
        self.rating_head = layers.Dense(2, kernel_initializer=small_init, name="ratings")
        self.parts = {name: keras.metrics.Mean(name=name) for name in WEIGHTS}

    def call(self, x: keras.KerasTensor, training: bool = False) -> dict[str, keras.KerasTensor]:
        outputs = self.network(x, training=training)
        predictions = {"scores": outputs["scores"], "ratings": self.rating_head(outputs["embedding"])}
        if self.word_head is not None:
            predictions["words"] = self.word_head(outputs["embedding"])
        if self.has_teacher:
            predictions["timeline_teacher"] = self.timeline_head(outputs["timeline"])
            predictions["embedding_teacher"] = self.embedding_head(outputs["embedding"])
        return predictions

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):  # type: ignore[no-untyped-def]
        scores = {head.name: y_pred["scores"][:, head.part] for head in HEADS}
        losses = {}
        for name in ("moods", "emotions"):
            losses[name] = _weighted(y[f"{name}_weight"], ops.sum(_binary(y[name], scores[name]), axis=-1))
        for name in ("quadrants", "clusters"):
            entropy = -ops.sum(y[name] * ops.log(scores[name] + SMALL), axis=-1)
            losses[name] = _weighted(y[f"{name}_weight"], entropy)
        losses["affect"] = _weighted(y["affect_weight"], _squared(y["affect"], scores["affect"]))
        losses["ratings"] = _weighted(y["ratings_weight"], _squared(y["ratings"], y_pred["ratings"]))
        if self.word_head is not None:
            losses["words"] = _weighted(y["words_weight"], ops.mean(_binary(y["words"], y_pred["words"]), axis=-1))
        if self.has_teacher:
            losses |= _teacher_losses(y, y_pred)
        for name, value in losses.items():
            self.parts[name].update_state(value)
        return sum(WEIGHTS[name] * value for name, value in losses.items())


def _teacher_losses(y, y_pred):  # type: ignore[no-untyped-def]
    """The unexplained variance, the mean over the outputs of the timeline; each part has a total variance of 1."""
    timeline, start, predicted_start = [], 0, 0
    losses = {}
    for part in PARTS:
        teacher_mask = y["teacher_mask"][:, TEACHERS.index(part.file)]
        truth = y["teacher"][..., start : start + part.width]
        start += part.width
        if part.name == EMBEDDING_PART:
            missed = _squared(ops.mean(truth, axis=1), y_pred["embedding_teacher"])
            losses["embedding_teacher"] = _mean_where(teacher_mask, missed)
        else:
            predicted = y_pred["timeline_teacher"][..., predicted_start : predicted_start + part.width]
            predicted_start += part.width
            timeline.append(_mean_where(teacher_mask, ops.mean(_squared(truth, predicted), axis=-1)))
    losses["timeline_teacher"] = sum(timeline) / len(timeline)
    return losses


def _mean_where(teacher_mask: keras.KerasTensor, each: keras.KerasTensor) -> keras.KerasTensor:
    """The mean over the clips that the teacher heard."""
    return ops.sum(teacher_mask * each) / ops.maximum(ops.sum(teacher_mask), 1.0)


def _binary(targets: keras.KerasTensor, predicted: keras.KerasTensor) -> keras.KerasTensor:
    return -(targets * ops.log(predicted + SMALL) + (1 - targets) * ops.log(1 - predicted + SMALL))


def _squared(targets: keras.KerasTensor, predicted: keras.KerasTensor) -> keras.KerasTensor:
    return ops.sum(ops.square(targets - predicted), axis=-1)


def _weighted(weight: keras.KerasTensor, each: keras.KerasTensor) -> keras.KerasTensor:
    return ops.mean(weight[:, 0] * each)
