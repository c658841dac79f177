"""Figures of trained networks on clips that they never saw, and the bundle that carries them.

    python -m ml.training.evaluate                          # prints the figures, writes report.json and predictions
    python -m ml.training.evaluate --bundle ml/bundles/mood-1    # and makes the bundle

Reads what ml.training.train left: the held-out scores of five folds, and the final networks.
"""

from __future__ import annotations

import argparse
import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ml.calibration import Reference
from ml.features.names import NAMES
from ml.models.card import VIEWS
from ml.models.score_vector import HEADS, as_scores
from ml.moods import EMOTIONS, flat, sides, true_pairs
from ml.training.confidence import Sides, coverage_curve, cross_fitted, fitted
from ml.training.genre_report import GenreReport, genre_report
from ml.training.heldout import HeldOut
from ml.training.metrics import class_figures, regression_figures, share_figures, with_intervals
from ml.training.pack import Pack

SHARE_OF_2D = 0.5
"""How much the 2D network counts. Set, not fitted: the two are as good as each other within their intervals."""
HEAD = {head.name: head.part for head in HEADS}
THREE = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], float)
"""Quadrants to the three classes energetic, emotional, peaceful."""


@dataclass(frozen=True)
class Heard:
    """Song score vectors (clips, 20) of every clip, out of fold, by view."""

    pack: Pack
    vectors: dict[str, np.ndarray]

    @classmethod
    def read(cls, pack: Pack, runs: Path) -> Heard:
        vectors = {}
        for network in ("cnn1d", "cnn2d"):
            held = HeldOut.load(*(runs / f"{network}-{fold}" / "heldout.npz" for fold in range(5)))
            vectors[network] = np.stack([held.song_scores(clip) for clip in range(len(pack.clips))])
        vectors["both"] = (1 - SHARE_OF_2D) * vectors["cnn1d"] + SHARE_OF_2D * vectors["cnn2d"]
        return cls(pack, vectors)

    def rows(self, collection: str) -> np.ndarray:
        return np.array([i for i, clip in enumerate(self.pack.clips) if clip.collection == collection])

    def folds(self, rows: np.ndarray) -> np.ndarray:
        return np.array([self.pack.clips[i].fold for i in rows])

    def scores(self, view: str) -> list[dict[str, Any]]:
        return [as_scores(vector) for vector in self.vectors[view]]


def figures(heard: Heard, view: str) -> dict[str, Any]:
    """All figures of one view by collection, each with its interval."""
    vectors, clips = heard.vectors[view], heard.pack.clips
    out = {}

    rows = heard.rows("4qaed")
    chances, labels = vectors[rows, HEAD["quadrants"]], np.array([clips[i].quadrant for i in rows])
    affect = np.array([[as_scores(vectors[i])[name] for name in ("valence", "arousal")] for i in rows])
    truth = np.array([clips[i].valence_arousal for i in rows])

    def quadrants(at: np.ndarray) -> dict[str, float]:
        three = class_figures(chances[at] @ THREE, THREE[labels[at]].argmax(axis=1))
        return {
            **class_figures(chances[at], labels[at]),
            "three_class_accuracy": three["accuracy"],
            **regression_figures(affect[at], truth[at], ("valence", "arousal")),
        }

    out["4qaed"] = with_intervals(quadrants, len(rows))

    rows = heard.rows("mirex")
    clusters, kinds = vectors[rows, HEAD["clusters"]], np.array([clips[i].cluster for i in rows])
    out["mirex"] = with_intervals(lambda at: class_figures(clusters[at], kinds[at]), len(rows))

    rows = heard.rows("emotify")
    shares, felt = vectors[rows, HEAD["emotions"]], np.array([clips[i].emotions for i in rows])
    out["emotify"] = with_intervals(lambda at: share_figures(shares[at], felt[at], EMOTIONS), len(rows))
    return out


