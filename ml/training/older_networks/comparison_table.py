"""Results of the network comparison, and their tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ml.training.evaluation.metrics import bootstrap_intervals, classification_metrics
from ml.training.older_networks.architecture import Architecture
from ml.training.older_networks.input_views import INPUT_VIEWS
from ml.training.older_networks.registry import ARCHITECTURES
from ml.training.reports.markdown import interval

COMMON_FOLD = 0
"""The fold that every network is measured on, for a comparison on the same songs."""


def collect_results(measures: Sequence[Path]) -> dict[str, Any]:
    """Results by network, in the registry's order, from the files that `measure_fold` wrote."""
    results = [json.loads(path.read_text()) for path in measures]
    networks = {}
    for name in ARCHITECTURES:
        folds = sorted((one for one in results if one["network"] == name), key=lambda one: one["fold"])
        if folds:
            networks[name] = _network(folds)
    return networks


def _network(folds: list[dict[str, Any]]) -> dict[str, Any]:
    first = folds[0]
    common = [one for one in folds if one["fold"] == COMMON_FOLD]
    return {
        "folds": [one["fold"] for one in folds],
        "songs": sum(len(one["labels"]) for one in folds),
        "shape": first["shape"],
        "start": first["start"],
        "pieces_in_training": first["pieces_in_training"],
        "parameters": first["parameters"],
        "epochs_allowed": first["epochs_allowed"],
        "epochs": round(float(np.mean([one["epochs"] for one in folds])), 1),
        "core_seconds_a_fold": round(float(np.mean([one["core_seconds"] for one in folds])), 1),
        **_metrics(folds),
        "common_fold": _metrics(common) if common else None,
    }


def _metrics(folds: list[dict[str, Any]]) -> dict[str, Any]:
    chances = np.concatenate([np.array(one["chances"]) for one in folds])
    labels = np.concatenate([np.array(one["labels"]) for one in folds])
    metrics = bootstrap_intervals(lambda sample: classification_metrics(chances[sample], labels[sample]), len(labels))
    return {name: metrics[name] for name in ("accuracy", "macro_f1")}


def table(networks: dict[str, Any]) -> str:
    """The comparison as Markdown: results, then the reduced settings."""
    scores = [
        "| network | name | accuracy | macro-F1 | macro-F1, fold 0 alone | weights | core minutes a fold |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    costs = [
        "| name | input | measured size | epochs | folds | training pieces a song |",
        "|" + " --- |" * 6,
    ]
    for name, results in networks.items():
        entry = ARCHITECTURES[name]
        common = interval(results["common_fold"]["macro_f1"]) if results["common_fold"] else "-"
        metrics = f"{interval(results['accuracy'])} | {interval(results['macro_f1'])} | {common}"
        minutes = f"{results['core_seconds_a_fold'] / 60:.1f}"
        scores.append(f"| {entry.title} | `{name}` | {metrics} | {results['parameters']:,} | {minutes} |")
        costs.append(
            f"| `{name}` | {INPUT_VIEWS[entry.view].title} | {_size(results['shape'], entry.shape)} "
            f"| {_epochs(results, entry)} | {len(results['folds'])} | {results['pieces_in_training'] or 'all'} |"
        )
    return "\n".join([*scores, "", *costs])


def page_tables(results: dict[str, Any]) -> dict[str, str]:
    """The generated sections of docs/networks.md, by mark."""
    return {"networks": table(results["networks"]), "leaks": leakage_table(results["leaks"])}


def leakage_table(leakage: Sequence[dict[str, Any]]) -> str:
    """The leakage comparison as Markdown."""
    lines = [
        "| kept apart | scaler fitted on | accuracy by piece | accuracy by song | macro-F1 by song |",
        "| --- | --- | --- | --- | --- |",
    ]
    for one in leakage:
        metrics = " | ".join(interval(one[name]) for name in ("piece_accuracy", "song_accuracy", "song_macro_f1"))
        lines.append(f"| {one['apart']} | {one['scaler']} | {metrics} |")
    return "\n".join(lines)


def _size(is_measured: list[int], registered: tuple[int, ...]) -> str:
    """Width x height for images, as usual in publications; other shapes as they are."""

    def text(shape: Sequence[int]) -> str:
        return f"{shape[1]}x{shape[0]}" if len(shape) == 3 else "x".join(str(side) for side in shape if side > 1)

    return text(is_measured) if tuple(is_measured) == registered else f"{text(is_measured)} (of {text(registered)})"


def _epochs(results: dict[str, Any], entry: Architecture) -> str:
    """The epochs run and allowed, and those of the registry if that is more."""
    allowed, registered = results["epochs_allowed"], entry.recipe.epochs
    text = f"{results['epochs']:g} of at most {allowed}"
    return text if allowed == registered else f"{text} (of {registered})"
