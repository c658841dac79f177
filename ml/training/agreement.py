"""What it means that the two networks disagree: how often they do, and how often the answer is right then.

    python -m ml.training.agreement --pack var/training/pack --runs var/training/mood-3

Prints a table: clips on which the networks' agreement is below `DISAGREE_BELOW`, and the others. All is out of fold.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from ml.models.score_vector import DISAGREE_BELOW, HEADS, agreement
from ml.moods import EMOTIONS, named_most, sides
from ml.training.data.packing import Pack
from ml.training.evaluation.metrics import wilson
from ml.training.evaluation.out_of_fold import Heard
from ml.training.reports.card_tables import table

HEAD = {head.name: head.part for head in HEADS}
QUESTIONS = {
    "same": "The two networks put the same mood first",
    "4qaed": "4Q: the strongest quadrant is right",
    "mirex": "MIREX-like: the strongest cluster is right",
    "emotify": "Emotify: the first side is among the two moods that listeners name most",
}


def agreements(heard: Heard) -> np.ndarray:
    """Of each clip, float (clips,), 0..1."""
    pairs = zip(heard.scores("cnn1d"), heard.scores("cnn2d"), strict=True)
    return np.array([agreement(one, other) for one, other in pairs])


def answers(heard: Heard) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """For each question the clips that it can be asked of, and whether its answer there is yes."""
    found, clips = heard.vectors["both"], heard.clips
    firsts = {view: [sides(scores["emotions"])[0] for scores in heard.scores(view)] for view in heard.vectors}
    named = {i: named_most(dict(zip(EMOTIONS, clips[i].emotions or (), strict=True))) for i in heard.rows("emotify")}
    same = [one == other for one, other in zip(firsts["cnn1d"], firsts["cnn2d"], strict=True)]
    yes = {
        "same": dict(enumerate(same)),
        "4qaed": {i: found[i, HEAD["quadrants"]].argmax() == clips[i].quadrant for i in heard.rows("4qaed")},
        "mirex": {i: found[i, HEAD["clusters"]].argmax() == clips[i].cluster for i in heard.rows("mirex")},
        "emotify": {i: firsts["both"][i] in moods for i, moods in named.items()},
    }
    return {name: (np.array(list(rows)), np.array(list(rows.values()))) for name, rows in yes.items()}


def report(heard: Heard) -> str:
    """The table, as Markdown."""
    agreed = agreements(heard)
    apart = agreed < DISAGREE_BELOW
    rows = []
    for name, (clips, yes) in answers(heard).items():
        rows.append([QUESTIONS[name], *(_share(yes[apart[clips] == kind]) for kind in (True, False))])
    heads = [
        f"{len(agreed)} clips; agreement: median {np.median(agreed):.2f}, a tenth below {np.quantile(agreed, 0.1):.2f}",
        f"below {DISAGREE_BELOW} ({apart.mean():.0%} of clips)",
        f"from {DISAGREE_BELOW} on",
    ]
    return table(heads, rows)


def _share(yes: np.ndarray) -> str:
    found = wilson(int(yes.sum()), len(yes))
    return f"{found['value']:.0%} of {len(yes)} [{found['low']:.0%}, {found['high']:.0%}]" if len(yes) else "-"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, default=Path("var/training/pack"), help="made by ml.training.pack")
    parser.add_argument("--runs", type=Path, default=Path("var/training/mood-3"), help="made by ml.training.train")
    args = parser.parse_args()
    print(report(Heard.read(Pack.load(args.pack), args.runs)))


if __name__ == "__main__":
    main()
