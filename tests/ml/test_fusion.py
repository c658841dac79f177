"""The combination of two networks: from older cards, and fitted on held-out clips."""

from __future__ import annotations

import numpy as np
import pytest

from ml.errors import MoodError
from ml.models.combination import Combination, HeadCombination
from ml.models.score_vector import HEADS, LABELS
from ml.training.product.fusion import cross_fitted_combination, fit_combination, target_vectors
from tests.ml.small_pack import small_pack

PART = {head.name: head.part for head in HEADS}


def vectors(count: int, seed: int) -> np.ndarray:
    """Random score vectors; chances sum to 1."""
    random = np.random.default_rng(seed)
    result = random.uniform(0.05, 0.95, (count, len(LABELS)))
    for name in ("quadrants", "clusters"):
        result[:, PART[name]] /= result[:, PART[name]].sum(axis=1, keepdims=True)
    return result


def sharp(**heads: tuple[float, float]) -> Combination:
    return Combination({**Combination.plain().heads, **{name: HeadCombination(*rule) for name, rule in heads.items()}})


def noisy_quadrants(count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A random 1D network, a 2D network with the square roots of the true chances, and labels from the true ones."""
    random = np.random.default_rng(seed)
    true = random.dirichlet((0.6,) * 4, count)
    labels = (random.random((count, 1)) > true.cumsum(axis=1)[:, :3]).sum(axis=1)
    cnn2d = vectors(count, seed)
    cnn2d[:, PART["quadrants"]] = np.sqrt(np.maximum(true, 1e-4))
    cnn2d[:, PART["quadrants"]] /= cnn2d[:, PART["quadrants"]].sum(axis=1, keepdims=True)
    targets = np.full((count, len(LABELS)), np.nan)
    targets[:, PART["quadrants"]] = np.eye(4)[labels]
    return vectors(count, seed + 1), cnn2d, targets


def test_one_vector_and_a_batch_combine_alike() -> None:
    one, two, rule = vectors(3, 1), vectors(3, 2), sharp(quadrants=(0.7, 1.6), affect=(0.4, 1.2))
    assert np.allclose(rule(one, two)[1], rule(one[1], two[1]))


def test_sharper_chances_still_sum_to_one_and_keep_their_order() -> None:
    one, two = vectors(20, 3), vectors(20, 4)
    plain, sharper = (rule(one, two)[:, PART["quadrants"]] for rule in (Combination.plain(), sharp(quadrants=(0.5, 2))))
    assert np.allclose(sharper.sum(axis=1), 1)
    assert np.array_equal(plain.argsort(axis=1), sharper.argsort(axis=1))
    assert (sharper.max(axis=1) > plain.max(axis=1)).all()


def test_valence_and_arousal_are_stretched_from_the_middle_and_shares_of_listeners_are_not() -> None:
    one, two = vectors(4, 5), vectors(4, 6)
    plain, other = Combination.plain()(one, two), sharp(affect=(0.5, 1.5), emotions=(0.5, 1.5))(one, two)
    assert np.allclose(other[:, PART["affect"]], 1.5 * plain[:, PART["affect"]])
    assert np.array_equal(other[:, PART["emotions"]], plain[:, PART["emotions"]])


def test_a_combination_survives_a_round_trip_through_the_card() -> None:
    rule = sharp(quadrants=(0.7, 1.6))
    assert Combination.from_card({"share_of_2d": 0.1, "combination": rule.to_card()}) == rule


@pytest.mark.parametrize(
    "combination",
    [
        {},
        {"quadrants": {"share_of_2d": 0.5, "sharpness": 1.0}},
        "half",
        {**Combination.plain().to_card(), "affect": {"share_of_2d": 1.5, "sharpness": 1.0}},
        {**Combination.plain().to_card(), "affect": {"share_of_2d": 0.5, "sharpness": 0.0}},
        {**Combination.plain().to_card(), "affect": {"share_of_2d": 0.5, "sharpness": float("nan")}},
    ],
)
def test_a_damaged_combination_is_rejected(combination: object) -> None:
    with pytest.raises(MoodError) as caught:
        Combination.from_card({"combination": combination})
    assert caught.value.code == "model_corrupt"


def test_a_card_without_a_combination_is_rejected() -> None:
    with pytest.raises(MoodError, match="no usable combination"):
        Combination.from_card({})


def test_the_fit_prefers_the_better_network_and_sharpens_it() -> None:
    result = fit_combination(*noisy_quadrants(1500, 7)).heads["quadrants"]
    assert result.share_of_2d > 0.85
    assert result.sharpness == pytest.approx(2.0, abs=0.4)


def test_scores_of_any_precision_give_the_same_fit() -> None:
    one, two, targets = noisy_quadrants(300, 8)
    double, single = (
        fit_combination(one, two, targets),
        fit_combination(one.astype(np.float32), two.astype(np.float32), targets),
    )
    assert single.heads["quadrants"].sharpness == pytest.approx(double.heads["quadrants"].sharpness, abs=0.01)


def test_chances_with_rounding_errors_are_sharpened_too() -> None:
    one, two, targets = noisy_quadrants(300, 10)
    exact = fit_combination(one, two, targets).heads["quadrants"]
    two[:, PART["quadrants"]] *= 1.0000001
    assert fit_combination(one, two, targets).heads["quadrants"].sharpness == pytest.approx(exact.sharpness, abs=0.01)
    assert exact.sharpness > 1.5


def test_a_head_without_labels_keeps_the_plain_combination() -> None:
    assert fit_combination(*noisy_quadrants(100, 9)).heads["clusters"] == HeadCombination()


def test_labels_of_a_fold_do_not_change_its_combination() -> None:
    one, two, targets = noisy_quadrants(200, 10)
    folds = np.arange(200) % 5
    before = cross_fitted_combination(one, two, targets, folds)
    targets[folds == 2] = np.roll(targets[folds == 2], 1, axis=1)
    targets[folds == 2, PART["quadrants"]] = np.eye(4)[0]
    after = cross_fitted_combination(one, two, targets, folds)
    assert np.array_equal(before[folds == 2], after[folds == 2])
    assert not np.array_equal(before[folds == 0], after[folds == 0])


def test_labels_become_target_vectors_with_nan_for_missing_ones() -> None:
    pack = small_pack(6)
    targets = target_vectors(pack.clips)
    quadrant = pack.clips[0]
    assert np.array_equal(targets[0, PART["quadrants"]], np.arange(4) == quadrant.quadrant)
    assert targets[0, PART["affect"]].tolist() == [0.0, -1.0]
    assert np.isnan(targets[0, PART["clusters"]]).all()
    assert tuple(targets[4, PART["emotions"]]) == pack.clips[4].emotions
