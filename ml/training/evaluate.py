"""Figures of trained networks on clips that they never saw, and the bundle that carries them.

    python -m ml.training.evaluate                               # prints figures, writes report.json and predictions
    python -m ml.training.evaluate --pictures var/pictures       # and draws them
    python -m ml.training.evaluate --bundle ml/bundles/mood-2    # and makes the bundle
    python -m ml.training.evaluate --run RUN                     # a run on your own data instead, see docs/own-data.md

Reads what ml.training.train left: the held-out scores of five folds, and the final networks; and what
ml.training.baseline left, if it was run.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path
from typing import Any

from ml.calibration import Reference
from ml.errors import MoodError
from ml.models.card import VIEWS
from ml.models.combination import Combination
from ml.moods import flat
from ml.training import baseline
from ml.training.data.packing import Pack
from ml.training.evaluation.card_report import genres_given, report
from ml.training.evaluation.out_of_fold import PLAIN_SVM, Heard


def write_predictions(heard: Heard, folder: Path) -> None:
    """One CSV a collection and view: file, and a column a score; for any other scorer."""
    folder.mkdir(parents=True, exist_ok=True)
    for view in heard.vectors:
        scores = heard.scores(view)
        for collection in ("4qaed", "mirex", "emotify"):
            rows = [{"file": heard.clips[i].file, **flat(scores[i])} for i in heard.rows(collection)]
            with (folder / f"{collection}-{view}.csv").open("w", newline="", encoding="utf-8") as handle:
                writer = csv.DictWriter(handle, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)


def tell(found: dict[str, Any]) -> None:
    """A report's figures, a line for each kind."""
    measured = {view: found["metrics"][view] for view in VIEWS} | found["baselines"]
    for view, by_collection in measured.items():
        for collection, named in by_collection.items():
            print(f"{view:13s} {collection:9s} {_line(named)}")
    for view in VIEWS:
        print(f"{view:13s} composite {_line(found['composite'][view]['figures'])}")
        print(f"{view:13s} calibration error {found['composite'][view]['calibration_error']}")
        print(f"{view:13s} a perfectly calibrated model's {found['reliability'][view]['expected']}")
    if words := found["words"]:
        for part, said in ((words, f"words of {words['songs']} songs"), (words["unscaled"], "the same, unscaled")):
            named = {"both": {name: part[name] for name in ("exact", "first_side", "one_side")}} | part["baselines"]
            for view, figures in named.items():
                print(f"{view:13s} {said} {_line(figures)}")
    for one in found["significance"]:
        holds = "holds" if one["low"] > 0 or one["high"] < 0 else "does not hold"
        interval = f"{one['difference']:+.3f} [{one['low']:+.3f}, {one['high']:+.3f}]"
        print(f"{one['figure']}: {one['a']} less {one['b']} is {interval}, which {holds} ({one['artists']} artists)")
    print(f"combination {json.dumps(found['combination'])}")


def _line(figures: dict[str, dict[str, float]]) -> str:
    return "  ".join(f"{n} {f['value']:.3f} [{f['low']:.3f}, {f['high']:.3f}]" for n, f in figures.items())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, default=Path("var/training/pack"))
    parser.add_argument("--runs", type=Path, default=Path("var/training/mood-3"))
    parser.add_argument("--baseline", type=Path, default=baseline.PLACE, help="made by ml.training.baseline")
    parser.add_argument("--plain", action="store_true", help="combine by halves, as mood-1 does, and fit nothing")
    parser.add_argument("--pictures", type=Path, default=None, metavar="DIR", help="folder to draw the figures into")
    parser.add_argument("--bundle", type=Path, default=None, help="directory to make; must not exist")
    parser.add_argument("--run", type=Path, default=None, help="a run of ml.training.train --data, instead of all this")
    args = parser.parse_args()
    if args.run:
        return _report_run(args.run)
    try:
        heard = Heard.read(Pack.load(args.pack), args.runs, args.baseline, Combination.plain() if args.plain else None)
    except FileNotFoundError as error:
        print(
            f"There is no {error.filename}: ml.training.pack makes the pack, ml.training.train the runs.",
            file=sys.stderr,
        )
        return 1
    found = report(heard)
    (args.runs / "report.json").write_text(json.dumps(found, indent=1))
    write_predictions(heard, args.runs / "predictions")
    tell(found)
    if PLAIN_SVM not in heard.vectors:
        print(f"There is no {args.baseline}; run python -m ml.training.baseline to compare with the plain method.")
    genres = genres_given(heard, Reference.from_card(found["reference"]["both"]))
    print(genres.to_markdown(), *genres.complaints(), sep="\n")
    if args.pictures:
        from ml.training.reports.product_plots import draw_report

        print(*draw_report(heard.pack, found, args.pictures, args.runs), sep="\n")
    if args.bundle:
        from ml.training.product.bundling import make_bundle

        make_bundle(heard.pack, args.runs, found, args.bundle)
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
