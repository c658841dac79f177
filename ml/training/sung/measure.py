"""Trains and tests networks for the emotion of sung phrases; docs/sung-emotion.md has expected times.

    python -m ml.training.sung.measure --data DIR                        # DIR holds ravdess/ with its labels.csv
    python -m ml.training.sung.measure --data DIR --split actors         # one of the two splits
    python -m ml.training.sung.measure --data DIR --network cnn1d --seeds 3
    python -m ml.training.sung.measure --data DIR --keep docs/sung-emotion.json --page docs/sung-emotion.md

One network and fold at a time; skips finished ones, so it can be stopped and restarted.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from ml.errors import MoodError
from ml.training.data.feature_cache import FeatureCache
from ml.training.reports.markdown import replace_marked
from ml.training.sung.comparison_networks import OLDER_NETWORKS, SVM, evaluate_older_network, evaluate_svm, pieces_of
from ml.training.sung.fold_scores import NETWORKS, TrainingRun, evaluate_network, measure, variants_of
from ml.training.sung.phrases import FOLDS, SPLITS, Phrase, read_phrases
from ml.training.sung.result_tables import tables
from ml.training.sung.results import collect_results
from ml.training.sung.voice_spec import SUNG_SPEC

COLLECTION = "ravdess"
OUT = Path("var/training/sung")
SEEDS = 2
"""Runs of each network of this package, whose chances are averaged; other networks run once."""


def measure_all(
    data: Path, out: Path, cache: FeatureCache, splits: Sequence[str], networks: Sequence[str], seeds: int
) -> None:
    """Trains and tests what is not finished yet."""
    phrases, folder = read_phrases(data / COLLECTION), data / COLLECTION
    out.mkdir(parents=True, exist_ok=True)
    labels = np.array([phrase.emotion for phrase in phrases])

    @lru_cache(maxsize=1)
    def columns() -> np.ndarray:
        return variants_of(phrases, folder, out)

    @lru_cache(maxsize=1)
    def pieces(network: str) -> list[np.ndarray]:
        return pieces_of(network, phrases, folder, cache)

    def evaluate(run: TrainingRun) -> Callable[[], tuple[np.ndarray, int]]:
        if run.network in OLDER_NETWORKS:
            return partial(evaluate_older_network, run, phrases, pieces(run.network), out)
        if run.network == SVM:
            return partial(evaluate_svm, run, phrases, columns(), SUNG_SPEC)
        return partial(evaluate_network, run, phrases, columns())

    for run in runs(splits, networks, seeds):
        if not run.place(out).exists():
            saved = json.loads(measure(run, evaluate(run), out).read_text())
            right = np.mean(np.argmax(saved["chances"], axis=1) == labels[run.split_indices(phrases)[1]])
            print(
                f"{run.place(out).stem}: accuracy {right:.3f}, {saved['core_seconds'] / 60:.1f} core minutes",
                flush=True,
            )


def runs(splits: Sequence[str], networks: Sequence[str], seeds: int) -> list[TrainingRun]:
    """All requested runs, ordered by seed."""
    return [
        TrainingRun(split, network, fold, seed)
        for seed in range(seeds)
        for split in splits
        for network in networks
        if not seed or network in NETWORKS
        for fold in range(FOLDS)
    ]


def write_results(phrases: list[Phrase], args: argparse.Namespace) -> None:
    """Prints the results, and writes them to the requested files."""
    results = collect_results(phrases, args.out)
    if args.keep:
        args.keep.write_text(json.dumps(results, indent=1) + "\n")
    if args.page:
        args.page.write_text(replace_marked(args.page.read_text(), tables(results)))
    print("\n\n".join(tables(results).values()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds ravdess/ with its labels.csv")
    parser.add_argument("--split", nargs="*", choices=SPLITS, default=SPLITS)
    parser.add_argument("--network", nargs="*", choices=(*OLDER_NETWORKS, SVM, *NETWORKS), metavar="NAME")
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"number of runs to average; default: {SEEDS}")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--cache", type=Path, default=Path("var/cache/features"))
    parser.add_argument("--keep", type=Path, help="also write the results to this file: docs/sung-emotion.json")
    parser.add_argument("--page", type=Path, help="and the tables to this page: docs/sung-emotion.md")
    args = parser.parse_args()
    networks = args.network if args.network is not None else (*OLDER_NETWORKS, SVM, *NETWORKS)
    try:
        measure_all(args.data, args.out, FeatureCache(args.cache), args.split, networks, args.seeds)
        write_results(read_phrases(args.data / COLLECTION), args)
    except MoodError as error:
        parser.exit(1, f"{error.message}\n")


if __name__ == "__main__":
    main()
