"""What was measured of sung emotion, gathered into figures: by split and by who listens."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ml.training.evaluation.metrics import classification_metrics, confusion_counts, wilson_interval
from ml.training.evaluation.significance import artist_bootstrap_samples
from ml.training.sung.comparison_networks import MACHINE, OLDER
from ml.training.sung.fold_scores import NETWORKS, Run
from ml.training.sung.phrases import EMOTIONS, FOLDS, SPLITS, Phrase

BOTH, ALL = "both", "all"
HEARERS = (*OLDER, MACHINE, *NETWORKS, BOTH, ALL)
SEEDS = range(16)


def gathered(phrases: Sequence[Phrase], out: Path) -> dict[str, Any]:
    """Figures of each split that `out` holds whole: every phrase judged once, in the order of `phrases`."""
    splits = {}
    for split in SPLITS:
        heard = {name: found for name in (*OLDER, MACHINE, *NETWORKS) if (found := _heard(name, split, phrases, out))}
        if all(name in heard for name in NETWORKS):
            heard[BOTH] = _averaged([heard[name] for name in NETWORKS])
            if MACHINE in heard:
                heard[ALL] = _averaged([heard[name] for name in (*NETWORKS, MACHINE)])
        if heard:
            splits[split] = {name: _figures(heard[name], phrases, split) for name in HEARERS if name in heard}
    return {"phrases": len(phrases), "actors": len({phrase.actor for phrase in phrases}), "splits": splits}


def _heard(name: str, split: str, phrases: Sequence[Phrase], out: Path) -> dict[str, Any] | None:
    """The chances of all phrases, averaged over the seeds that are there for every fold."""
    seeds = [seed for seed in SEEDS if all(Run(split, name, fold, seed).place(out).exists() for fold in range(FOLDS))]
    if not seeds:
        return None
    chances = np.zeros((len(phrases), len(EMOTIONS)))
    seconds, parameters, single = [], 0, []
    for seed in seeds:
        mine = np.zeros_like(chances)
        for fold in range(FOLDS):
            run = Run(split, name, fold, seed)
            kept = json.loads(run.place(out).read_text())
            mine[run.sides(phrases)[1]] = kept["chances"]
            seconds.append(kept["core_seconds"])
            parameters = kept["parameters"]
        chances += mine / len(seeds)
        single.append(mine)
    return {"chances": chances, "single": single, "seconds": seconds, "parameters": parameters}


def _averaged(heard: list[dict[str, Any]]) -> dict[str, Any]:
    """The mean of several hearers' chances, each of them as sure as it is."""
    return {"chances": np.mean([one["chances"] for one in heard], axis=0)}


def _figures(heard: dict[str, Any], phrases: Sequence[Phrase], split: str) -> dict[str, Any]:
    chances, labels = heard["chances"], np.array([phrase.emotion for phrase in phrases])
    groups = [phrase.actor for phrase in phrases] if split == "actors" else range(len(phrases))
    point = classification_metrics(chances, labels)
    draws = [
        classification_metrics(chances[drawn], labels[drawn]) for drawn in artist_bootstrap_samples(np.array(groups))
    ]
    said = chances.argmax(axis=1)
    found: dict[str, Any] = {
        name: {
            "value": round(point[name], 4),
            "low": round(float(np.percentile([draw[name] for draw in draws], 2.5)), 4),
            "high": round(float(np.percentile([draw[name] for draw in draws], 97.5)), 4),
        }
        for name in ("accuracy", "macro_f1")
    }
    found["recall"] = {
        name: wilson_interval(int(np.sum(said[labels == number] == number)), int(np.sum(labels == number)))
        for number, name in enumerate(EMOTIONS)
    }
    found["confusion"] = confusion_counts(said, labels, len(EMOTIONS))
    folds = [Run(split, "", fold).sides(phrases)[1] for fold in range(FOLDS)]
    found["folds"] = [round(float(np.mean(said[held] == labels[held])), 4) for held in folds]
    if "single" in heard:
        found["seeds"] = len(heard["single"])
        found["one_seed"] = round(float(np.mean([np.mean(one.argmax(axis=1) == labels) for one in heard["single"]])), 4)
        found["core_seconds_a_fold"] = round(float(np.mean(heard["seconds"])), 1)
        found["parameters"] = heard["parameters"]
    return found
