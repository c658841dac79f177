"""Trains the product's networks with cross-validation.

The networks of fold k train on the clips outside fold k and then predict fold k; "final" trains on all clips. In each
fold the members of a network are trained one after the other and joined into an ensemble. A member with `start_steps`
continues a start: a training at a constant learning rate that two folds share, and that saw the held-out clips of
neither (`recipes.STARTS`). Finished members are skipped; an interrupted member resumes from its last epoch. Any Keras
backend works: set KERAS_BACKEND=jax on a machine with a GPU.
"""

from __future__ import annotations

import fcntl
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import keras
import numpy as np

from ml.models.cnn1d import cnn1d
from ml.models.cnn2d import cnn2d
from ml.models.ensemble import ensemble, input_lengths
from ml.models.scalers import FeatureScaler, SpectrogramScaler
from ml.spec import AudioSpec
from ml.training.data.batches import Batches, FrameBatches, SpectrogramBatches, Targets, frequent_tags
from ml.training.data.packing import Pack
from ml.training.data.soft_targets import SoftTargets, cached_soft_targets
from ml.training.evaluation.held_out import predict_held_out
from ml.training.networks.optimizer import optimizer
from ml.training.networks.ridge_readout import fit_ridge_readout
from ml.training.networks.student import Student
from ml.training.product.recipes import STARTS, Recipe

FOLDS = ("0", "1", "2", "3", "4", "final")


def build_network(network: str, recipe: Recipe, spec: AudioSpec) -> keras.Model:
    return cnn1d(spec, spread=recipe.spread, wide=recipe.wide) if network == "cnn1d" else cnn2d(spec)


def train_fold(
    pack: Pack, network: str, fold: str, members: Sequence[Recipe], out: Path, only: int | None = None
) -> None:
    """Trains one network without one fold (or on all clips) and saves it in `out` with its held-out scores.

    With `only`, trains just that member, so that several processes can share the work.
    """
    if (out / "done.json").exists():
        print(f"{out}: already done")
        return
    out.mkdir(parents=True, exist_ok=True)
    clips = pack.training_clips(fold)
    scaler = fit_scaler(pack, network, clips)
    soft = cached_soft_targets(pack, fold, out.parent) if pack.teacher_mask.any() else None
    places = [out / f"member-{number}" for number in range(len(members))]
    for number, (place, recipe) in enumerate(zip(places, members, strict=True)):
        if only in (None, number):
            start = train_start(pack, network, start_of(fold), recipe, out.parent) if recipe.start_steps else None
            title = f"{network} fold {fold} member {number}"
            train_member(pack, network, clips, scaler, recipe, place, title, soft, start)
    if only is not None:
        return
    trained = [keras.saving.load_model(place / "network.keras", compile=False) for place in places]
    for number, member in enumerate(trained):
        member.name = f"member_{number}"
    readout = fit_ridge_readout(trained, pack, clips, scaler, Targets.of(pack, [], soft))
    whole = ensemble(trained, *readout, name=network)
    whole.save(out / "network.keras")
    (out / "scaler.json").write_text(json.dumps(scaler.to_card()))
    if fold != "final":
        held_out = pack.measured[pack.folds[pack.measured] == int(fold)]
        predict_held_out(pack, held_out, whole, scaler, input_lengths(trained)).save(out / "heldout.npz")
    facts = {
        "members": [json.loads((place / "done.json").read_text()) for place in places],
        "views": input_lengths(trained),
        "clips": len(clips),
    }
    (out / "done.json").write_text(json.dumps(facts))


def start_of(fold: str) -> str:
    """The name of the start that a fold continues."""
    return next(name for name, folds in STARTS.items() if fold in folds)


def train_start(pack: Pack, network: str, name: str, recipe: Recipe, folder: Path) -> Path:
    """Trains a start unless it is there, and returns its folder. Waits for another process that is training it."""
    place = folder / f"{network}-{name}"
    place.mkdir(parents=True, exist_ok=True)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        clips = pack.training_clips(name)
        soft = cached_soft_targets(pack, name, folder) if pack.teacher_mask.any() else None
        scaler = fit_scaler(pack, network, clips)
        train_member(pack, network, clips, scaler, recipe, place, f"{network} {name}", soft, decay=False)
    return place


