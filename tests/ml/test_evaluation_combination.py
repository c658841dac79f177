"""Two networks become one answer: as the older model did, or as clips that neither was trained on say."""

from __future__ import annotations

import numpy as np
import pytest

from ml.errors import MoodError
from ml.models.combination import Combination, HeadCombination
from ml.models.score_vector import HEADS, LABELS
from ml.training.product.fusion import cross_fitted, fitted, targets_of
from tests.ml.small_pack import small_pack

PART = {head.name: head.part for head in HEADS}


def vectors(count: int, seed: int) -> np.ndarray:
    """Score vectors as networks answer them: chances sum to 1."""
    random = np.random.default_rng(seed)
    found = random.uniform(0.05, 0.95, (count, len(LABELS)))
    for name in ("quadrants", "clusters"):
        found[:, PART[name]] /= found[:, PART[name]].sum(axis=1, keepdims=True)
    return found


def sharp(**heads: tuple[float, float]) -> Combination:
    return Combination({**Combination.plain().heads, **{name: HeadCombination(*rule) for name, rule in heads.items()}})


def noisy_quadrants(count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A deaf 1D network, a 2D network whose chances are the square roots of the true ones, and labels drawn so."""
    random = np.random.default_rng(seed)
    true = random.dirichlet((0.6,) * 4, count)
    labels = (random.random((count, 1)) > true.cumsum(axis=1)[:, :3]).sum(axis=1)
    heard = vectors(count, seed)
    heard[:, PART["quadrants"]] = np.sqrt(np.maximum(true, 1e-4))
    heard[:, PART["quadrants"]] /= heard[:, PART["quadrants"]].sum(axis=1, keepdims=True)
    targets = np.full((count, len(LABELS)), np.nan)
    targets[:, PART["quadrants"]] = np.eye(4)[labels]
    return vectors(count, seed + 1), heard, targets


def test_an_older_card_is_combined_as_the_plain_weighted_mean() -> None:
    one, two = vectors(5, 1).astype(np.float32), vectors(5, 2).astype(np.float32)
    found = Combination.from_card({"share_of_2d": 0.3})(one, two)
    assert found.dtype == np.float32
    assert np.array_equal(found, (1 - 0.3) * one + 0.3 * two)


def test_a_vector_and_a_table_of_vectors_are_combined_alike() -> None:
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


def test_a_combination_comes_back_from_its_card() -> None:
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
def test_a_damaged_combination_is_refused(combination: object) -> None:
    with pytest.raises(MoodError) as caught:
        Combination.from_card({"combination": combination})
    assert caught.value.code == "model_corrupt"


def test_a_card_that_says_nothing_of_combining_is_refused() -> None:
    with pytest.raises(MoodError, match="share_of_2d"):
        Combination.from_card({})


def test_the_fit_leans_on_the_network_that_hears_and_undoes_its_modesty() -> None:
    found = fitted(*noisy_quadrants(1500, 7)).heads["quadrants"]
    assert found.share_of_2d > 0.85
    assert found.sharpness == pytest.approx(2.0, abs=0.4)


def test_scores_of_any_precision_give_the_same_fit() -> None:
    one, two, targets = noisy_quadrants(300, 8)
    double, single = fitted(one, two, targets), fitted(one.astype(np.float32), two.astype(np.float32), targets)
    assert single.heads["quadrants"].sharpness == pytest.approx(double.heads["quadrants"].sharpness, abs=0.01)


def test_chances_that_do_not_quite_sum_to_one_are_sharpened_all_the_same() -> None:
    one, two, targets = noisy_quadrants(300, 10)
    exact = fitted(one, two, targets).heads["quadrants"]
    two[:, PART["quadrants"]] *= 1.0000001
    assert fitted(one, two, targets).heads["quadrants"].sharpness == pytest.approx(exact.sharpness, abs=0.01)
    assert exact.sharpness > 1.5


def test_a_head_that_nobody_labelled_stays_plain() -> None:
    assert fitted(*noisy_quadrants(100, 9)).heads["clusters"] == HeadCombination()


def test_a_folds_own_labels_change_nothing_in_how_it_is_combined() -> None:
    one, two, targets = noisy_quadrants(200, 10)
    folds = np.arange(200) % 5
    before = cross_fitted(one, two, targets, folds)
    targets[folds == 2] = np.roll(targets[folds == 2], 1, axis=1)
    targets[folds == 2, PART["quadrants"]] = np.eye(4)[0]
    after = cross_fitted(one, two, targets, folds)
    assert np.array_equal(before[folds == 2], after[folds == 2])
    assert not np.array_equal(before[folds == 0], after[folds == 0])


def test_what_people_said_becomes_a_score_vector_with_gaps() -> None:
    pack = small_pack(6)
    targets = targets_of(pack.clips)
    quadrant = pack.clips[0]
    assert np.array_equal(targets[0, PART["quadrants"]], np.arange(4) == quadrant.quadrant)
    assert targets[0, PART["affect"]].tolist() == [0.0, -1.0]
    assert np.isnan(targets[0, PART["clusters"]]).all()
    assert tuple(targets[4, PART["emotions"]]) == pack.clips[4].emotions
