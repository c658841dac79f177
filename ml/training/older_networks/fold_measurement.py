"""Trains one network without one fold and tests it on that fold."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ml.errors import MoodError
from ml.inference.slicing import spread_evenly
from ml.moods import QUADRANTS
from ml.training.data.clips import Clip
from ml.training.older_networks.architecture import Architecture

VALIDATION_SHARE = 0.15


def measure(
    architecture: Architecture,
    clips: Sequence[Clip],
    pieces: Sequence[np.ndarray],
    fold: int,
    out: Path,
    pieces_in_training: int | None = None,
    seed: int = 0,
) -> Path:
    """Trains on the clips outside `fold`, tests on the others, and returns the JSON file with the results.

    The validation set has songs of some training artists; nothing of the fold is used. An interrupted training resumes
    from its last epoch; a finished fold is not trained again.
    """
    path = _place(architecture, fold, out)
    if is_measured(architecture, fold, out, pieces_in_training):
        return path
    from ml.models.standardisation import Scaler
    from ml.training.own.training_loop import fit, song_chances

    in_fold = np.array([clip.fold == fold for clip in clips])
    train, validation = split_by_artist(clips, np.flatnonzero(~in_fold), seed)
    labels = np.array([clip.quadrant for clip in clips])
    train_pieces = [_sampled(one, pieces_in_training) for one in pieces]
    run, start = out / f"{architecture.name}-{fold}", architecture.start()
    wall, cpu = time.monotonic(), time.process_time()
    model = fit(architecture, train_pieces, labels, train, validation, QUADRANTS, run, seed=seed, quiet=True)
    busy = min(1.0, (time.process_time() - cpu) / max(1e-9, time.monotonic() - wall))
    scaler = Scaler.load(run / "scaler.json")
    test_pieces = [pieces[number] for number in np.flatnonzero(in_fold).tolist()]
    chances = song_chances(model, scaler, test_pieces, architecture.vote)
    facts = json.loads((run / "done.json").read_text())
    result = {
        "network": architecture.name,
        "fold": fold,
        "shape": list(architecture.shape),
        "start": start,
        "parameters": facts["parameters"],
        "epochs": facts["epochs"],
        "epochs_allowed": architecture.recipe.epochs,
        "core_seconds": round(facts["seconds"] * busy, 1),
        "pieces_in_training": pieces_in_training,
        "files": [clips[number].file for number in np.flatnonzero(in_fold).tolist()],
        "labels": labels[in_fold].tolist(),
        "chances": chances.round(4).tolist(),
    }
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(result))
    partial.rename(path)
    return path


def is_measured(architecture: Architecture, fold: int, out: Path, pieces_in_training: int | None) -> bool:
    """Whether this fold is finished. Raises MoodError("measured_otherwise") if it has other pieces or epochs."""
    path = _place(architecture, fold, out)
    if not path.exists():
        return False
    saved = json.loads(path.read_text())
    was = (tuple(saved["shape"]), saved["epochs_allowed"], saved["pieces_in_training"])
    if was != (architecture.shape, architecture.recipe.epochs, pieces_in_training):
        sentence = f"{path} has results for other pieces or epochs. Choose another --out."
        raise MoodError("measured_otherwise", sentence)
    return True


def _place(architecture: Architecture, fold: int, out: Path) -> Path:
    return out / f"{architecture.name}-{fold}.json"


def split_by_artist(clips: Sequence[Clip], songs: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Training and validation songs: random whole artists up to `VALIDATION_SHARE`."""
    artists = np.array([clips[song].artist for song in songs])
    order = np.random.default_rng(seed).permutation(np.unique(artists))
    validation_artists: set[str] = set()
    for artist in order:
        if np.isin(artists, list(validation_artists)).mean() >= VALIDATION_SHARE:
            break
        validation_artists.add(str(artist))
    in_validation = np.isin(artists, list(validation_artists))
    return songs[~in_validation], songs[in_validation]


def _sampled(pieces: np.ndarray, at_most: int | None) -> np.ndarray:
    """The middle piece if it is one, else pieces spread over the song."""
    if at_most is None:
        return pieces
    if at_most == 1:
        return pieces[len(pieces) // 2 :][:1]
    return pieces[spread_evenly(len(pieces), at_most)]
