"""Fitting the readout of the moods and the rule of the name on out-of-fold scores."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ml.models.mood_readout import MoodReadout
from ml.models.score_vector import HEAD, LABELS, as_scores
from ml.moods import MOOD_NAMES
from ml.moods.naming import Naming, evidence
from ml.training.data.clips import Clip
from ml.training.product.confidence_calibration import SideEvidence
from ml.training.product.mood_readout_fitting import cross_fitted_moods, fit_mood_readout
from ml.training.product.name_fitting import (
    TermLabels,
    association_of,
    fit_naming,
    near_synonyms,
    objective,
    sides_of,
)


def random_vectors(count: int, seed: int = 0) -> np.ndarray:
    """Score vectors as networks give them."""
    random = np.random.default_rng(seed)
    vectors = random.uniform(0.02, 0.9, (count, len(LABELS)))
    for name in ("quadrants", "clusters"):
        vectors[:, HEAD[name].part] /= vectors[:, HEAD[name].part].sum(axis=1, keepdims=True)
    vectors[:, HEAD["affect"].part] = random.normal(0, 1, (count, 2))
    return vectors


def worded_clip(*terms: str, quadrant: int = 0, fold: int = 0) -> Clip:
    """A song with words of editors."""
    targets = tuple(float(term in terms) for term in MOOD_NAMES)
    return Clip("4qaed", "", fold, "", "", quadrant, terms=terms, term_targets=targets)


def column(term: str) -> int:
    return HEAD["moods"].start + MOOD_NAMES.index(term)


@pytest.mark.parametrize("seed", range(5))
def test_many_songs_at_once_get_the_sides_that_the_rule_gives_each(seed: int) -> None:
    random = np.random.default_rng(seed)
    naming = Naming(
        offsets={term: float(random.normal()) for term in MOOD_NAMES},
        quadrant_weight=0.3,
        lift={frozenset(("sad", "tender")): 1.5, frozenset(("angry", "calm")): -1.0},
        near_synonyms=frozenset({frozenset(("calm", "tender"))}),
    )
    vectors = np.round(random_vectors(60, seed), 4)
    expected = [naming.sides(as_scores(vector)) for vector in vectors]
    found = [(MOOD_NAMES[a], MOOD_NAMES[b]) for a, b in sides_of(vectors, naming)]
    assert found == expected


def test_the_evidence_of_many_songs_is_that_of_each() -> None:
    vectors = np.round(random_vectors(20), 4)
    sides = sides_of(vectors, Naming())
    found = SideEvidence.of(vectors[:, HEAD["moods"].part], sides, np.zeros((20, 16), bool))
    for number, vector in enumerate(vectors):
        pair = (MOOD_NAMES[sides[number, 0]], MOOD_NAMES[sides[number, 1]])
        (first, first_gap), (second, second_gap) = evidence(as_scores(vector)["moods"], pair)
        np.testing.assert_allclose(found.shares[number], (first, second))
        np.testing.assert_allclose(found.gaps[number], (first_gap, second_gap))


def test_a_rare_term_that_plain_chances_never_give_is_given_after_the_fit() -> None:
    random = np.random.default_rng(1)
    vectors = random_vectors(300, 1)
    own = np.array(("sad", "calm", "angry", "tender"))[random.integers(0, 4, 300)]
    is_elegant = random.random(300) < 0.3
    vectors[:, HEAD["moods"].part] = random.uniform(0.02, 0.04, (300, 16))
    for number, term in enumerate(own):
        vectors[number, column(term)] = 0.4
    vectors[:, column("joyful")] = 0.22
    vectors[:, column("elegant")] = np.where(is_elegant, 0.2, 0.05)
    clips = [
        worded_clip(term, "elegant" if elegant else "joyful") for term, elegant in zip(own, is_elegant, strict=True)
    ]
    labels = TermLabels.of(clips)
    plain, fitted = sides_of(vectors, Naming()), sides_of(vectors, fit_naming(vectors, labels))
    elegant = MOOD_NAMES.index("elegant")
    assert not (plain == elegant).any()
    assert (fitted == elegant).any(axis=1)[is_elegant].all()
    assert objective(fitted, labels) > objective(plain, labels)


def test_a_name_against_the_quadrant_costs() -> None:
    labels = TermLabels.of([worded_clip("sad", "joyful", quadrant=0)] * 4)
    joyful, sad, calm = (MOOD_NAMES.index(term) for term in ("joyful", "sad", "calm"))
    fitting = np.array([[joyful, calm]] * 4)
    contrary = np.array([[sad, calm]] * 4)
    assert objective(fitting, labels) == pytest.approx(objective(contrary, labels) + 2)


def test_terms_that_editors_use_together_attract_each_other() -> None:
    labels = TermLabels.of([worded_clip("sad", "tender")] * 20 + [worded_clip("angry")] * 20)
    association = association_of(labels)
    assert association[frozenset(("sad", "tender"))] > 0.3
    assert association[frozenset(("sad", "angry"))] < -0.3
    assert abs(association[frozenset(("calm", "dark"))]) < 1e-9


def test_only_terms_that_are_close_and_always_said_together_are_near_synonyms() -> None:
    always = [worded_clip("solemn", "nostalgic", "sad", "joyful")] * 10 + [worded_clip("angry")] * 10
    assert near_synonyms(TermLabels.of(always)) == {frozenset(("solemn", "nostalgic"))}


def test_without_evidence_the_readout_keeps_the_networks_mean_opinion() -> None:
    vectors = [random_vectors(6, seed) for seed in (1, 2)]
    clips = [replace(worded_clip("sad"), term_targets=(0.5,) * 16) for _ in range(6)]
    readout = fit_mood_readout(vectors, clips)
    chances = readout(*vectors)
    moods = [vector[:, HEAD["moods"].part] for vector in vectors]
    logits = [np.log(one / (1 - one)) for one in moods]
    # Only the intercepts are free, so the order of the songs is that of the mean logit.
    for term in range(16):
        mean = (logits[0] + logits[1])[:, term]
        assert np.corrcoef(mean, np.log(chances[:, term] / (1 - chances[:, term])))[0, 1] > 0.9


def test_the_readout_learns_that_a_head_is_biased_and_never_sees_its_own_fold() -> None:
    random = np.random.default_rng(4)
    vectors = random_vectors(400, 4)
    truth = random.random(400) < 0.2
    vectors[:, column("sad")] = np.where(truth, 0.9, 0.7)
    clips = [worded_clip(*(("sad",) if sad else ("calm",)), fold=index % 5) for index, sad in enumerate(truth)]
    folds = np.array([clip.fold for clip in clips])
    chances = cross_fitted_moods([vectors], clips, folds)[:, MOOD_NAMES.index("sad")]
    assert abs(chances.mean() - truth.mean()) < 0.05
    assert chances[truth].min() > chances[~truth].max()
    changed = [replace(clip, term_targets=(1.0,) * 16) if clip.fold == 0 else clip for clip in clips]
    again = cross_fitted_moods([vectors], changed, folds)[:, MOOD_NAMES.index("sad")]
    np.testing.assert_allclose(again[folds == 0], chances[folds == 0])


def test_a_readout_survives_the_card() -> None:
    vectors = [random_vectors(40, seed) for seed in (1, 2)]
    clips = [worded_clip("sad" if index % 2 else "calm") for index in range(40)]
    readout = fit_mood_readout(vectors, clips)
    again = MoodReadout.from_card(readout.to_card(), networks=2)
    np.testing.assert_allclose(again(*vectors), readout(*vectors), atol=1e-4)
