"""Whether what is said to have moved an answer did: taken away, it must lower the mood more than chance does.

    python -m ml.training.faithfulness --data DIR --songs 60

DIR holds recordings, at any depth, of which so many are drawn. Prints by how much the shares of the songs' two sides
fall, in the network that is explained, when the first, the first two and the first three of what was ranked are taken
away, and when as much is taken away at random: deletion, after Samek et al., "Evaluating the visualization of what a
deep neural network has learned", 2017. All of it is also taken away in another way than when it was ranked, since a
rank that holds in one way alone tells of that way, and not of the music.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ml.audio.decoding import DecodingInfo, decode
from ml.audio.segments import segments_of, step_window
from ml.errors import MoodError
from ml.features.extraction import SongFeatures, extract
from ml.features.names import FEATURES
from ml.features.traits import TRAITS
from ml.inference.occlusion import GRIDS, occluded, score_drops
from ml.inference.reasons import spaced_windows, trait_effects, without_columns
from ml.models.bundle import Bundle
from ml.models.score_vector import LABELS, as_scores
from ml.moods import sides
from ml.training.evaluation.metrics import with_intervals
from ml.training.reports.card_tables import interval, table

TAKEN = 3
"""How many are taken away, one after the other."""
DRAWS = 8
"""What happens at random is the mean over so many."""
ALL = 10_000
"""More segments than a song can have."""
SOUND = {".aac", ".aiff", ".flac", ".m4a", ".mp3", ".ogg", ".opus", ".wav", ".wma"}
SIDES = ("first side", "second side")
RANKED, BY_CHANCE, FEATURES_BY_CHANCE = "what was ranked first", "as many at random", "as many features at random"
OTHERWISE = "in another way: "

Curves = dict[str, np.ndarray]
"""By name of what is taken away, how far a mood's share falls with one, two, three of it: float (TAKEN,)."""


def moods_of(features: SongFeatures, bundle: Bundle) -> tuple[str, str]:
    """The two sides that both networks together hear."""
    frames, mel = _frames(features, bundle, ALL), _spectrograms(features, bundle)
    both = bundle.combination(bundle.cnn1d.scores(frames).mean(axis=0), bundle.cnn2d.scores(mel).mean(axis=0))
    return sides(as_scores(both)["emotions"])


def traits_deleted(features: SongFeatures, mood: str, bundle: Bundle, random: np.random.Generator) -> Curves:
    """How a mood's share falls in the 1D network, over the whole song, without traits that some segments ranked.

    Traits are taken away as when they were ranked, set to the training songs' mean; otherwise they are as in a song
    drawn from the training songs' spread.
    """
    label, heard = LABELS.index(mood), _frames(features, bundle, ALL)
    whole = bundle.cnn1d.scores(heard)[:, label].mean()
    first = np.argsort(-trait_effects(_frames(features, bundle), bundle)[:, label])

    def fall(columns: Sequence[int], drawn: bool) -> float:
        without = without_columns(heard, columns)
        if drawn:
            without[..., list(columns)] = random.standard_normal(len(columns))
        return float(whole - bundle.cnn1d.scores(without)[:, label].mean())

    def columns_of(traits: np.ndarray) -> list[int]:
        return [column for i in traits for column in TRAITS[i].columns]

    def features_by_chance(count: int) -> list[int]:
        return random.permutation(len(FEATURES))[: len(columns_of(first[:count]))].tolist()

    def traits_by_chance(count: int) -> list[int]:
        return columns_of(random.permutation(len(TRAITS))[:count])

    ways: dict[str, Callable[[int], float]] = {
        RANKED: lambda count: fall(columns_of(first[:count]), drawn=False),
        BY_CHANCE: lambda count: _mean(lambda: fall(traits_by_chance(count), drawn=False)),
        FEATURES_BY_CHANCE: lambda count: _mean(lambda: fall(features_by_chance(count), drawn=False)),
        OTHERWISE + RANKED: lambda count: _mean(lambda: fall(columns_of(first[:count]), drawn=True)),
        OTHERWISE + BY_CHANCE: lambda count: _mean(lambda: fall(traits_by_chance(count), drawn=True)),
    }
    return {name: np.array([way(count) for count in range(1, TAKEN + 1)]) for name, way in ways.items()}