def composite_figures(heard: Heard, view: str) -> dict[str, Any]:
    """The composite against the listeners' own mixtures, and how well its confidence is calibrated."""
    rows = heard.rows("emotify")
    listeners = [dict(zip(EMOTIONS, heard.pack.clips[i].emotions or (), strict=True)) for i in rows]
    scores = heard.scores(view)
    found = [scores[i]["emotions"] for i in rows]
    pairs = [true_pairs(shares) for shares in listeners]
    exact = np.array([frozenset(sides(shares)) in truth for shares, truth in zip(found, pairs, strict=True)])
    candidates = {pair for truth in pairs for pair in truth}
    frequent = max(candidates, key=lambda pair: sum(pair in truth for truth in pairs))
    known = Sides.of(found, listeners)
    chances, errors = cross_fitted(known, heard.folds(rows))

    def right(at: np.ndarray) -> dict[str, float]:
        return {
            "pair_exact": float(exact[at].mean()),
            "first_side_right": float(known.right[at, 0].mean()),
            "one_side_right": float(known.right[at].any(axis=1).mean()),
        }

    return {
        "figures": with_intervals(right, len(rows)),
        "most_frequent_pair": {
            "pair": sorted(frequent),
            "pair_exact": round(float(np.mean([frequent in truth for truth in pairs])), 4),
        },
        "calibration_error": errors,
        "coverage": coverage_curve(chances[:, 0], known.right[:, 0]),
        "calibration": fitted(known).to_card(),
    }


def report(heard: Heard) -> dict[str, Any]:
    """All that a bundle's card says of its quality, and the references that its rules need."""
    medians = [np.median(heard.pack.frames_of(i), axis=0) for i in range(len(heard.pack.clips))]
    references = {view: Reference.of(flat(scores) for scores in heard.scores(view)) for view in VIEWS}
    composites = {view: composite_figures(heard, view) for view in VIEWS}
    return {
        "share_of_2d": SHARE_OF_2D,
        "metrics": {view: figures(heard, view) for view in VIEWS},
        "composite": {
            view: {name: part for name, part in found.items() if name != "calibration"}
            for view, found in composites.items()
        },
        "calibration": {view: found["calibration"] for view, found in composites.items()},
        "reference": {view: _rounded(reference) for view, reference in references.items()},
        "feature_reference": _rounded(Reference.of(dict(zip(NAMES, map(float, row), strict=True)) for row in medians)),
        "genres": genres_given(heard, references["both"]).to_json(),
    }


def genres_given(heard: Heard, reference: Reference) -> GenreReport:
    """How often each of the ten genres is given to the clips of each collection."""
    return genre_report(heard.scores("both"), [clip.collection for clip in heard.pack.clips], reference)


def _rounded(reference: Reference) -> dict[str, list[float]]:
    return {name: [float(f"{knot:.6g}") for knot in knots] for name, knots in reference.to_card().items()}


def write_predictions(heard: Heard, folder: Path) -> None:
    """One CSV a collection and view: file, and a column a score; for any other scorer."""
    folder.mkdir(parents=True, exist_ok=True)
    for view in VIEWS:
        scores = heard.scores(view)
        for collection in ("4qaed", "mirex", "emotify"):
            rows = [{"file": heard.pack.clips[i].file, **flat(scores[i])} for i in heard.rows(collection)]
            with (folder / f"{collection}-{view}.csv").open("w", newline="", encoding="utf-8") as handle:
                writer = csv.DictWriter(handle, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, default=Path("var/training/pack"))
    parser.add_argument("--runs", type=Path, default=Path("var/training/mood-1"))
    parser.add_argument("--bundle", type=Path, default=None, help="directory to make; must not exist")
    args = parser.parse_args()
    heard = Heard.read(Pack.load(args.pack), args.runs)
    found = report(heard)
    (args.runs / "report.json").write_text(json.dumps(found, indent=1))
    write_predictions(heard, args.runs / "predictions")
    for view in VIEWS:
        for collection, named in found["metrics"][view].items():
            line = "  ".join(f"{n} {f['value']:.3f} [{f['low']:.3f}, {f['high']:.3f}]" for n, f in named.items())
            print(f"{view:6s} {collection:8s} {line}")
        print(f"{view:6s} composite {json.dumps(found['composite'][view]['figures'])}")
        print(f"{view:6s} calibration error {found['composite'][view]['calibration_error']}")
    genres = genres_given(heard, Reference.from_card(found["reference"]["both"]))
    print(genres.to_markdown(), *genres.complaints(), sep="\n")
    if args.bundle:
        from ml.training.bundling import make_bundle

        make_bundle(heard.pack, args.runs, found, args.bundle)


if __name__ == "__main__":
    main()
