"""Accuracy where the two networks agree and where they disagree."""

from __future__ import annotations

import numpy as np
import pytest

from ml.models.combination import Combination
from ml.models.score_vector import DISAGREE_BELOW, HEADS, LABELS
from ml.moods import GENRES, Composite
from ml.training.evaluation import network_agreement
from ml.training.evaluation.out_of_fold import OutOfFoldScores
from tests.ml.small_pack import small_pack

CLIPS = 30
PACK = small_pack(CLIPS)
QUADRANTS = HEADS[1].part


def two_largest(oof: OutOfFoldScores, view: str) -> list[Composite]:
    """The composite mood of each clip; certain from a chance of one half. The genres are as strong as any moods."""
    composites = []
    for scores in oof.scores(view):
        moods = scores["moods"]
        first, second, *_ = sorted(moods, key=lambda term: -moods[term])
        genres = dict(zip(GENRES, moods.values(), strict=False))
        composites.append(Composite(first, second, moods[first], moods[second], moods[first] >= 0.5, (), genres))
    return composites


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names by the two largest chances instead of a fitted rule."""
    monkeypatch.setattr(OutOfFoldScores, "names", two_largest)


def score_vector(loudest: str, quadrant: int) -> np.ndarray:
    """A score vector in which one mood and one quadrant stand out."""
    vector = np.full(len(LABELS), 0.1)
    vector[LABELS.index(loudest)] = 0.9
    vector[QUADRANTS] = np.eye(4)[quadrant]
    return vector


@pytest.fixture
def oof() -> OutOfFoldScores:
    """In every third clip the 2D network predicts the opposite of the 1D network; elsewhere both are right."""
    right = [score_vector("powerful", clip.quadrant or 0) for clip in PACK.clips]
    wrong = [score_vector("calm", (clip.quadrant or 0) ^ 1) for clip in PACK.clips]
    vectors = {
        "cnn1d": np.array(right),
        "cnn2d": np.array([wrong[i] if i % 3 == 0 else right[i] for i in range(CLIPS)]),
    }
    both = 0.4 * vectors["cnn1d"] + 0.6 * vectors["cnn2d"]
    return OutOfFoldScores(PACK, {**vectors, "both": both}, Combination.plain())


def test_equal_predictions_agree_fully_and_opposite_ones_disagree(oof: OutOfFoldScores) -> None:
    result = network_agreement.agreements(oof)
    assert (result[1], result[2]) == (1.0, 1.0)
    assert result[0] < DISAGREE_BELOW


def test_accuracy_is_reported_separately_for_clips_with_disagreement(oof: OutOfFoldScores) -> None:
    table = network_agreement.report(oof)
    assert f"below {DISAGREE_BELOW} (33% of clips)" in table
    same = next(line for line in table.splitlines() if "put the same mood first" in line)
    assert "0% of 10" in same
    assert "100% of 20" in same
    quadrants = next(line for line in table.splitlines() if line.startswith("| 4Q: the strongest quadrant"))
    difference, together = quadrants.split("|")[2:4]
    assert difference.strip().startswith("0% of")
    assert together.strip().startswith("100% of")


def test_an_empty_group_has_a_dash_instead_of_a_share(oof: OutOfFoldScores) -> None:
    oof.vectors["cnn2d"] = oof.vectors["both"] = oof.vectors["cnn1d"]
    assert "| - |" in network_agreement.report(oof)
