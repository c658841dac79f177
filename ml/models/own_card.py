"""The card of a model that was trained on own data: checked JSON, since it may come from anywhere.

A model is a folder with two files: this card and one exported network. Reading the card loads no weights.
"""

from __future__ import annotations

import hashlib
import json
import math
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ml.errors import MoodError
from ml.spec import SPEC, AudioSpec

FORMAT, FORMAT_VERSION = "own-model", 1
FILE, NETWORK_FILE = "card.json", "network.tflite"
MAX_CARD_BYTES = 1_000_000
MAX_NETWORK_BYTES = 100_000_000
"""VGG16, the largest network that training offers, has 60 MB."""
MAX_MOODS = 64
MAX_MOOD_NAME = 100
MAX_TEXT = 200
MAX_INPUT_VALUES = 500_000
"""Numbers of one piece; images of 300 x 400 have 120,000."""
VOTES = ("mean", "majority")
VERSION_DIGITS = 12
COUNTS = ("songs", "artists", "artists_unknown", "left_out")
INTERVALS = ("accuracy", "exact", "macro_f1")
SHARES = ("most_frequent", "calibration_error", "calibration_expected")


@dataclass(frozen=True)
class OwnCard:
    """The card in `directory`; `values` is its parsed and checked JSON."""

    directory: Path
    values: dict[str, Any]

    @classmethod
    def read(cls, directory: Path) -> OwnCard:
        """Raises MoodError: model_missing, model_corrupt, model_incompatible."""
        path = directory / FILE
        try:
            _require_file(path, MAX_CARD_BYTES)
            content = path.read_bytes()
        except OSError as error:
            raise MoodError("model_missing", f"There is no model in {directory} ({error.strerror}).") from error
        try:
            values = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise _corrupt(f"{path} is not valid JSON") from error
        if not isinstance(values, dict) or values.get("format") != FORMAT:
            raise _corrupt(f"{path} is not the card of an own model")
        if values.get("format_version") != FORMAT_VERSION:
            raise MoodError(
                "model_incompatible",
                f"{path} has another format than {FORMAT_VERSION}, which this program reads: train the network again.",
            )
        try:
            return cls(directory, _checked(values))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise _corrupt(f"{path} is incomplete or has wrong values ({error})") from error

    @property
    def moods(self) -> tuple[str, ...]:
        return tuple(self.values["moods"])

    @property
    def several_moods(self) -> bool:
        """Whether a song may have several moods: then each chance is a question of its own."""
        return bool(self.values["several_moods"])

    @property
    def network(self) -> Mapping[str, Any]:
        """file, sha256, parameters, architecture, title, view, shape, mean, deviation."""
        network: Mapping[str, Any] = self.values["network"]
        return network

    @property
    def network_path(self) -> Path:
        return self.directory / NETWORK_FILE

    @cached_property
    def spec(self) -> AudioSpec:
        return AudioSpec.from_card(self.values["spec"])

    @cached_property
    def version(self) -> str:
        """Of all that its answers depend on: another network, or another order of moods, is another version."""
        decisive = {name: self.values[name] for name in ("moods", "several_moods", "vote", "spec", "network")}
        text = json.dumps(decisive, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:VERSION_DIGITS]

    def verify_network(self) -> None:
        """Compares the network with its checksum. Raises MoodError: model_missing, model_corrupt."""
        try:
            size = self.network_path.stat().st_size
            if size > MAX_NETWORK_BYTES:
                raise _corrupt(
                    f"{NETWORK_FILE} has {size // 1_000_000} MB, and {MAX_NETWORK_BYTES // 1_000_000} MB are"
                )
            with self.network_path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise MoodError("model_missing", f"{self.network_path} cannot be read ({error.strerror}).") from error
        if digest != self.network["sha256"]:
            raise _corrupt(f"{NETWORK_FILE} does not match the checksum in its card")


def _require_file(path: Path, at_most: int) -> None:
    """A file of this size at most, and no pipe, whose reading would not end. Raises MoodError and OSError."""
    state = path.stat()
    if not stat.S_ISREG(state.st_mode):
        raise _corrupt(f"{path} is not a file")
    if state.st_size > at_most:
        raise _corrupt(f"{path} has {state.st_size:,} bytes, and {at_most:,} are allowed")


