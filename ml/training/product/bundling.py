"""Makes a bundle: both exported final networks, a golden example, and the card."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ml.errors import MoodError
from ml.models.bundle import Bundle
from ml.models.card import FILE, FORMAT
from ml.models.runtime import KerasRuntime
from ml.models.scalers import FeatureScaler
from ml.models.score_vector import LABELS
from ml.spec import AudioSpec
from ml.training.data.clips import MUSIC_SETS
from ml.training.data.packing import Pack

PARITY = 1e-4
"""Maximum difference between exported and trained networks."""

LICENCE = (
    "Trained on research collections (4Q audio emotion, MIREX-like mood, Emotify, rated clips of Grekow), on 199 clips "
    "of royalty-free and game music without labels, and on outputs of MusiCNN (ISC; a converted copy CC BY-NC-SA) and "
    "EfficientAT mn04 (MIT). For research and private, non-commercial use."
)


def make_bundle(pack: Pack, runs: Path, report: dict[str, Any], target: Path) -> None:
    """Writes the bundle to a temporary folder and renames it, so a bundle is never incomplete.

    Raises MoodError("bundle_exists"), because bundles are never edited.
    """
    if target.exists():
        raise MoodError("bundle_exists", f"{target} already exists. Bundles are never edited: choose a new name.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".making-") as scratch:
        draft = Path(scratch) / target.name
        draft.mkdir()
        networks = {name: _exported(runs / f"{name}-final", name, draft) for name in ("cnn1d", "cnn2d")}
        card = {
            "format": FORMAT,
            "version": target.name,
            "created": datetime.now(UTC).strftime("%Y-%m-%d"),
            "spec": pack.spec.to_card(),
            "labels": list(LABELS),
            "networks": networks,
            "training": {
                "clips": dict(Counter(pack.clips[i].collection for i in pack.measured)),
                "other_clips": dict(Counter(c.collection for c in pack.clips if c.collection not in MUSIC_SETS)),
                "recipes": {name: _facts(runs / f"{name}-final") for name in networks},
                "licence": LICENCE,
            },
            **report,
        }
        (draft / FILE).write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        golden: dict[str, Any] = _golden(Bundle.open(draft), runs)
        np.savez_compressed(draft / "golden.npz", **golden)
        os.rename(draft, target)


def golden_inputs(spec: AudioSpec, scaler: FeatureScaler, frames: int) -> tuple[np.ndarray, np.ndarray]:
    """Frames (2, frames, 57) and log-mel bytes (2, 320, 96), reproducible and made without any song."""
    random = np.random.default_rng(1982)
    standard = random.normal(0, 1, (2, frames, len(scaler.mean)))
    features = scaler.inverse(standard.astype(np.float32))
    slope = np.linspace(180, 60, spec.n_mels)[None, None, :]
    beat = 25 * (np.arange(spec.segment_steps) % 16 == 0)[None, :, None]
    mel = slope + beat + random.normal(0, 12, (2, spec.segment_steps, spec.n_mels))
    return features, np.clip(mel, 0, 255).astype(np.uint8)


def _golden(bundle: Bundle, runs: Path) -> dict[str, np.ndarray]:
    """Inputs and the trained networks' outputs, checked against the exported networks."""
    frames, mel = golden_inputs(bundle.card.spec, bundle.feature_scaler, sum(bundle.frame_views))
    trained = {
        "cnn1d": KerasRuntime(runs / "cnn1d-final" / "network.keras").scores(bundle.feature_scaler(frames)),
        "cnn2d": KerasRuntime(runs / "cnn2d-final" / "network.keras").scores(
            bundle.spectrogram_scaler(mel, bundle.card.spec)
        ),
    }
    for name, exported in (("cnn1d", bundle.predict_cnn1d(frames)), ("cnn2d", bundle.predict_cnn2d(mel))):
        difference = float(np.abs(exported - trained[name]).max())
        if difference > PARITY:
            raise MoodError("model_corrupt", f"The exported {name} differs from the trained one by {difference:.2g}.")
    return {"frames": frames, "mel": mel, **trained}


def _exported(run: Path, name: str, draft: Path) -> dict[str, Any]:
    """Exports one network's scores; returns its entry in the card."""
    trained = keras.saving.load_model(run / "network.keras", compile=False)
    served = keras.Model(trained.input, trained.output["scores"], name=name)
    file = draft / f"{name}.tflite"
    served.export(str(file), format="litert", verbose=False)
    return {
        "file": file.name,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "parameters": int(served.count_params()),
        "members": len(_facts(run)["members"]),
        "views": _facts(run)["views"],
        "scaler": json.loads((run / "scaler.json").read_text()),
    }


def _facts(run: Path) -> dict[str, Any]:
    facts = json.loads((run / "done.json").read_text())
    assert isinstance(facts, dict)
    return facts
