"""Several trained networks that answer as one, with answers read anew from what all of them heard."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
from keras import layers, ops

from ml.models.score_vector import HEADS

REREAD = ("emotions", "affect")
"""Heads whose answer is half the members' mean and half read anew. Chances gain nothing by it, so they are left."""
_WIDTH = sum(len(head.labels) for head in HEADS if head.name in REREAD)


def committee(members: Sequence[keras.Model], kernel: np.ndarray, bias: np.ndarray, name: str) -> keras.Model:
    """A network that answers {"scores": (batch, 20)}.

    Its input holds what the members read, one part after the other along time, as `views` has them.

    Scores are the mean of the members' (Dietterich, "Ensemble methods in machine learning", 2000). Those of `REREAD`
    are then averaged with a linear reading of all members' timelines: `kernel` (width, 11) and `bias` (11,) in the
    heads' order, where width is that of `gist` over all members.
    """
    lengths = views(members)
    heard = keras.Input((sum(lengths), *members[0].input_shape[2:]), name="heard")
    answers = [
        member(heard[:, part] if len(lengths) > 1 else heard)
        for member, part in zip(members, parts_of(members), strict=True)
    ]
    scores = answers[0]["scores"]
    if len(members) > 1:
        scores = layers.Average(name="mean_scores")([answer["scores"] for answer in answers])
    reading = layers.Dense(_WIDTH, name="reread")
    read = reading(gist([answer["timeline"] for answer in answers]))
    reading.set_weights([kernel, bias])
    parts, start = [], 0
    for head in HEADS:
        said = scores[:, head.part]
        if head.name in REREAD:
            anew = read[:, start : start + len(head.labels)]
            start += len(head.labels)
            said = 0.5 * said + 0.5 * (ops.clip(anew, 0.0, 1.0) if head.activation == "sigmoid" else anew)
        parts.append(said)
    return keras.Model(heard, {"scores": layers.Concatenate(name="scores")(parts)}, name=name)


def views(members: Sequence[keras.Model]) -> tuple[int, ...]:
    """The different lengths that members read, in the order of the first who does."""
    return tuple(dict.fromkeys(member.input_shape[1] for member in members))


def parts_of(members: Sequence[keras.Model]) -> list[slice]:
    """For each member its part of the committee's input, along time."""
    lengths = views(members)
    starts = dict(zip(lengths, np.cumsum((0, *lengths[:-1])).tolist(), strict=True))
    return [
        slice(starts[member.input_shape[1]], starts[member.input_shape[1]] + member.input_shape[1])
        for member in members
    ]


def gist(timelines: Sequence[keras.KerasTensor]) -> keras.KerasTensor:
    """(batch, time, width) of each member to (batch, 2 * all widths): mean and deviation over time, member by member.

    Works on Keras tensors and on arrays.
    """
    parts = []
    for timeline in timelines:
        parts += [ops.mean(timeline, axis=1), ops.std(timeline, axis=1)]
    return ops.concatenate(parts, axis=-1)
