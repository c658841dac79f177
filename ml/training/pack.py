"""Packs all training data into one folder of plain arrays: features, labels, teacher outputs.

    python -m ml.training.pack --data DIR --out var/training/pack

Training reads nothing else, so it can run on another machine without audio files and decoder.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from ml.spec import SPEC
from ml.training.data.feature_cache import FeatureCache
from ml.training.data.packing import make_pack


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with 4qaed/, mirex/, emotify/ and teacher/")
    parser.add_argument("--out", type=Path, default=Path("var/training/pack"))
    parser.add_argument("--cache", type=Path, default=Path("var/cache/features"))
    parser.add_argument("--processes", type=int, default=None)
    args = parser.parse_args()
    pack = make_pack(args.data, FeatureCache(args.cache, SPEC), args.processes)
    pack.save(args.out)
    hours = len(pack.mel) / SPEC.steps_per_s / 3600
    print(f"{len(pack.clips)} clips, {hours:.1f} h, {pack.teacher.shape[1]} teacher outputs -> {args.out}")


if __name__ == "__main__":
    main()