def train_member(
    pack: Pack,
    network: str,
    clips: np.ndarray,
    scaler: FeatureScaler | SpectrogramScaler,
    recipe: Recipe,
    out: Path,
    title: str,
    soft: SoftTargets | None = None,
    start: Path | None = None,
    decay: bool = True,
) -> None:
    """Trains one member on `clips` and saves it in `out`. It begins with the weights of `start`, if given.

    Without `decay` it is a start itself, and keeps its training-only heads, too.
    """
    if (out / "done.json").exists():
        print(f"{out}: already done")
        return
    out.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(recipe.seed)
    words = json.loads((start / "words.json").read_text()) if start else frequent_tags(pack, clips)
    batches = make_batches(pack, clips, Targets.of(pack, words, soft), scaler, recipe)
    if not decay:
        recipe = replace(recipe, epochs=max(1, round(recipe.start_steps / len(batches))))
    member = build_network(network, recipe, pack.spec)
    student = Student(member, teacher_outputs=pack.teacher.shape[1], tags=len(words))
    student(np.zeros((1, *member.input_shape[1:]), np.float32))  # builds it, so that an interrupted run can be resumed
    if start:
        student.load_weights(start / "student.weights.h5")
    student.compile(optimizer=optimizer(recipe, len(batches), decay))
    started = time.monotonic()
    student.fit(
        batches,
        epochs=recipe.epochs,
        verbose=0,
        callbacks=[
            # The last two: a process that is killed while it writes leaves a broken file.
            Backup(str(out / "backup"), double_checkpoint=True),
            keras.callbacks.CSVLogger(str(out / "epochs.csv"), append=True),
            Progress(title, recipe.epochs),
        ],
    )
    if decay:
        member.save(out / "network.keras")
    else:
        student.save_weights(out / "student.weights.h5")
        (out / "words.json").write_text(json.dumps(words))
    (out / "done.json").write_text(json.dumps({"recipe": asdict(recipe), "seconds": round(time.monotonic() - started)}))


def make_batches(
    pack: Pack, clips: np.ndarray, targets: Targets, scaler: FeatureScaler | SpectrogramScaler, recipe: Recipe
) -> Batches:
    """Batches for the network that `scaler` belongs to."""
    if isinstance(scaler, FeatureScaler):
        return FrameBatches(pack, clips, targets, recipe, scaler=scaler)
    return SpectrogramBatches(pack, clips, targets, recipe, scaler=scaler)


def fit_scaler(pack: Pack, network: str, clips: np.ndarray) -> FeatureScaler | SpectrogramScaler:
    """The scaler of a network, fitted on `clips` only."""
    if network == "cnn1d":
        return FeatureScaler.fit(np.concatenate([pack.frames_of(clip) for clip in clips]))
    return fit_spectrogram_scaler(pack, clips)


def fit_spectrogram_scaler(pack: Pack, clips: np.ndarray) -> SpectrogramScaler:
    """Fits the standard deviation of levelled log-mel on the middle segment of each training clip."""
    unscaled = SpectrogramScaler(deviation_db=1.0)
    middle = []
    for clip in clips:
        mel = pack.mel_of(clip)
        start = max(0, (len(mel) - pack.spec.segment_steps) // 2)
        middle.append(float(np.var(unscaled(mel[None, start : start + pack.spec.segment_steps], pack.spec))))
    return SpectrogramScaler(deviation_db=round(float(np.sqrt(np.mean(middle))), 4))


class Backup(keras.callbacks.BackupAndRestore):
    """Backs up every fifth epoch, since writing takes as long as six steps."""

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if (epoch + 1) % 5 == 0:
            super().on_epoch_end(epoch, logs)


class Progress(keras.callbacks.Callback):
    """Prints a line every tenth epoch."""

    def __init__(self, name: str, epochs: int) -> None:
        super().__init__()
        self.name, self.epochs = name, epochs

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if (epoch + 1) % 10 == 0 or epoch == 0:
            parts = " ".join(f"{key} {value:.3f}" for key, value in (logs or {}).items())
            print(f"{self.name} epoch {epoch + 1}/{self.epochs} {parts}", flush=True)
