"""Tests whether songs keep their name and genre as MP3, Opus at 24 kbit/s, WMA, mono WAV and 9 dB quieter.

    python -m ml.training.stability --data DIR --clips 20 --bundle ml/bundles/mood-5

DIR holds folders of recordings; as many of each are written again in each encoding and analysed, which takes about
three seconds for a clip of half a minute. Prints how many songs keep what, and which names and genres change into
which. Ends with status 1 if fewer than 8 of 10 songs keep their name in every encoding, or fewer than 9 of 10 their
genre.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ml.errors import MoodError
from ml.inference.analysis import analyse
from ml.models.bundle import Bundle
from ml.training.evaluation.encoding_stability import Stability, hear_encodings
from ml.training.faithfulness import AUDIO_SUFFIXES


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a folder with folders of recordings")
    parser.add_argument("--clips", type=int, default=20, help="recordings of each folder")
    parser.add_argument("--sets", nargs="+", help="only these folders")
    parser.add_argument("--bundle", type=Path, default=Path("ml/bundles/mood-5"))
    parser.add_argument("--seed", type=int, default=0, help="seed of the sample")
    parser.add_argument("--json", type=Path, help="also write every song's names and genres to this file")
    args = parser.parse_args(arguments)
    sample = sample_of(args.data, args.clips, args.sets, args.seed)
    if not sample:
        print(f"There are no recordings in {args.data}. --data names a folder with recordings.", file=sys.stderr)
        return 2
    try:
        bundle = Bundle.open(args.bundle)
        bar = tqdm(sample, desc="songs", unit="song", mininterval=5.0)
        songs = [
            hear_encodings(path, str(path.relative_to(args.data)), lambda file: analyse(file, bundle=bundle).answer)
            for path in bar
        ]
    except MoodError as error:
        print(error.message, file=sys.stderr)
        return 2
    stability = Stability(songs)
    print(stability.to_markdown(), *stability.violations(), sep="\n\n")
    if args.json:
        values = {**stability.to_json(), "answers": [song.to_json() for song in songs]}
        args.json.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
    return 1 if stability.violations() else 0


def sample_of(data: Path, count: int, sets: Sequence[str] | None = None, seed: int = 0) -> list[Path]:
    """`count` recordings of each folder in `data` (those directly in it are one more folder), at random."""
    folders: dict[str, list[Path]] = {}
    for path in sorted(data.rglob("*")):
        if path.suffix.lower() in AUDIO_SUFFIXES:
            inside = path.relative_to(data).parts
            folders.setdefault(inside[0] if len(inside) > 1 else "", []).append(path)
    random = np.random.default_rng(seed)
    chosen = {
        name: [paths[i] for i in sorted(random.permutation(len(paths))[:count])]
        for name, paths in folders.items()
        if sets is None or name in sets
    }
    return [path for paths in chosen.values() for path in paths]


if __name__ == "__main__":
    sys.exit(main())