def patches_deleted(features: SongFeatures, mood: str, bundle: Bundle, random: np.random.Generator) -> Curves:
    """How a mood's share falls in the 2D network without patches of each segment: the mean over segments.

    Patches are taken away as when they were ranked, made even; otherwise they are at the segment's mean level, as
    holes were when the network was trained.
    """
    label, grid = LABELS.index(mood), GRIDS[0]
    found: list[Curves] = []
    for heard in _spectrograms(features, bundle):
        patches = list(grid.patches(*heard.shape))
        falls = score_drops(heard, grid, bundle)[..., label].ravel()
        first = np.argsort(-falls)
        random_orders = [random.permutation(len(patches)) for _ in range(DRAWS)]
        orders = [first, *random_orders]
        chosen = [[patches[i] for i in order[:count]] for order in orders for count in range(1, TAKEN + 1)]
        variants = [occluded(heard, patches_) for patches_ in chosen] + [_holed(heard, patches_) for patches_ in chosen]
        scores = bundle.cnn2d.scores(np.stack([heard, *variants]))[:, label]
        curves = (scores[0] - scores[1:]).reshape(2, len(orders), TAKEN)
        found.append(
            {
                RANKED: curves[0, 0],
                BY_CHANCE: curves[0, 1:].mean(axis=0),
                OTHERWISE + RANKED: curves[1, 0],
                OTHERWISE + BY_CHANCE: curves[1, 1:].mean(axis=0),
            }
        )
    return {name: np.mean([curves[name] for curves in found], axis=0) for name in found[0]}


def report(songs: Sequence[SongFeatures], bundle: Bundle, seed: int = 0) -> str:
    """Tables of both networks, as Markdown; intervals are 95 %, over songs drawn anew."""
    random = np.random.default_rng(seed)
    deleted = {"1D network, traits": traits_deleted, "2D network, patches of each segment": patches_deleted}
    moods = [moods_of(song, bundle) for song in songs]
    parts = []
    for title, delete in deleted.items():
        rows = []
        for side, name in enumerate(SIDES):
            curves = [delete(song, pair[side], bundle, random) for song, pair in zip(songs, moods, strict=True)]
            rows += [[name, way, *_told(np.stack([one[way] for one in curves]))] for way in curves[0]]
            more = np.mean([one[RANKED][0] > one[BY_CHANCE][0] for one in curves])
            rows.append([name, "songs in which the first lowers it more than one at random", f"{more:.0%}", "", ""])
        parts.append(table([f"{title}; {len(songs)} songs", "taken away", "one", "two", "three"], rows))
    return "\n\n".join(parts)


def _told(curves: np.ndarray) -> list[str]:
    """Cells of a row, from (songs, TAKEN)."""
    found = with_intervals(lambda at: {str(i): float(curves[at, i].mean()) for i in range(TAKEN)}, len(curves))
    return [interval(found[str(i)]) for i in range(TAKEN)]


def _frames(features: SongFeatures, bundle: Bundle, *most: int) -> np.ndarray:
    segments = segments_of(features.duration_s, bundle.card.spec)
    return bundle.feature_scaler(spaced_windows(features, segments, bundle, *most))


def _spectrograms(features: SongFeatures, bundle: Bundle) -> np.ndarray:
    """Scaled (segments, 320, 96), one after the other."""
    spec, count = bundle.card.spec, len(features.mel)
    segments = segments_of(features.duration_s, replace(spec, segment_hop_s=spec.segment_s))
    windows = [features.mel[step_window(segment, count, spec)] for segment in segments]
    return bundle.spectrogram_scaler(np.stack(windows), spec)


def _holed(heard: np.ndarray, patches: Sequence[tuple[slice, slice]]) -> np.ndarray:
    copy = heard.copy()
    for patch in patches:
        copy[patch] = 0.0
    return copy


def _mean(draw: Callable[[], float]) -> float:
    return float(np.mean([draw() for _ in range(DRAWS)]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a folder with recordings")
    parser.add_argument("--songs", type=int, default=60)
    parser.add_argument("--bundle", type=Path, default=Path("ml/bundles/mood-3"))
    parser.add_argument("--seed", type=int, default=0, help="which songs are drawn")
    args = parser.parse_args()
    found = sorted(path for path in args.data.rglob("*") if path.suffix.lower() in SOUND)
    if not found:
        print(f"There are no recordings in {args.data}: --data names a folder that holds some.", file=sys.stderr)
        return 1
    drawn = np.random.default_rng(args.seed).permutation(len(found))[: args.songs]
    try:
        bundle = Bundle.open(args.bundle)
        songs = [extract(decode(found[i], DecodingInfo(), bundle.card.spec), bundle.card.spec) for i in drawn]
    except MoodError as error:
        print(error.message, file=sys.stderr)
        return 1
    print(report(songs, bundle, args.seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
