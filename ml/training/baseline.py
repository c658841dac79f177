"""Trains the baseline that the networks are compared with: support vector machines on statistics of the 57 features.

python -m ml.training.baseline          # one to three minutes; ml.training.evaluate reads the result
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from ml.training.data.packing import Pack
from ml.training.evaluation.held_out import HeldOutScores
from ml.training.evaluation.svm_baseline import OUTPUT, clip_statistics, cross_validated_svm_scores
from ml.training.product.fusion import target_vectors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, default=Path("var/training/pack"))
    parser.add_argument("--out", type=Path, default=OUTPUT)
    args = parser.parse_args()
    pack = Pack.load(args.pack)
    clips = [pack.clips[i] for i in pack.measured]
    folds = np.array([clip.fold for clip in clips])
    artists = np.array([clip.artist for clip in clips])
    scores = cross_validated_svm_scores(clip_statistics(pack), target_vectors(clips), folds, artists)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    HeldOutScores(np.arange(len(scores)), scores).save(args.out)
    print(f"{len(scores)} clips -> {args.out}; compare with: python -m ml.training.evaluate")


if __name__ == "__main__":
    main()
