"""Writes the files of a finished run."""

from __future__ import annotations

import json
import platform
import shutil
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

import numpy as np

from ml.training.data.feature_cache import FeatureCache
from ml.training.own.labelled_songs import Collection
from ml.training.own.piece_store import FeatureArrays, sample_spectrograms
from ml.training.own.run import CARD, FEATURES, FORMAT, PROBLEMS, SONGS, VERSION, write_problems, write_songs
from ml.training.own.run_request import SETTINGS, START, TrainingRequest
from ml.training.own.song_metrics import song_metrics
from ml.training.own.splitting import Split

LICENCE = (
    "Yours: made from your own recordings and labels by code under the MIT licence. The rights to your recordings are"
    " between you and their owners."
)
PACKAGES = ("keras", "tensorflow", "numpy", "scipy", "scikit-learn", "av")


@dataclass(frozen=True)
class TrainingResult:
    """The outcome of training."""

    chances: np.ndarray
    """float32 (songs, moods): of tested songs, by a network trained without their artists; else NaN."""
    facts: dict[str, Any]
    """Facts on the final network."""


def ground_truth(collection: Collection) -> np.ndarray:
    """The moods of the songs, bool (songs, moods)."""
    return np.array([[mood in song.moods for mood in collection.moods] for song in collection.songs])


def write_run(
    request: TrainingRequest,
    arrays: FeatureArrays,
    splits: list[Split],
    result: TrainingResult,
    settings: dict[str, Any],
    cache: FeatureCache,
    seconds: float,
) -> None:
    """Writes all files of a run and removes temporary ones."""
    songs, moods = arrays.collection.songs, arrays.collection.moods
    write_songs(request.partial / SONGS, songs, _parts(len(songs), splits), result.chances, moods, arrays.durations_s)
    if arrays.collection.problems:
        write_problems(request.partial / PROBLEMS, arrays.collection.problems)
    samples = sample_spectrograms(songs, moods, cache)
    spectrograms: dict[str, Any] = {f"mel{number}": samples[mood] for number, mood in enumerate(moods)}
    np.savez_compressed(
        request.partial / FEATURES, medians=arrays.medians, durations_s=arrays.durations_s, **spectrograms
    )
    card = _card(request, arrays.collection, splits, result, settings, cache)
    card["seconds"] = round(seconds)
    (request.partial / CARD).write_text(json.dumps(card, indent=1, ensure_ascii=False), encoding="utf-8")
    for leftover in [*request.partial.glob("network-*"), request.partial / "pieces.f32", request.partial / SETTINGS]:
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()


def _card(
    request: TrainingRequest,
    collection: Collection,
    splits: list[Split],
    result: TrainingResult,
    settings: dict[str, Any],
    cache: FeatureCache,
) -> dict[str, Any]:
    test = np.flatnonzero(~np.isnan(result.chances[:, 0]))
    artists = np.array([song.artist for song in collection.songs])
    single = len(splits) == 1
    return {
        "format": FORMAT,
        "version": VERSION,
        "architecture": {
            "name": request.architecture.name,
            "title": request.architecture.title,
            "source": request.architecture.source,
            "start": settings[START],
            "shape": list(request.architecture.shape),
            "parameters": result.facts["parameters"],
            "recipe": asdict(request.architecture.recipe),
        },
        "moods": list(collection.moods),
        "several_moods": collection.multi_label,
        "vote": request.vote(collection),
        "spec": cache.spec.to_card(),
        "data": {
            "songs": len(collection.songs),
            "artists": len(set(artists.tolist())),
            "artists_unknown": sum(song.artist_from == "file" for song in collection.songs),
            "left_out": len(collection.problems),
            "notes": collection.notes,
        },
        "training": {
            "seed": request.seed,
            "epochs": result.facts["epochs"],
            "best_epoch": result.facts["best_epoch"],
            "seconds": result.facts["seconds"],
            "judged_by": "a test set, artists apart" if single else f"{len(splits)} folds",
            "kept": "the tested network" if single else "one more, trained on all songs",
        },
        "figures": song_metrics(
            result.chances[test],
            ground_truth(collection)[test],
            collection.moods,
            artists[test],
            collection.multi_label,
        ),
        "command": request.command,
        "settings": settings,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        "licence": LICENCE,
    }


def _parts(count: int, splits: list[Split]) -> list[str]:
    """The part of each song: train, validation or test; or the fold in which it was tested."""
    parts = [""] * count
    for number, split in enumerate(splits, start=1):
        for song in split.test:
            parts[song] = "test" if len(splits) == 1 else f"fold {number}"
        if len(splits) == 1:
            for song in split.train:
                parts[song] = "train"
            for song in split.validation:
                parts[song] = "validation"
    return parts
