"""An ensemble: several trained networks as one model, with a linear readout of their hidden timelines."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
from keras import layers, ops

from ml.models.score_vector import HEADS

READOUT_HEADS = ("emotions", "affect")
"""Heads that are half the members' mean and half the ridge readout. Class probabilities do not gain from a readout."""
_READOUT_WIDTH = sum(len(head.labels) for head in HEADS if head.name in READOUT_HEADS)


def ensemble(members: Sequence[keras.Model], kernel: np.ndarray, bias: np.ndarray, name: str) -> keras.Model:
    """A model with the output {"scores": (batch, 36)}: the mean of the members' scores, with a linear readout.

    Its input concatenates the members' inputs along time; see `input_lengths`. Scores are the mean over the members
    (Dietterich, "Ensemble methods in machine learning", 2000). Those of `READOUT_HEADS` are then averaged with a linear
    readout of the temporal statistics of all members' timelines: `kernel` (width, 11) and `bias` (11,), in the heads'
    order, where width is that of `temporal_statistics` over all members.
    """
    lengths = input_lengths(members)
    inputs = keras.Input((sum(lengths), *members[0].input_shape[2:]), name="inputs")
    outputs = [
        member(inputs[:, part] if len(lengths) > 1 else inputs)
        for member, part in zip(members, member_slices(members), strict=True)
    ]
    mean_scores = outputs[0]["scores"]
    if len(members) > 1:
        mean_scores = layers.Average(name="mean_scores")([output["scores"] for output in outputs])
    readout_layer = layers.Dense(_READOUT_WIDTH, name="ridge_readout")
    readout = readout_layer(temporal_statistics([output["timeline"] for output in outputs]))
    readout_layer.set_weights([kernel, bias])
    parts, start = [], 0
    for head in HEADS:
        scores = mean_scores[:, head.part]
        if head.name in READOUT_HEADS:
            linear = readout[:, start : start + len(head.labels)]
            start += len(head.labels)
            scores = 0.5 * scores + 0.5 * (ops.clip(linear, 0.0, 1.0) if head.activation == "sigmoid" else linear)
        parts.append(scores)
    return keras.Model(inputs, {"scores": layers.Concatenate(name="scores")(parts)}, name=name)


def input_lengths(members: Sequence[keras.Model]) -> tuple[int, ...]:
    """The distinct input lengths of the members along time, in the order in which they first occur."""
    return tuple(dict.fromkeys(member.input_shape[1] for member in members))


def member_slices(members: Sequence[keras.Model]) -> list[slice]:
    """For each member the slice of the ensemble's input that it reads, along time."""
    lengths = input_lengths(members)
    starts = dict(zip(lengths, np.cumsum((0, *lengths[:-1])).tolist(), strict=True))
    return [
        slice(starts[member.input_shape[1]], starts[member.input_shape[1]] + member.input_shape[1])
        for member in members
    ]


def temporal_statistics(timelines: Sequence[keras.KerasTensor]) -> keras.KerasTensor:
    """Mean and standard deviation over time of each timeline: (batch, time, width) each to (batch, 2 * sum of widths).

    Works on Keras tensors and on arrays.
    """
    parts = []
    for timeline in timelines:
        parts += [ops.mean(timeline, axis=1), ops.std(timeline, axis=1)]
    return ops.concatenate(parts, axis=-1)
