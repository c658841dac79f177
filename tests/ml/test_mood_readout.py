"""The readout of the moods from all scores of the networks, and its place in the combination and the card."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from ml.errors import MoodError
from ml.models.combination import Combination
from ml.models.mood_readout import MoodReadout, mood_readouts, readout_inputs, refined
from ml.models.score_vector import HEAD, LABELS

MOODS = HEAD["moods"].part
COMBINATION = Combination.plain().to_card()


def vectors(count: int, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    result = random.uniform(0.05, 0.95, (count, len(LABELS))).astype(np.float32)
    result[:, HEAD["affect"].part] = random.normal(0, 1, (count, 2))
    return result


def readout(networks: int) -> MoodReadout:
    random, width = np.random.default_rng(7), networks * len(LABELS)
    return MoodReadout(
        mean=random.normal(0, 1, width),
        scale=random.uniform(0.5, 2, width),
        weights=random.normal(0, 0.1, (16, width)),
        bias=random.normal(0, 1, 16),
    )


def test_inputs_are_logits_and_logarithms_and_affect_as_it_is() -> None:
    vector = np.full(len(LABELS), 0.25)
    vector[HEAD["affect"].part] = (-0.5, 1.5)
    inputs = readout_inputs(vector)
    assert inputs[HEAD["emotions"].part] == pytest.approx(np.log(1 / 3))
    assert inputs[MOODS] == pytest.approx(np.log(1 / 3))
    assert inputs[HEAD["quadrants"].part] == pytest.approx(np.log(1 / 4))
    assert inputs[HEAD["clusters"].part] == pytest.approx(np.log(1 / 4))
    assert inputs[HEAD["affect"].part] == pytest.approx((-0.5, 1.5))


def test_chances_of_zero_and_one_have_finite_inputs() -> None:
    inputs = readout_inputs(np.zeros(len(LABELS)), np.ones(len(LABELS)))
    assert inputs.shape == (72,)
    assert inputs[MOODS] == pytest.approx(np.log(0.005 / 0.995))
    assert inputs[HEAD["quadrants"].part] == pytest.approx(np.log(1e-3))


def test_a_readout_is_a_logistic_regression_on_the_standardised_inputs() -> None:
    one, two, rule = vectors(3, 1), vectors(3, 2), readout(2)
    inputs = (readout_inputs(one, two) - rule.mean) / rule.scale
    assert rule(one, two) == pytest.approx(1 / (1 + np.exp(-(inputs @ rule.weights.T + rule.bias))))
    assert rule(one, two)[1] == pytest.approx(rule(one[1], two[1]))


def test_the_combination_replaces_the_moods_alone() -> None:
    one, two, rule = vectors(4, 3), vectors(4, 4), readout(2)
    card = {"combination": COMBINATION, "mood_readout": rule.to_card()}
    plain, read = Combination.from_card({"combination": COMBINATION})(one, two), Combination.from_card(card)(one, two)
    assert np.array_equal(plain[:, : MOODS.start], read[:, : MOODS.start])
    assert read[:, MOODS] == pytest.approx(rule(one, two), abs=1e-4)
    assert read.dtype == np.float32


def test_a_network_alone_is_refined_by_its_own_readout_and_its_vectors_stay() -> None:
    one, rule = vectors(4, 5), readout(1)
    before = one.copy()
    result = refined(one, rule)
    assert np.array_equal(one, before)
    assert np.array_equal(result[:, : MOODS.start], one[:, : MOODS.start])
    assert result[:, MOODS] == pytest.approx(rule(one), abs=1e-6)
    assert refined(one, None) is one


def test_readouts_survive_the_card() -> None:
    card = {"mood_readout": {"both": readout(2).to_card(), "cnn1d": readout(1).to_card()}}
    read = mood_readouts(json.loads(json.dumps(card)))
    assert set(read) == {"both", "cnn1d"}
    assert read["cnn1d"].weights == pytest.approx(readout(1).weights, abs=1e-6)
    assert mood_readouts({}) == {}


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in readout(2).to_card().items() if key != name}


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"both": _without("bias")}, "no usable readout"),
        ({"ensemble": readout(2).to_card()}, "no usable readout"),
        ({"both": readout(1).to_card()}, r"mean .* shape \(72,\)"),
        ({"both": readout(2).to_card() | {"bias": [float("nan")] * 16}}, "bias .* finite"),
        ({"both": readout(2).to_card() | {"scale": [0.0] * 72}}, "must be positive"),
    ],
)
def test_an_unusable_readout_is_rejected(entry: dict[str, Any], sentence: str) -> None:
    with pytest.raises(MoodError, match=sentence) as caught:
        mood_readouts({"mood_readout": entry})
    assert caught.value.code == "model_corrupt"
