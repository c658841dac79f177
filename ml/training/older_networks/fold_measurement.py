"""One network trained without one fold, and what it hears there."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ml.errors import MoodError
from ml.moods import QUADRANTS
from ml.training.data.clips import Clip
from ml.training.older_networks.architecture import Architecture
from ml.training.older_networks.slicing import spread_evenly

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
    """Trains on the clips outside `fold`, judges those inside it, and keeps that in the JSON file that is returned.

    Early stopping watches songs of some of the training artists; nothing of the fold is used. An interrupted training
    goes on from its last epoch, and a finished measure is not made again.
    """
    kept = _place(architecture, fold, out)
    if measured(architecture, fold, out, pieces_in_training):
        return kept
    from ml.training.own.standardisation import Scaler
    from ml.training.own.training_loop import fit, song_chances

    held = np.array([clip.fold == fold for clip in clips])
    train, validation = artists_apart(clips, np.flatnonzero(~held), seed)
    labels = np.array([clip.quadrant for clip in clips])
    learned = [_some(one, pieces_in_training) for one in pieces]
    run, start = out / f"{architecture.name}-{fold}", architecture.start()
    wall, cpu = time.monotonic(), time.process_time()
    model = fit(architecture, learned, labels, train, validation, QUADRANTS, run, seed=seed, quiet=True)
    busy = min(1.0, (time.process_time() - cpu) / max(1e-9, time.monotonic() - wall))
    scaler = Scaler.load(run / "scaler.json")
    judged = [pieces[number] for number in np.flatnonzero(held)]
    chances = song_chances(model, scaler, judged, architecture.vote)
    facts = json.loads((run / "done.json").read_text())
    found = {
        "network": architecture.name,
        "fold": fold,
        "shape": list(architecture.shape),
        "start": start,
        "parameters": facts["parameters"],
        "epochs": facts["epochs"],
        "epochs_allowed": architecture.recipe.epochs,
        "core_seconds": round(facts["seconds"] * busy, 1),
        "pieces_in_training": pieces_in_training,
        "files": [clips[number].file for number in np.flatnonzero(held)],
        "labels": labels[held].tolist(),
        "chances": chances.round(4).tolist(),
    }
    partial = kept.with_suffix(".partial")
    partial.write_text(json.dumps(found))
    partial.rename(kept)
    return kept


def measured(architecture: Architecture, fold: int, out: Path, pieces_in_training: int | None) -> bool:
    """Whether this was measured before; MoodError("measured_otherwise") where it was with other pieces or epochs."""
    kept = _place(architecture, fold, out)
    if not kept.exists():
        return False
    found = json.loads(kept.read_text())
    was = (tuple(found["shape"]), found["epochs_allowed"], found["pieces_in_training"])
    if was != (architecture.shape, architecture.recipe.epochs, pieces_in_training):
        sentence = f"{kept} was measured with other pieces or epochs than are asked for; choose another --out."
        raise MoodError("measured_otherwise", sentence)
    return True


def _place(architecture: Architecture, fold: int, out: Path) -> Path:
    return out / f"{architecture.name}-{fold}.json"


def artists_apart(clips: Sequence[Clip], songs: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Songs to learn from, and songs to watch: whole artists, until they make `VALIDATION_SHARE`."""
    artists = np.array([clips[song].artist for song in songs])
    order = np.random.default_rng(seed).permutation(np.unique(artists))
    watched: set[str] = set()
    for artist in order:
        if np.isin(artists, list(watched)).mean() >= VALIDATION_SHARE:
            break
        watched.add(str(artist))
    apart = np.isin(artists, list(watched))
    return songs[~apart], songs[apart]


def _some(pieces: np.ndarray, at_most: int | None) -> np.ndarray:
    """From the middle outwards where it is one, else spread over the song."""
    if at_most is None:
        return pieces
    if at_most == 1:
        return pieces[len(pieces) // 2 :][:1]
    return pieces[spread_evenly(len(pieces), at_most)]
