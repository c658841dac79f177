"""Writes what a run holds, once everything is trained."""

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
    "Yours: made from recordings and labels of your own, by code under the MIT licence. What your recordings allow is"
    " between you and their owners."
)
PACKAGES = ("keras", "tensorflow", "numpy", "scipy", "scikit-learn", "av")


@dataclass(frozen=True)
class TrainingResult:
    """What came of the training."""

    chances: np.ndarray
    """float32 (songs, moods): of judged songs, by a network that did not hear their artists; else not a number."""
    facts: dict[str, Any]
    """Of the network that is kept."""


def ground_truth(collection: Collection) -> np.ndarray:
    """Which moods the songs carry: bool (songs, moods)."""
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
    """Everything that a run holds, and away with what only the work needed."""
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
            "judged_by": "one part, artists apart" if single else f"{len(splits)} folds",
            "kept": "the network that is judged" if single else "one more, which learned from all songs",
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
    """What part each song had: learn, stop or judge; or the fold in which it judged."""
    parts = [""] * count
    for number, split in enumerate(splits, start=1):
        for song in split.test:
            parts[song] = "judge" if len(splits) == 1 else f"fold {number}"
        if len(splits) == 1:
            for song in split.train:
                parts[song] = "learn"
            for song in split.validation:
                parts[song] = "stop"
    return parts