def _corrupt(problem: str) -> MoodError:
    return MoodError("model_corrupt", f"{problem}: make the model again from a run of ml.training.train.")


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """Only what is known, each value of its type. Raises what a wrong one raises, and MoodError."""
    moods = _list(values["moods"], lambda mood: _text(mood, MAX_MOOD_NAME), at_least=2, at_most=MAX_MOODS)
    if len(set(moods)) < len(moods):
        raise ValueError("two moods have the same name")
    spec = dict(values["spec"])
    if spec != SPEC.to_card():
        raise MoodError(
            "model_incompatible",
            "The network was trained on other features than this version makes: train it again with this version.",
        )
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "created": _text(values["created"]),
        "moods": moods,
        "several_moods": _flag(values["several_moods"]),
        "vote": _one_of(values["vote"], VOTES),
        "spec": spec,
        "network": _network(values["network"]),
        "golden": _list(values["golden"], lambda row: _list(row, _share, len(moods), len(moods)), 1, 8),
        "data": {name: _count(values["data"][name]) for name in COUNTS},
        "training": {
            **{name: _count(values["training"][name]) for name in ("seed", "epochs", "best_epoch")},
            **{name: _text(values["training"][name]) for name in ("judged_by", "kept")},
        },
        "figures": _figures(values["figures"], moods),
        "licence": _text(values["licence"], at_most=1000),
    }


def _network(values: Mapping[str, Any]) -> dict[str, Any]:
    shape = _list(values["shape"], _count, 1, 4)
    if not 0 < math.prod(shape) <= MAX_INPUT_VALUES:
        raise ValueError(f"the shape {shape} is too large")
    digest = _text(values["sha256"])
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError("sha256 is no checksum")
    return {
        "sha256": digest,
        "parameters": _count(values["parameters"]),
        **{name: _text(values[name]) for name in ("architecture", "title", "start", "view")},
        "shape": shape,
        **{name: _nested(values[name], shape) for name in ("mean", "deviation")},
    }


def _figures(values: Mapping[str, Any], moods: list[str]) -> dict[str, Any]:
    by_mood = {}
    for mood in moods:
        row = values["by_mood"][mood]
        by_mood[mood] = {
            **{name: _count(row[name]) for name in ("songs", "named")},
            **{name: _share(row[name]) for name in ("precision", "recall", "f1")},
        }
    return {
        **{name: _count(values[name]) for name in ("songs", "artists")},
        **{name: {side: _share(values[name][side]) for side in ("value", "low", "high")} for name in INTERVALS},
        **{name: _share(values[name]) for name in SHARES},
        "by_mood": by_mood,
    }


def _nested(value: Any, shape: list[int]) -> Any:
    """Finite numbers in lists that broadcast against a piece of this shape."""
    if not shape:
        return _finite(value)
    items = _list(value, lambda item: _nested(item, shape[1:]), 1, shape[0])
    if len(items) not in (1, shape[0]):
        raise ValueError("the scaler does not fit the shape")
    return items


def _list(value: Any, item: Callable[[Any], Any], at_least: int, at_most: int) -> list[Any]:
    if not isinstance(value, list) or not at_least <= len(value) <= at_most:
        raise ValueError(f"a list must have {at_least} to {at_most} items")
    return [item(one) for one in value]


def _text(value: Any, at_most: int = MAX_TEXT) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= at_most or not value.isprintable():
        raise ValueError(f"a text must have 1 to {at_most} printable characters")
    return value


def _one_of(value: Any, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ValueError(f"{value!r} is none of {', '.join(allowed)}")
    return str(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("a value must be true or false")
    return value


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**12:
        raise ValueError("a number must be whole, from 0 on")
    return value


def _finite(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("a number must be finite")
    return float(value)


def _share(value: Any) -> float:
    number = _finite(value)
    if not 0 <= number <= 1:
        raise ValueError("a share must be from 0 to 1")
    return number
