"""What was measured of the networks, gathered into figures, and the figures as tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ml.training.evaluation.metrics import bootstrap_intervals, classification_metrics
from ml.training.older_networks.architecture import Architecture
from ml.training.older_networks.input_views import VIEWS
from ml.training.older_networks.registry import ARCHITECTURES
from ml.training.reports.markdown import interval

COMMON_FOLD = 0
"""The fold that every network is measured on, so that all of them can be compared on the same songs."""


def gathered(measures: Sequence[Path]) -> dict[str, Any]:
    """Figures by network, in the registry's order, from the files that `measure` wrote."""
    found = [json.loads(path.read_text()) for path in measures]
    networks = {}
    for name in ARCHITECTURES:
        folds = sorted((one for one in found if one["network"] == name), key=lambda one: one["fold"])
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
        **_figures(folds),
        "common_fold": _figures(common) if common else None,
    }


def _figures(folds: list[dict[str, Any]]) -> dict[str, Any]:
    chances = np.concatenate([np.array(one["chances"]) for one in folds])
    labels = np.concatenate([np.array(one["labels"]) for one in folds])
    figures = bootstrap_intervals(lambda drawn: classification_metrics(chances[drawn], labels[drawn]), len(labels))
    return {name: figures[name] for name in ("accuracy", "macro_f1")}


def table(networks: dict[str, Any]) -> str:
    """The comparison as Markdown: scores first, then what was reduced to measure them."""
    scores = [
        "| network | name | accuracy | macro-F1 | macro-F1, fold 0 alone | weights | core minutes a fold |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    costs = [
        "| name | reads | a piece, measured | epochs run | folds | pieces a song in training |",
        "|" + " --- |" * 6,
    ]
    for name, found in networks.items():
        known = ARCHITECTURES[name]
        common = interval(found["common_fold"]["macro_f1"]) if found["common_fold"] else "-"
        figures = f"{interval(found['accuracy'])} | {interval(found['macro_f1'])} | {common}"
        minutes = f"{found['core_seconds_a_fold'] / 60:.1f}"
        scores.append(f"| {known.title} | `{name}` | {figures} | {found['parameters']:,} | {minutes} |")
        costs.append(
            f"| `{name}` | {VIEWS[known.view].title} | {_size(found['shape'], known.shape)} | {_epochs(found, known)} "
            f"| {len(found['folds'])} | {found['pieces_in_training'] or 'all'} |"
        )
    return "\n".join([*scores, "", *costs])


def marked_tables(found: dict[str, Any]) -> dict[str, str]:
    """The texts of docs/networks.md, by the name of their mark."""
    return {"networks": table(found["networks"]), "leaks": leak_table(found["leaks"])}


def leak_table(leaks: Sequence[dict[str, Any]]) -> str:
    """What leaks are worth, as Markdown."""
    lines = [
        "| what is kept apart | the scaler has seen | right, by piece | right, by song | macro-F1, by song |",
        "| --- | --- | --- | --- | --- |",
    ]
    for one in leaks:
        figures = " | ".join(interval(one[name]) for name in ("piece_accuracy", "song_accuracy", "song_macro_f1"))
        lines.append(f"| {one['apart']} | {one['scaler']} | {figures} |")
    return "\n".join(lines)


def _size(measured: list[int], registered: tuple[int, ...]) -> str:
    """Width x height, as the published names put it; sequences and vectors as they are."""

    def text(shape: Sequence[int]) -> str:
        return f"{shape[1]}x{shape[0]}" if len(shape) == 3 else "x".join(str(side) for side in shape if side > 1)

    return text(measured) if tuple(measured) == registered else f"{text(measured)} (of {text(registered)})"


def _epochs(found: dict[str, Any], known: Architecture) -> str:
    """How many were run, how many were allowed, and how many the registry allows where that is more."""
    allowed, registered = found["epochs_allowed"], known.recipe.epochs
    text = f"{found['epochs']:g} of at most {allowed}"
    return text if allowed == registered else f"{text} (of {registered})"
