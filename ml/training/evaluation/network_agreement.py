"""How often the two networks disagree, and how often the answer is right when they do."""

from __future__ import annotations

import numpy as np

from ml.models.card import VIEWS
from ml.models.score_vector import DISAGREE_BELOW, HEADS, agreement
from ml.training.evaluation.metrics import wilson_interval
from ml.training.evaluation.out_of_fold import OutOfFoldScores
from ml.training.reports.markdown import table

HEAD = {head.name: head.part for head in HEADS}
ROWS = {
    "same": "The two networks put the same mood first",
    "4qaed": "4Q: the strongest quadrant is right",
    "mirex": "MIREX-like: the strongest cluster is right",
    "words": "4Q: editors used a word of the main mood",
}


def agreements(oof: OutOfFoldScores) -> np.ndarray:
    """The agreement of the two networks on each clip, float (clips,), 0..1."""
    pairs = zip(oof.scores("cnn1d"), oof.scores("cnn2d"), strict=True)
    return np.array([agreement(one, other) for one, other in pairs])


def answers(oof: OutOfFoldScores) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """For each row of the table: the clips with a label for it, and whether the prediction is correct there."""
    scores, clips = oof.vectors["both"], oof.clips
    firsts = {view: [composite.primary for composite in oof.names(view)] for view in VIEWS}
    same = [one == other for one, other in zip(firsts["cnn1d"], firsts["cnn2d"], strict=True)]
    correct = {
        "same": dict(enumerate(same)),
        "4qaed": {i: scores[i, HEAD["quadrants"]].argmax() == clips[i].quadrant for i in oof.rows("4qaed")},
        "mirex": {i: scores[i, HEAD["clusters"]].argmax() == clips[i].cluster for i in oof.rows("mirex")},
        "words": {i: firsts["both"][i] in clips[i].terms for i in oof.rows("4qaed") if clips[i].terms},
    }
    return {name: (np.array(list(rows)), np.array(list(rows.values()))) for name, rows in correct.items()}


def report(oof: OutOfFoldScores) -> str:
    """The comparison as a Markdown table."""
    values = agreements(oof)
    disagree = values < DISAGREE_BELOW
    rows = []
    for name, (clips, correct) in answers(oof).items():
        rows.append([ROWS[name], *(_share(correct[disagree[clips] == kind]) for kind in (True, False))])
    heads = [
        f"{len(values)} clips; agreement: median {np.median(values):.2f}, 10 % below {np.quantile(values, 0.1):.2f}",
        f"below {DISAGREE_BELOW} ({disagree.mean():.0%} of clips)",
        f"from {DISAGREE_BELOW} on",
    ]
    return table(heads, rows)


def _share(correct: np.ndarray) -> str:
    share = wilson_interval(int(correct.sum()), len(correct))
    return f"{share['value']:.0%} of {len(correct)} [{share['low']:.0%}, {share['high']:.0%}]" if len(correct) else "-"
