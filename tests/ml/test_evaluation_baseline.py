"""The plain method: statistics of features, and machines that know nothing of the fold they judge."""

from __future__ import annotations

import numpy as np
import pytest

from ml.features.names import NAMES
from ml.models.score_vector import HEADS
from ml.training.baseline import held_out_by_machines, statistics
from ml.training.product.fusion import targets_of
from tests.ml.small_pack import small_pack

PART = {head.name: head.part for head in HEADS}


@pytest.fixture(scope="module")
def known() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    pack = small_pack(120)
    folds = np.array([clip.fold % 2 for clip in pack.clips])
    artists = np.array([clip.artist for clip in pack.clips])
    return statistics(pack), targets_of(pack.clips), folds, artists


def test_a_clip_is_five_statistics_of_each_feature(known: tuple[np.ndarray, ...]) -> None:
    pack = small_pack(120)
    row, frames = known[0][3], pack.frames_of(3).astype(float)
    count, tempo, loudness = len(NAMES), NAMES.index("tempo_bpm"), NAMES.index("rms_mean")
    assert row.shape == (5 * count,)
    assert row[tempo] == pytest.approx(frames[:, tempo].mean())
    assert row[3 * count + tempo] == pytest.approx(np.median(frames[:, tempo]))
    assert row[loudness] == pytest.approx(np.log10(frames[:, loudness]).mean())


def test_bright_and_dark_sounds_are_told_apart_and_chances_sum_to_one(known: tuple[np.ndarray, ...]) -> None:
    scores = held_out_by_machines(*known)
    bright = np.arange(120) % 2 == 1
    assert (scores[bright, PART["affect"]][:, 1] > scores[~bright, PART["affect"]][:, 1].max()).all()
    assert np.allclose(scores[:, PART["quadrants"]].sum(axis=1), 1, atol=1e-5)
    shares = scores[:, PART["emotions"]]
    assert shares.min() >= 0
    assert shares.max() <= 1


def test_labels_of_a_fold_do_not_change_what_is_heard_in_it(known: tuple[np.ndarray, ...]) -> None:
    inputs, targets, folds, artists = known
    before = held_out_by_machines(inputs, targets, folds, artists)
    changed = targets.copy()
    changed[folds == 1, PART["affect"]] *= -1
    after = held_out_by_machines(inputs, changed, folds, artists)
    assert np.array_equal(before[folds == 1], after[folds == 1])
    assert not np.array_equal(before[folds == 0], after[folds == 0])
