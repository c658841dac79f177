"""The SVM baseline: statistics of features, and no leak between folds."""

from __future__ import annotations

import numpy as np
import pytest

from ml.features.names import NAMES
from ml.models.score_vector import HEADS
from ml.training.evaluation.svm_baseline import clip_statistics, cross_validated_svm_scores
from ml.training.product.fusion import target_vectors
from tests.ml.small_pack import small_pack

PART = {head.name: head.part for head in HEADS}


@pytest.fixture(scope="module")
def data() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    pack = small_pack(120)
    folds = np.array([clip.fold % 2 for clip in pack.clips])
    artists = np.array([clip.artist for clip in pack.clips])
    return clip_statistics(pack), target_vectors(pack.clips), folds, artists


def test_a_clip_is_five_statistics_of_each_feature(data: tuple[np.ndarray, ...]) -> None:
    pack = small_pack(120)
    row, frames = data[0][3], pack.frames_of(3).astype(float)
    count, tempo, loudness = len(NAMES), NAMES.index("tempo_bpm"), NAMES.index("rms_mean")
    assert row.shape == (5 * count,)
    assert row[tempo] == pytest.approx(frames[:, tempo].mean())
    assert row[3 * count + tempo] == pytest.approx(np.median(frames[:, tempo]))
    assert row[loudness] == pytest.approx(np.log10(frames[:, loudness]).mean())


def test_svms_separate_bright_from_dark_sounds_and_chances_sum_to_one(data: tuple[np.ndarray, ...]) -> None:
    scores = cross_validated_svm_scores(*data)
    bright = np.arange(120) % 2 == 1
    assert (scores[bright, PART["affect"]][:, 1] > scores[~bright, PART["affect"]][:, 1].max()).all()
    assert np.allclose(scores[:, PART["quadrants"]].sum(axis=1), 1, atol=1e-5)
    shares = scores[:, PART["emotions"]]
    assert shares.min() >= 0
    assert shares.max() <= 1


def test_labels_of_a_fold_do_not_change_its_predictions(data: tuple[np.ndarray, ...]) -> None:
    inputs, targets, folds, artists = data
    before = cross_validated_svm_scores(inputs, targets, folds, artists)
    changed = targets.copy()
    changed[folds == 1, PART["affect"]] *= -1
    after = cross_validated_svm_scores(inputs, changed, folds, artists)
    assert np.array_equal(before[folds == 1], after[folds == 1])
    assert not np.array_equal(before[folds == 0], after[folds == 0])
