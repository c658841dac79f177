"""Exports the network of a run for the product: the folder `model` of the run, which `manage.py model add` copies.

Of the run, only JSON and the arrays of its weights are read: the network is built by its name in the registry.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from ml.errors import MoodError
from ml.inference.network_inputs import NETWORK_INPUTS
from ml.inference.own_model import OwnModel, golden_pieces
from ml.models.own_card import (
    COUNTS,
    FILE,
    FORMAT,
    FORMAT_VERSION,
    MAX_NETWORK_BYTES,
    NETWORK_FILE,
)
from ml.models.runtime import stderr_muted
from ml.training.own.run import CARD, Run

MODEL = "model"
"""The folder in a run."""
NETWORK, SCALER = "network.keras", "scaler.json"
ARCHIVE = {"metadata.json", "config.json", "model.weights.h5"}
MAX_JSON_BYTES = 4_000_000


def export_model(folder: Path, target: Path) -> OwnModel:
    """Exports the network of the finished run in `folder` to the new folder `target`, which is complete or absent.

    Raises MoodError: run_missing, run_corrupt, model_incompatible, model_corrupt.
    """
    for name in (CARD, SCALER, NETWORK):
        _require_file(folder / name, MAX_NETWORK_BYTES if name == NETWORK else MAX_JSON_BYTES)
    try:
        run = Run.open(folder)
        view = run.architecture.view
        if view not in NETWORK_INPUTS:
            raise MoodError(
                "model_incompatible",
                f"{run.architecture.title} reads the sound itself, and an analysis only features: train another "
                "network to use it in the product.",
            )
        network = _network(run)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".making-") as scratch:
            draft = Path(scratch) / target.name
            draft.mkdir()
            _convert(network, draft / NETWORK_FILE)
            golden = _golden(network, run.architecture.shape)
            (draft / FILE).write_text(json.dumps(_card(run, draft, golden), ensure_ascii=False), encoding="utf-8")
            _try_out(OwnModel.open(draft))
            os.rename(draft, target)
    except (KeyError, TypeError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise _damaged(folder, str(error)) from error
    return OwnModel.open(target)


def _network(run: Run) -> Any:
    """The network with its weights; its own description of itself is not read, since it could name any code."""
    from ml.training.own.training_loop import build  # loads TensorFlow

    path = run.folder / NETWORK
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if {member.filename for member in members} - ARCHIVE:
            raise _damaged(run.folder, f"{NETWORK} has other members than a network")
        if sum(member.file_size for member in members) > MAX_NETWORK_BYTES:
            raise _damaged(run.folder, f"{NETWORK} is larger than {MAX_NETWORK_BYTES // 1_000_000} MB")
    network = build(run.architecture, len(run.moods), run.multi_label)
    network.load_weights(path)
    return network


def _convert(network: Any, path: Path) -> None:
    import keras

    served = keras.Model(network.input, network.output)
    try:
        with stderr_muted():  # the converter logs its steps there, from C++
            served.export(str(path), format="litert", verbose=False)
    except Exception as error:  # whatever the converter of TensorFlow raises
        raise MoodError(
            "model_incompatible",
            f"This network cannot be converted to LiteRT, so the product cannot use it ({type(error).__name__}).",
        ) from error


def _try_out(model: OwnModel) -> None:
    """With the runtime of the product, which lacks some of TensorFlow's operations, such as those of an LSTM."""
    try:
        model.check_golden()
    except MoodError as error:
        raise MoodError(
            "model_incompatible", "LiteRT cannot run this network, so the product cannot use it: train another one."
        ) from error


def _golden(network: Any, shape: tuple[int, ...]) -> list[list[float]]:
    chances = np.asarray(network.predict(golden_pieces(shape), verbose=0), np.float64)
    return [[round(float(chance), 6) for chance in row] for row in np.clip(chances, 0.0, 1.0)]


def _card(run: Run, draft: Path, golden: list[list[float]]) -> dict[str, Any]:
    values, made = run.card, (run.folder / CARD).stat().st_mtime
    architecture, figures = values["architecture"], values["figures"]
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "created": datetime.fromtimestamp(made, UTC).strftime("%Y-%m-%d"),
        **{name: values[name] for name in ("moods", "several_moods", "vote", "spec", "licence")},
        "network": {
            "sha256": hashlib.sha256((draft / NETWORK_FILE).read_bytes()).hexdigest(),
            "parameters": architecture["parameters"],
            "architecture": architecture["name"],
            "title": architecture["title"],
            "start": architecture["start"],
            "view": run.architecture.view,
            "shape": list(run.architecture.shape),
            "mean": run.scaler.mean.tolist(),
            "deviation": run.scaler.deviation.tolist(),
        },
        "golden": golden,
        "data": {name: values["data"][name] for name in COUNTS},
        "training": {name: values["training"][name] for name in ("seed", "epochs", "best_epoch", "judged_by", "kept")},
        "figures": {
            name: value for name, value in figures.items() if name not in ("confusion", "reliability", "coverage")
        },
    }


def _require_file(path: Path, at_most: int) -> None:
    if not path.is_file():
        raise MoodError("run_missing", f"{path.parent} is no finished run of ml.training.train: it has no {path.name}.")
    if path.stat().st_size > at_most:
        raise _damaged(path.parent, f"{path.name} is larger than {at_most // 1_000_000} MB")


def _damaged(folder: Path, problem: str) -> MoodError:
    return MoodError("run_corrupt", f"The run {folder} cannot be used: {problem[:300]}. Train it again.")
