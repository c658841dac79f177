"""Predicts the moods of songs with a network trained on your own data.

    python -m ml.training.own.predict RUN SONG...              # files or folders
    python -m ml.training.own.predict RUN SONG... --json       # one JSON object a line

A song that cannot be read does not stop the others; the exit status is then 1.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ml.errors import MoodError
from ml.inference.song_votes import predicted_moods
from ml.training.data.feature_cache import FeatureCache
from ml.training.own.label_files import songs_under
from ml.training.own.run import Run


def predictions(run: Run, songs: list[Path], cache: FeatureCache) -> Iterator[dict[str, Any]]:
    """For each song, in order: file, predicted moods, and chances of all moods; or file and error (code, message)."""
    from ml.training.own.training_loop import song_chances  # loads TensorFlow

    for song in songs:
        try:
            if not song.is_file():
                raise MoodError("file_missing", f"{song} does not exist.")
            pieces = run.architecture.inputs(song, cache)
        except MoodError as error:
            yield {"file": str(song), "error": {"code": error.code, "message": error.message}}
            continue
        chances = song_chances(run.network, run.scaler, [pieces], run.vote)
        is_predicted = predicted_moods(chances, run.multi_label)[0]
        order = np.argsort(-chances[0], kind="stable")
        yield {
            "file": str(song),
            "moods": [run.moods[number] for number in order if is_predicted[number]],
            "chances": {run.moods[number]: round(float(chances[0][number]), 4) for number in order},
        }


def _line(prediction: dict[str, Any]) -> str:
    if "error" in prediction:
        return f"{prediction['file']}: {prediction['error']['message']}"
    chances = ", ".join(f"{mood} {chance:.0%}" for mood, chance in prediction["chances"].items())
    return f"{prediction['file']}: {' and '.join(prediction['moods'])} ({chances})"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, help="made by ml.training.train --data")
    parser.add_argument("songs", type=Path, nargs="+")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument("--cache", type=Path, default=Path("var/cache/features"))
    args = parser.parse_args()
    failed = False
    try:
        run = Run.open(args.run)
        songs = [song for place in args.songs for song in (songs_under(place) if place.is_dir() else [place])]
        for prediction in predictions(run, songs, FeatureCache(args.cache, run.spec)):
            failed |= "error" in prediction
            print(json.dumps(prediction, ensure_ascii=False) if args.json else _line(prediction), flush=True)
    except MoodError as error:
        print(error.message, file=sys.stderr)
        return 1
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
