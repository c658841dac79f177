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
from ml.training.own.piece_store import Heard, sample_spectrograms
from ml.training.own.run import CARD, FORMAT, HEARD, PROBLEMS, SONGS, VERSION, write_problems, write_songs
from ml.training.own.run_request import SETTINGS, START, Order
from ml.training.own.song_metrics import figures
from ml.training.own.splitting import Split

LICENCE = (
    "Yours: made from recordings and labels of your own, by code under the MIT licence. What your recordings allow is"
    " between you and their owners."
)
PACKAGES = ("keras", "tensorflow", "numpy", "scipy", "scikit-learn", "av")


@dataclass(frozen=True)
class Fitted:
    """What came of the training."""

    chances: np.ndarray
    """float32 (songs, moods): of judged songs, by a network that did not hear their artists; else not a number."""
    facts: dict[str, Any]
    """Of the network that is kept."""


def truth_of(collection: Collection) -> np.ndarray:
    """Which moods the songs carry: bool (songs, moods)."""
    return np.array([[mood in song.moods for mood in collection.moods] for song in collection.songs])


def write_run(
    order: Order,
    heard: Heard,
    splits: list[Split],
    fitted: Fitted,
    settings: dict[str, Any],
    cache: FeatureCache,
    seconds: float,
) -> None:
    """Everything that a run holds, and away with what only the work needed."""
    songs, moods = heard.collection.songs, heard.collection.moods
    write_songs(order.partial / SONGS, songs, _parts(len(songs), splits), fitted.chances, moods, heard.durations_s)
    if heard.collection.problems:
        write_problems(order.partial / PROBLEMS, heard.collection.problems)
    samples = sample_spectrograms(songs, moods, cache)
    np.savez_compressed(
        order.partial / HEARD,
        medians=heard.medians,
        durations_s=heard.durations_s,
        **{f"mel{number}": samples[mood] for number, mood in enumerate(moods)},
    )
    card = _card(order, heard.collection, splits, fitted, settings, cache)
    card["seconds"] = round(seconds)
    (order.partial / CARD).write_text(json.dumps(card, indent=1, ensure_ascii=False), encoding="utf-8")
    for leftover in [*order.partial.glob("network-*"), order.partial / "pieces.f32", order.partial / SETTINGS]:
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()


def _card(
    order: Order,
    collection: Collection,
    splits: list[Split],
    fitted: Fitted,
    settings: dict[str, Any],
    cache: FeatureCache,
) -> dict[str, Any]:
    judged = np.flatnonzero(~np.isnan(fitted.chances[:, 0]))
    artists = np.array([song.artist for song in collection.songs])
    one = len(splits) == 1
    return {
        "format": FORMAT,
        "version": VERSION,
        "architecture": {
            "name": order.architecture.name,
            "title": order.architecture.title,
            "source": order.architecture.source,
            "start": settings[START],
            "shape": list(order.architecture.shape),
            "parameters": fitted.facts["parameters"],
            "recipe": asdict(order.architecture.recipe),
        },
        "moods": list(collection.moods),
        "several_moods": collection.several,
        "vote": order.vote(collection),
        "spec": cache.spec.to_card(),
        "data": {
            "songs": len(collection.songs),
            "artists": len(set(artists.tolist())),
            "artists_unknown": sum(song.artist_from == "file" for song in collection.songs),
            "left_out": len(collection.problems),
            "notes": collection.notes,
        },
        "training": {
            "seed": order.seed,
            "epochs": fitted.facts["epochs"],
            "best_epoch": fitted.facts["best_epoch"],
            "seconds": fitted.facts["seconds"],
            "judged_by": "one part, artists apart" if one else f"{len(splits)} folds",
            "kept": "the network that is judged" if one else "one more, which learned from all songs",
        },
        "figures": figures(
            fitted.chances[judged], truth_of(collection)[judged], collection.moods, artists[judged], collection.several
        ),
        "command": order.command,
        "settings": settings,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        "licence": LICENCE,
    }


def _parts(count: int, splits: list[Split]) -> list[str]:
    """What part each song had: learn, stop or judge; or the fold in which it judged."""
    parts = [""] * count
    for number, split in enumerate(splits, start=1):
        for song in split.judge:
            parts[song] = "judge" if len(splits) == 1 else f"fold {number}"
        if len(splits) == 1:
            for song in split.learn:
                parts[song] = "learn"
            for song in split.stop:
                parts[song] = "stop"
    return parts
