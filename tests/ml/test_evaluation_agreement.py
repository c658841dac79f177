"""What it means that the two networks disagree, counted over clips that neither was trained on."""

from __future__ import annotations

import numpy as np
import pytest

from ml.models.combination import Combination
from ml.models.score_vector import DISAGREE_BELOW, HEADS, LABELS
from ml.training import agreement
from ml.training.evaluation.out_of_fold import Heard
from tests.ml.small_pack import small_pack

CLIPS = 30
PACK = small_pack(CLIPS)
QUADRANTS = HEADS[1].part


def hearing(loudest: str, quadrant: int) -> np.ndarray:
    """A score vector in which one emotion and one quadrant stand out."""
    vector = np.full(len(LABELS), 0.1)
    vector[LABELS.index(loudest)] = 0.9
    vector[QUADRANTS] = np.eye(4)[quadrant]
    return vector


@pytest.fixture
def heard() -> Heard:
    """In every third clip, the 2D network hears the opposite of what the 1D network hears, and both are believed by
    halves; else both hear what people said."""
    right = [hearing("power", clip.quadrant or 0) for clip in PACK.clips]
    wrong = [hearing("calmness", (clip.quadrant or 0) ^ 1) for clip in PACK.clips]
    vectors = {
        "cnn1d": np.array(right),
        "cnn2d": np.array([wrong[i] if i % 3 == 0 else right[i] for i in range(CLIPS)]),
    }
    both = 0.4 * vectors["cnn1d"] + 0.6 * vectors["cnn2d"]
    return Heard(PACK, {**vectors, "both": both}, Combination.plain())


def test_networks_that_hear_the_same_agree_wholly_and_opposites_disagree(heard: Heard) -> None:
    found = agreement.agreements(heard)
    assert (found[1], found[2]) == (1.0, 1.0)
    assert found[0] < DISAGREE_BELOW


def test_answers_are_counted_apart_for_clips_on_which_the_networks_disagree(heard: Heard) -> None:
    table = agreement.report(heard)
    assert f"below {DISAGREE_BELOW} (33% of clips)" in table
    same = next(line for line in table.splitlines() if "put the same mood first" in line)
    assert "0% of 10" in same
    assert "100% of 20" in same
    quadrants = next(line for line in table.splitlines() if line.startswith("| 4Q"))
    apart, together = quadrants.split("|")[2:4]
    assert apart.strip().startswith("0% of")
    assert together.strip().startswith("100% of")


def test_where_nothing_was_counted_there_is_no_share(heard: Heard) -> None:
    heard.vectors["cnn2d"] = heard.vectors["both"] = heard.vectors["cnn1d"]
    assert "| - |" in agreement.report(heard)
