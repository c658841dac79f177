"""Tests whether explanations are faithful: deleting what they rank first must lower the mood more than chance does.

    python -m ml.training.faithfulness --data DIR --songs 60

DIR holds recordings, at any depth; a random sample of them is used. Prints how far the scores of a song's two moods
fall when the first one, two and three ranked parts are deleted, and when as many random parts are deleted. Each
deletion is also repeated with another replacement than the one used for ranking: a ranking that depends on the
replacement does not describe the music. Method: Samek et al., "Evaluating the visualization of what a deep neural
network has learned", 2017.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from ml.audio.decoding import DecodingInfo, decode
from ml.errors import MoodError
from ml.features.extraction import SongFeatures, extract
from ml.models.bundle import Bundle
from ml.training.evaluation.explanation_faithfulness import report

AUDIO_SUFFIXES = {".aac", ".aiff", ".flac", ".m4a", ".mp3", ".ogg", ".opus", ".wav", ".wma"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a folder with recordings")
    parser.add_argument("--songs", type=int, default=60, help="sample size")
    parser.add_argument("--bundle", type=Path, default=Path("ml/bundles/mood-5"))
    parser.add_argument("--seed", type=int, default=0, help="seed of the sample")
    args = parser.parse_args()
    files = sorted(path for path in args.data.rglob("*") if path.suffix.lower() in AUDIO_SUFFIXES)
    if not files:
        print(f"There are no recordings in {args.data}. --data names a folder with recordings.", file=sys.stderr)
        return 1
    sample = np.random.default_rng(args.seed).permutation(len(files))[: args.songs]
    try:
        bundle = Bundle.open(args.bundle)
        songs = [_features(files[i], bundle) for i in sample]
    except MoodError as error:
        print(error.message, file=sys.stderr)
        return 1
    print(report(songs, bundle, args.seed))
    return 0


def _features(path: Path, bundle: Bundle) -> SongFeatures:
    info, spec = DecodingInfo(), bundle.card.spec
    return extract(decode(path, info, spec), spec).amplified(info.gain_db)


if __name__ == "__main__":
    sys.exit(main())
