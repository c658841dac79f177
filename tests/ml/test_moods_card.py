"""Calibration and reference survive a round trip through the card; invalid ones are rejected."""

from __future__ import annotations

import json
import math

import pytest

from ml.calibration import Calibration, Reference
from ml.errors import MoodError
from tests.ml.mood_tables import EVEN, PLAIN


def test_a_calibration_survives_the_card():
    assert Calibration.from_card(json.loads(json.dumps(PLAIN.to_card()))) == PLAIN


def test_a_reference_survives_the_card():
    assert Reference.from_card(json.loads(json.dumps(EVEN.to_card()))) == EVEN


def test_an_incomplete_calibration_is_rejected():
    for part in ("first", "second", "threshold"):
        card = PLAIN.to_card()
        del card[part]
        with pytest.raises(MoodError, match="no usable calibration") as error_info:
            Calibration.from_card(card)
        assert error_info.value.code == "model_corrupt"


@pytest.mark.parametrize("part", ["first", "second"])
def test_a_calibration_with_an_unknown_weight_is_rejected(part):
    card = PLAIN.to_card()
    card[part] = {"bias": 1.0, "slope": 2.0}
    with pytest.raises(MoodError, match="no usable calibration"):
        Calibration.from_card(card)


def test_a_calibration_that_is_not_finite_is_rejected():
    card = PLAIN.to_card()
    card["second"]["gap_weight"] = math.nan
    with pytest.raises(MoodError, match="gap_weight"):
        Calibration.from_card(card)


@pytest.mark.parametrize(
    "knots",
    [
        pytest.param([0.1] * 20, id="one too few"),
        pytest.param(list(range(21))[::-1], id="falling"),
        pytest.param([], id="none"),
    ],
)
def test_a_reference_without_21_rising_quantiles_is_rejected(knots):
    with pytest.raises(MoodError, match="'power' must be 21 rising quantiles"):
        Reference.from_card(EVEN.to_card() | {"power": knots})


@pytest.mark.parametrize("card", [None, [1, 2], {"power": 3}], ids=["nothing", "a list", "a number"])
def test_an_invalid_reference_is_rejected(card):
    with pytest.raises(MoodError, match="no usable reference"):
        Reference.from_card(card)
