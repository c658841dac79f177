"""Chances of the moods as one person would state them: recalibrated by a bias and a temperature for each term.

    logit(own chance) = logit(chance) / temperature + bias

Platt scaling (Platt 1999) of the chance of each term; a temperature of 1 and a bias of 0 change nothing. A readout may
add a linear function of the scores of both networks to the logit. `ml.personal` fits both; this module applies them,
without NumPy, since the web application imports it.

A recalibration belongs to one model. Its results have a version of their own: `mood-5+me-3` is the third one of a
person for `mood-5`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ml.calibration import MAX_SHARE, MIN_SHARE
from ml.errors import MoodError
from ml.moods.vocabulary import MOOD_NAMES

OWN = "+me-"
DECIMALS = 4
MIN_TEMPERATURE, MAX_TEMPERATURE = 0.25, 4.0


def own_version(version: str, number: int) -> str:
    """The version of results of a model that are recalibrated by the person's recalibration of this number."""
    return f"{base_version(version)}{OWN}{number}"


def base_version(version: str) -> str:
    """The version of the model that gave the scores of a result."""
    return version.partition(OWN)[0]


@dataclass(frozen=True)
class TermRecalibration:
    """Of one term. The temperature is positive."""

    bias: float = 0.0
    temperature: float = 1.0

    def logit(self, chance: float) -> float:
        return logit(chance) / self.temperature + self.bias


@dataclass(frozen=True)
class Readout:
    """A linear function of `readout_inputs`, added to the logits of a recalibration.

    `mean` and `scale` standardise the inputs (width); `weights` are by term, each of this width; `bias` is by term.
    """

    mean: Sequence[float]
    scale: Sequence[float]
    weights: Mapping[str, Sequence[float]]
    bias: Mapping[str, float]

    def logits(self, inputs: Sequence[float]) -> dict[str, float]:
        standard = [(value - mean) / scale for value, mean, scale in zip(inputs, self.mean, self.scale, strict=True)]
        return {
            term: self.bias[term] + sum(weight * value for weight, value in zip(weights, standard, strict=True))
            for term, weights in self.weights.items()
        }


@dataclass(frozen=True)
class Recalibration:
    """By term; a term without an entry keeps its chance."""

    terms: Mapping[str, TermRecalibration]
    readout: Readout | None = None

    def chances(self, scores: Mapping[str, Any], models: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
        """The own chances of the sixteen terms, 0..1, of a song: from its scores, and those of each network."""
        moods = scores["moods"]
        extra = self.readout.logits(readout_inputs(models)) if self.readout else {}
        return {
            term: round(sigmoid(self.terms.get(term, IDENTITY).logit(moods[term]) + extra.get(term, 0.0)), DECIMALS)
            for term in MOOD_NAMES
        }

    def to_json(self) -> dict[str, Any]:
        values: dict[str, Any] = {
            "terms": {
                term: {"bias": round(one.bias, 6), "temperature": round(one.temperature, 6)}
                for term, one in self.terms.items()
            }
        }
        if self.readout:
            values["readout"] = {
                "mean": _rounded(self.readout.mean),
                "scale": _rounded(self.readout.scale),
                "weights": {term: _rounded(weights) for term, weights in self.readout.weights.items()},
                "bias": {term: round(float(bias), 6) for term, bias in self.readout.bias.items()},
            }
        return values

    @classmethod
    def from_json(cls, values: Any) -> Recalibration:
        """Raises MoodError("recalibration_malformed")."""
        try:
            terms = {
                term: TermRecalibration(_number(one["bias"], 50), _number(one["temperature"], 50))
                for term, one in values["terms"].items()
            }
            readout = _readout(values["readout"]) if values.get("readout") else None
        except (KeyError, TypeError, AttributeError, ValueError):
            raise malformed() from None
        if not set(terms) <= set(MOOD_NAMES):
            raise malformed()
        if not all(MIN_TEMPERATURE <= one.temperature <= MAX_TEMPERATURE for one in terms.values()):
            raise malformed()
        return cls(terms, readout)


IDENTITY = TermRecalibration()


def readout_inputs(models: Mapping[str, Mapping[str, Any]]) -> list[float]:
    """The scores of both frozen networks as the inputs of a readout, before they are standardised.

    As those of a bundle's own readout: logits of moods and emotions, logarithms of quadrants and clusters, valence and
    arousal as they are; first the 1D network, then the 2D network.
    """
    inputs: list[float] = []
    for network in ("cnn1d", "cnn2d"):
        scores = models[network]
        inputs += [logit(scores[scheme][name]) for scheme in ("moods", "emotions") for name in sorted(scores[scheme])]
        inputs += [
            math.log(max(scores[scheme][name], MIN_SHARE))
            for scheme in ("quadrants", "clusters")
            for name in sorted(scores[scheme])
        ]
        inputs += [scores["valence"], scores["arousal"]]
    return inputs


def logit(chance: float) -> float:
    chance = min(max(chance, MIN_SHARE), MAX_SHARE)
    return math.log(chance / (1 - chance))


def sigmoid(value: float) -> float:
    return 0.5 * (1 + math.tanh(value / 2))


def malformed() -> MoodError:
    return MoodError("recalibration_malformed", "The stored recalibration is damaged: fit another one.")


def _readout(values: Mapping[str, Any]) -> Readout:
    mean, scale = ([_number(one, 1e6) for one in values[name]] for name in ("mean", "scale"))
    weights = {term: [_number(one, 1e6) for one in row] for term, row in values["weights"].items()}
    bias = {term: _number(one, 1e6) for term, one in values["bias"].items()}
    if len(mean) > 200 or len(scale) != len(mean) or min(scale, default=0.0) <= 0:
        raise ValueError
    if not set(weights) == set(bias) <= set(MOOD_NAMES) or any(len(row) != len(mean) for row in weights.values()):
        raise ValueError
    return Readout(mean, scale, weights, bias)


def _number(value: Any, most: float) -> float:
    number = float(value)
    if not abs(number) <= most:
        raise ValueError
    return number


def _rounded(values: Sequence[float]) -> list[float]:
    return [round(float(value), 6) for value in values]
