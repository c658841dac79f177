"""Results for sung emotion by split and model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ml.training.evaluation.metrics import classification_metrics, confusion_counts, wilson_interval
from ml.training.evaluation.significance import artist_bootstrap_samples
from ml.training.sung.comparison_networks import OLDER_NETWORKS, SVM
from ml.training.sung.fold_scores import NETWORKS, TrainingRun
from ml.training.sung.phrases import EMOTIONS, FOLDS, SPLITS, Phrase

BOTH, ALL = "both", "all"
MODELS = (*OLDER_NETWORKS, SVM, *NETWORKS, BOTH, ALL)
SEEDS = range(16)


def collect_results(phrases: Sequence[Phrase], out: Path) -> dict[str, Any]:
    """Results of each split that is complete in `out`, with every phrase tested once."""
    splits = {}
    for split in SPLITS:
        models = {
            name: metrics
            for name in (*OLDER_NETWORKS, SVM, *NETWORKS)
            if (metrics := _held_out_chances(name, split, phrases, out))
        }
        if all(name in models for name in NETWORKS):
            models[BOTH] = _ensemble_average([models[name] for name in NETWORKS])
            if SVM in models:
                models[ALL] = _ensemble_average([models[name] for name in (*NETWORKS, SVM)])
        if models:
            splits[split] = {name: _metrics(models[name], phrases, split) for name in MODELS if name in models}
    return {"phrases": len(phrases), "actors": len({phrase.actor for phrase in phrases}), "splits": splits}


def _held_out_chances(name: str, split: str, phrases: Sequence[Phrase], out: Path) -> dict[str, Any] | None:
    """The chances of all phrases, averaged over the seeds that are complete."""
    seeds = [
        seed for seed in SEEDS if all(TrainingRun(split, name, fold, seed).place(out).exists() for fold in range(FOLDS))
    ]
    if not seeds:
        return None
    chances = np.zeros((len(phrases), len(EMOTIONS)))
    seconds, parameters, single = [], 0, []
    for seed in seeds:
        seed_chances = np.zeros_like(chances)
        for fold in range(FOLDS):
            run = TrainingRun(split, name, fold, seed)
            saved = json.loads(run.place(out).read_text())
            seed_chances[run.split_indices(phrases)[1]] = saved["chances"]
            seconds.append(saved["core_seconds"])
            parameters = saved["parameters"]
        chances += seed_chances / len(seeds)
        single.append(seed_chances)
    return {"chances": chances, "single": single, "seconds": seconds, "parameters": parameters}


def _ensemble_average(models: list[dict[str, Any]]) -> dict[str, Any]:
    """The mean of the chances of several models."""
    return {"chances": np.mean([one["chances"] for one in models], axis=0)}


def _metrics(models: dict[str, Any], phrases: Sequence[Phrase], split: str) -> dict[str, Any]:
    chances, labels = models["chances"], np.array([phrase.emotion for phrase in phrases])
    groups = [phrase.actor for phrase in phrases] if split == "actors" else range(len(phrases))
    point = classification_metrics(chances, labels)
    draws = [
        classification_metrics(chances[sample], labels[sample]) for sample in artist_bootstrap_samples(np.array(groups))
    ]
    predicted = chances.argmax(axis=1)
    metrics: dict[str, Any] = {
        name: {
            "value": round(point[name], 4),
            "low": round(float(np.percentile([draw[name] for draw in draws], 2.5)), 4),
            "high": round(float(np.percentile([draw[name] for draw in draws], 97.5)), 4),
        }
        for name in ("accuracy", "macro_f1")
    }
    metrics["recall"] = {
        name: wilson_interval(int(np.sum(predicted[labels == number] == number)), int(np.sum(labels == number)))
        for number, name in enumerate(EMOTIONS)
    }
    metrics["confusion"] = confusion_counts(predicted, labels, len(EMOTIONS))
    folds = [TrainingRun(split, "", fold).split_indices(phrases)[1] for fold in range(FOLDS)]
    metrics["folds"] = [round(float(np.mean(predicted[test] == labels[test])), 4) for test in folds]
    if "single" in models:
        metrics["seeds"] = len(models["single"])
        metrics["one_seed"] = round(
            float(np.mean([np.mean(one.argmax(axis=1) == labels) for one in models["single"]])), 4
        )
        metrics["core_seconds_a_fold"] = round(float(np.mean(models["seconds"])), 1)
        metrics["parameters"] = models["parameters"]
    return metrics
