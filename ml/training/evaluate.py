"""Evaluates the trained networks on held-out clips and makes the bundle.

    python -m ml.training.evaluate                               # prints metrics; writes report, scores and names
    python -m ml.training.evaluate --pictures var/pictures       # also draws plots
    python -m ml.training.evaluate --bundle ml/bundles/mood-5    # also makes the bundle
    python -m ml.training.evaluate --run RUN                     # reports on your own run (docs/own-data.md)

Reads the output of ml.training.train (held-out scores of five folds and the final networks) and, if present, of
ml.training.baseline.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path
from typing import Any

from ml.errors import MoodError
from ml.models.card import VIEWS
from ml.models.combination import Combination
from ml.moods import flat
from ml.training.data.packing import Pack
from ml.training.evaluation import svm_baseline
from ml.training.evaluation.card_report import report
from ml.training.evaluation.genre_frequency import count_genres
from ml.training.evaluation.name_listing import write_names
from ml.training.evaluation.name_report import answers_of
from ml.training.evaluation.out_of_fold import SVM_BASELINE, OutOfFoldScores
from ml.training.reports.name_tables import name_tables


def write_predictions(oof: OutOfFoldScores, folder: Path) -> None:
    """Writes one CSV for each collection and view, with a column for each score, for other scoring programs."""
    folder.mkdir(parents=True, exist_ok=True)
    for view in oof.vectors:
        scores = oof.scores(view)
        for collection in ("4qaed", "mirex", "emotify"):
            rows = [{"file": oof.clips[i].file, **flat(scores[i])} for i in oof.rows(collection)]
            with (folder / f"{collection}-{view}.csv").open("w", newline="", encoding="utf-8") as handle:
                writer = csv.DictWriter(handle, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)


def print_report(report: dict[str, Any]) -> None:
    """Prints the metrics of scores, a line for each kind, and those of names as tables."""
    metrics_by_view = {view: report["metrics"][view] for view in VIEWS} | report["baselines"]
    for view, by_collection in metrics_by_view.items():
        for collection, metrics in by_collection.items():
            if collection != "names":
                print(f"{view:13s} {collection:9s} {_line(metrics)}")
    for view in VIEWS:
        print(f"{view:13s} calibration error if perfectly calibrated {report['reliability'][view]['expected']}")
    print(name_tables(report), *report["limitations"], sep="\n")
    for one in report["significance"]:
        result = "significant" if one["low"] > 0 or one["high"] < 0 else "not significant"
        interval = f"{one['difference']:+.3f} [{one['low']:+.3f}, {one['high']:+.3f}]"
        print(f"{one['figure']}: {one['a']} minus {one['b']} is {interval}: {result} ({one['artists']} artists)")
    print(f"combination {json.dumps(report['combination'])}")


def _line(metrics: dict[str, dict[str, float]]) -> str:
    return "  ".join(f"{n} {f['value']:.3f} [{f['low']:.3f}, {f['high']:.3f}]" for n, f in metrics.items())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, default=Path("var/training/pack"))
    parser.add_argument("--runs", type=Path, default=Path("var/training/mood-5"))
    parser.add_argument("--baseline", type=Path, default=svm_baseline.OUTPUT, help="made by ml.training.baseline")
    parser.add_argument("--plain", action="store_true", help="average the networks, as in mood-1, without fitting")
    parser.add_argument("--pictures", type=Path, default=None, metavar="DIR", help="folder for plots")
    parser.add_argument("--bundle", type=Path, default=None, help="new directory for the bundle")
    parser.add_argument("--run", type=Path, default=None, help="report on a run of ml.training.train --data instead")
    args = parser.parse_args()
    if args.run:
        return _report_run(args.run)
    try:
        oof = OutOfFoldScores.read(
            Pack.load(args.pack), args.runs, args.baseline, Combination.plain() if args.plain else None
        )
    except FileNotFoundError as error:
        print(
            f"{error.filename} does not exist. ml.training.pack makes the pack, ml.training.train the runs.",
            file=sys.stderr,
        )
        return 1
    answers = answers_of(oof)
    values = report(oof, answers)
    (args.runs / "report.json").write_text(json.dumps(values, indent=1))
    write_predictions(oof, args.runs / "predictions")
    write_names(oof, answers, args.runs / "names")
    print_report(values)
    if SVM_BASELINE not in oof.vectors:
        print(f"{args.baseline} does not exist. To compare with the baseline, run python -m ml.training.baseline.")
    strengths = [composite.genres for composite in answers["both"].composites]
    genres = count_genres(strengths, [clip.collection for clip in oof.clips])
    print(genres.to_markdown(), *genres.violations(), sep="\n")
    if args.pictures:
        from ml.training.reports.product_plots import plot_report

        print(*plot_report(oof.pack, values, args.pictures, args.runs), sep="\n")
    if args.bundle:
        from ml.training.evaluation.trait_directions import trait_card
        from ml.training.product.bundling import make_bundle

        make_bundle(oof.pack, args.runs, values | trait_card(oof.pack), args.bundle)
    return 0


def _report_run(run: Path) -> int:
    from ml.training.own.run_report import report_run

    try:
        report_run(run)
    except MoodError as error:
        print(error.message, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
