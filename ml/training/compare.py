"""Trains and tests every network of the registry on the same folds, and prints a comparison.

    python -m ml.training.compare --data DIR                         # DIR holds 4qaed/; docs/networks.md has the times
    python -m ml.training.compare --data DIR --network lenet5 vgg16  # some of them
    python -m ml.training.compare --data DIR --split pieces          # effect of data leakage, on a small network
    python -m ml.training.compare --keep docs/networks.json --page docs/networks.md   # write the results to the docs
    python -m ml.training.compare --table docs/networks.json         # print stored tables

One network and fold at a time; skips finished ones and resumes interrupted ones.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from ml.errors import MoodError
from ml.training.data.clips import Clip, read_clips
from ml.training.data.feature_cache import FeatureCache
from ml.training.older_networks import ARCHITECTURES, Architecture, architecture
from ml.training.older_networks.comparison_table import collect_results, leakage_table, page_tables, table
from ml.training.older_networks.fold_measurement import is_measured, measure
from ml.training.older_networks.leakage import LEAKAGE_CASES, LEAKAGE_NETWORK, measure_leakage
from ml.training.older_networks.trial_budget import BUDGETS, FOLDS, TrialBudget, with_budget
from ml.training.reports.markdown import replace_marked

COLLECTION = "4qaed"
OUT = Path("var/training/compare")


def songs(data: Path, cache: FeatureCache, processes: int | None = None) -> list[Clip]:
    """The labelled clips with cached features; unreadable ones are printed and left out."""
    clips = read_clips(data, (COLLECTION,))
    failed = cache.fill([data / clip.name for clip in clips], processes)
    for path, sentence in failed.items():
        print(f"left out {path}: {sentence}")
    return [clip for clip in clips if data / clip.name not in failed]


def read_pieces(network: Architecture, clips: Sequence[Clip], data: Path, cache: FeatureCache) -> list[np.ndarray]:
    """All pieces of every clip as network input."""
    bar = tqdm(clips, desc=f"{network.name}: pieces", unit="clip", mininterval=5.0)
    return [network.inputs(data / clip.name, cache) for clip in bar]


def compare(data: Path, cache: FeatureCache, out: Path, trials: dict[str, TrialBudget]) -> None:
    """Measures the networks of `trials` that are not in `out` yet."""
    out.mkdir(parents=True, exist_ok=True)
    clips = songs(data, cache)
    for name, trial in trials.items():
        network = with_budget(name, trial)
        if all(is_measured(network, fold, out, trial.pieces) for fold in trial.folds):
            continue
        pieces = read_pieces(network, clips, data, cache)
        for fold in trial.folds:
            saved = json.loads(measure(network, clips, pieces, fold, out, trial.pieces).read_text())
            right = np.mean(np.argmax(saved["chances"], axis=1) == np.array(saved["labels"]))
            print(
                f"{name} fold {fold}: accuracy {right:.3f}, {saved['core_seconds'] / 60:.1f} core minutes", flush=True
            )


def compare_leakage(data: Path, cache: FeatureCache, out: Path) -> None:
    """Measures each kind of split with the same small network."""
    out.mkdir(parents=True, exist_ok=True)
    clips = songs(data, cache)
    network = architecture(LEAKAGE_NETWORK)
    pieces = read_pieces(network, clips, data, cache)
    for leak in LEAKAGE_CASES:
        results = json.loads(measure_leakage(leak, network, clips, pieces, out).read_text())
        print(f"{results['apart']}, scaler {results['scaler']}: {results['piece_accuracy']['value']:.3f}", flush=True)


def load_results(out: Path) -> dict[str, Any]:
    """All results in `out`."""
    measures = [path for name in ARCHITECTURES for fold in FOLDS if (path := out / f"{name}-{fold}.json").exists()]
    leakage = [
        json.loads(path.read_text()) for leak in LEAKAGE_CASES if (path := out / f"leak-{leak.name}.json").exists()
    ]
    return {"networks": collect_results(measures), "leaks": leakage}


def tables(results: dict[str, Any]) -> str:
    """The available tables as Markdown."""
    parts = [table(results["networks"])] if results["networks"] else []
    return "\n\n".join([*parts, leakage_table(results["leaks"])] if results["leaks"] else parts)


def chosen_budgets(names: Sequence[str], folds: Sequence[int] | None, full: bool) -> dict[str, TrialBudget]:
    """Budgets by name; with `full` nothing is reduced."""
    network = {name: TrialBudget() if full else BUDGETS[architecture(name).name] for name in names or ARCHITECTURES}
    return {name: replace(trial, folds=tuple(folds or trial.folds)) for name, trial in network.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder that holds 4qaed/ with its labels.csv")
    parser.add_argument(
        "--network", nargs="*", default=[], metavar="NAME", help="networks of the registry; default: all"
    )
    parser.add_argument("--folds", nargs="*", type=int, choices=FOLDS, help="folds; default: those of the budget")
    parser.add_argument("--full", action="store_true", help="no reduced budgets: days on a CPU, an hour on a GPU")
    parser.add_argument(
        "--split", choices=["artists", "pieces"], default="artists", help="pieces: effect of data leakage"
    )
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--cache", type=Path, default=Path("var/cache/features"))
    parser.add_argument("--keep", type=Path, help="also write the results to this file: docs/networks.json")
    parser.add_argument("--page", type=Path, help="and the tables to this page, between its marks: docs/networks.md")
    parser.add_argument("--table", type=Path, help="only print the tables of this file")
    args = parser.parse_args()
    if args.table:
        print(tables(json.loads(args.table.read_text())))
        return
    try:
        if args.data:
            cache = FeatureCache(args.cache)
            if args.split == "pieces":
                compare_leakage(args.data, cache, args.out)
            else:
                compare(args.data, cache, args.out, chosen_budgets(args.network, args.folds, args.full))
        results = load_results(args.out)
        if args.keep:
            args.keep.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
        if args.page:
            args.page.write_text(replace_marked(args.page.read_text(), page_tables(results)))
    except MoodError as error:
        parser.exit(1, f"{error.message}\n")
    print(tables(results) or "No results yet. --data names the folder with the data.")


if __name__ == "__main__":
    main()
