"""Of the 20 songs that are chosen for a mixture of two moods, how many carry people's words for both?

    python -m ml.training.mixtures --data DIR                              # out-of-fold scores that evaluate wrote
    python -m ml.training.mixtures --data DIR --teachers                   # regressions on the teachers, out of fold
    python -m ml.training.mixtures --data DIR --bundle ml/bundles/mood-5   # a bundle on the songs of its training

Prints the table of ten mixtures: chosen by the chances of both moods, by valence and arousal alone, and by chance. DIR
is the folder of docs/training.md; the songs are those of 4qaed, which have many words each. A bundle knows these songs
from its training, so that its figures are too good; `--save` keeps its scores for another run with `--scores`.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from ml.errors import MoodError
from ml.inference.analysis import analyse
from ml.models.bundle import Bundle
from ml.moods import MOOD_NAMES
from ml.training.data.clips import Clip, read_clips
from ml.training.evaluation.mixture_choice import ScoredSongs, report
from ml.training.evaluation.teacher_scores import teacher_scores

COLLECTION = "4qaed"
COLUMNS = ("file", *MOOD_NAMES, "valence", "arousal")

Scores = dict[str, dict[str, float]]
"""By file."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder with 4qaed/ and mood_terms.csv")
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument(
        "--scores", type=Path, default=Path(f"var/training/mood-5/predictions/{COLLECTION}-both.csv"), metavar="CSV"
    )
    kinds.add_argument("--teachers", action="store_true", help="regressions on the teachers' outputs, out of fold")
    kinds.add_argument("--bundle", type=Path, help="scores of this bundle, which was trained on these songs")
    parser.add_argument("--save", type=Path, metavar="CSV", help="with --bundle: also write the scores")
    args = parser.parse_args(arguments)
    try:
        clips = [clip for clip in read_clips(args.data, (COLLECTION,)) if clip.terms]
        if args.teachers:
            heard = zip(*teacher_scores(args.data), strict=True)
            scores = {clip.file: values for clip, values in heard if clip.collection == COLLECTION}
        elif args.bundle:
            scores = bundle_scores(args.data, clips, Bundle.open(args.bundle))
            if args.save:
                write_scores(scores, args.save)
        else:
            scores = read_scores(args.scores)
        songs = ScoredSongs.of(clips, [scores[clip.file] for clip in clips])
    except FileNotFoundError as error:
        print(f"{error.filename} does not exist. ml.training.evaluate writes it.", file=sys.stderr)
        return 1
    except KeyError as error:
        print(f"The scores lack {error}. They have to be of the clips in {args.data / COLLECTION}.", file=sys.stderr)
        return 1
    except (MoodError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(report(songs))
    return 0


def bundle_scores(data: Path, clips: Sequence[Clip], bundle: Bundle) -> Scores:
    scores = {}
    for clip in tqdm(clips, desc="songs", unit="song", mininterval=5.0):
        answer = analyse(data / clip.name, bundle=bundle).answer["scores"]
        places = {"valence": answer["valence"], "arousal": answer["arousal"]}
        scores[clip.file] = {**answer["moods"], **places}
    return scores


def read_scores(place: Path) -> Scores:
    with place.open(newline="", encoding="utf-8") as handle:
        return {row["file"]: {name: float(row[name]) for name in COLUMNS[1:]} for row in csv.DictReader(handle)}


def write_scores(scores: Scores, place: Path) -> None:
    with place.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, COLUMNS)
        writer.writeheader()
        writer.writerows({"file": file, **values} for file, values in scores.items())


if __name__ == "__main__":
    sys.exit(main())
