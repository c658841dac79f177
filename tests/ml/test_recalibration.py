"""Recalibration to one person: what it learns, when it is better, and that it can be taken back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.metrics import cohen_kappa_score, f1_score, precision_score, recall_score

from ml.errors import MoodError
from ml.inference.answer import compose_answer, recalibrated_answer, restored_answer
from ml.models.card import Card
from ml.moods import MOOD_NAMES
from ml.moods.recalibration import Recalibration, TermRecalibration, base_version, own_version
from ml.personal.fitting import SHRINKAGE, fit_terms
from ml.personal.judgements import Judgements, logits
from ml.personal.measures import calibration_error, cohens_kappa, reliability_bins, term_counts
from ml.personal.readout import fit_readout
from ml.personal.trial import trial
from ml.training.evaluation.metrics import calibration_error as calibration_error_of_arrays
from tests.judged_songs import as_the_model, at_random, dreamy_by_arousal, judged_songs, more_tense

BUNDLE = Path("ml/bundles/mood-5")


@pytest.fixture(scope="module")
def card() -> Card:
    return Card.read(BUNDLE)


def answer_of(card: Card, seed: int = 3) -> dict[str, Any]:
    [song] = judged_songs(1, as_the_model, seed=seed)
    answer = compose_answer(song.models, song.scores, [], card)
    names = ("primary", "secondary")
    answer["explanations"] = {side: f"Because of {answer['mood'][side]}." for side in names}
    return answer


def test_a_person_who_hears_more_tension_gets_more_of_it(card: Card) -> None:
    parameters, figures = trial(judged_songs(160, more_tense), card)
    assert figures["better"]
    assert figures["reasons"] == []
    assert figures["gain"]["log_loss"]["low"] > 0
    assert figures["after"]["one_right"] > figures["before"]["one_right"]
    biases = {term: one["bias"] for term, one in parameters["terms"].items()}
    assert max(biases, key=lambda term: biases[term]) == "tense"
    assert min(biases, key=lambda term: biases[term]) == "joyful"


def test_random_judgements_are_not_offered(card: Card) -> None:
    _, figures = trial(judged_songs(160, at_random), card)
    assert not figures["better"]
    assert "no_better_than_guess" in figures["reasons"]


def test_figures_are_of_songs_that_the_fit_has_not_seen(card: Card) -> None:
    """The chances of a person's random moods cannot be better than how often they use each mood, unless the same songs
    were fitted and measured."""
    figures = [trial(judged_songs(100, at_random, seed=seed), card)[1] for seed in (1, 2, 3)]
    assert max(one["gain"]["over_guess"]["value"] for one in figures) < 0.01


def test_songs_of_an_artist_are_never_apart(card: Card) -> None:
    judgements = Judgements(judged_songs(130, as_the_model, artists=13))
    folds_of: dict[str, set[int]] = {}
    for song, fold in zip(judgements.songs, judgements.folds, strict=True):
        folds_of.setdefault(song.group, set()).add(int(fold))
    assert {len(folds) for folds in folds_of.values()} == {1}
    assert not Judgements(judged_songs(60, as_the_model, artists=2)).is_grouped


def test_few_songs_move_little_and_many_move_more() -> None:
    few, many = (Judgements(judged_songs(count, more_tense)) for count in (50, 600))
    tense = MOOD_NAMES.index("tense")
    bias = [fit_terms(one.chances, one.stated)[tense, 1] for one in (few, many)]
    assert 0 < bias[0] < bias[1]


def test_newton_finds_the_same_as_a_general_minimiser() -> None:
    judgements = Judgements(judged_songs(80, more_tense))
    term = MOOD_NAMES.index("sad")
    x, y = logits(judgements.chances[:, term]), judgements.stated[:, term]

    def loss(values: np.ndarray) -> float:
        scores = values[0] * x + values[1]
        missed = np.logaddexp(0, np.where(y > 0, -scores, scores)).sum()
        return float(missed + SHRINKAGE / 2 * ((values[0] - 1) ** 2 + values[1] ** 2))

    expected = minimize(loss, np.array([1.0, 0.0]), method="BFGS").x
    assert fit_terms(judgements.chances, judgements.stated)[term] == pytest.approx(expected, abs=1e-3)


def test_a_readout_learns_what_a_bias_cannot(card: Card) -> None:
    parameters, figures = trial(judged_songs(240, dreamy_by_arousal), card, with_readout=True)
    assert figures["better"]
    assert figures["terms"]["dreamy"]["after"] < figures["terms"]["dreamy"]["before"]
    assert "readout" in parameters


def test_a_readout_is_not_offered_where_there_is_nothing_to_learn(card: Card) -> None:
    _, figures = trial(judged_songs(240, as_the_model), card, with_readout=True)
    assert "no_gain" in figures["reasons"]


def test_fitted_chances_are_those_that_the_application_computes(card: Card) -> None:
    """Training uses arrays, serving plain Python."""
    songs = judged_songs(220, dreamy_by_arousal)
    parameters, _ = trial(songs, card, with_readout=True)
    judgements = Judgements(songs)
    expected = fit_readout(judgements).chances(judgements.chances, judgements.inputs)
    stored = Recalibration.from_json(json.loads(json.dumps(parameters)))
    for song, row in list(zip(songs, expected, strict=True))[:20]:
        assert list(stored.chances(song.scores, song.models).values()) == pytest.approx(row.tolist(), abs=2e-4)


def test_the_identity_changes_nothing(card: Card) -> None:
    answer = answer_of(card)
    same = recalibrated_answer(answer, Recalibration({}), card)
    assert {name: same[name] for name in answer} == answer


def test_a_recalibrated_answer_is_restored_exactly(card: Card) -> None:
    answer = answer_of(card)
    terms = {"tense": TermRecalibration(3.0, 0.8), "gritty": TermRecalibration(3.0, 1.0)}
    changed = recalibrated_answer(answer, Recalibration(terms), card)
    assert "gritty" in (changed["mood"]["primary"], changed["mood"]["secondary"])
    assert changed["mood"]["name"] != answer["mood"]["name"]
    assert changed["scores"]["moods"]["tense"] > answer["scores"]["moods"]["tense"]
    assert changed["scores"]["moods"]["sad"] == answer["scores"]["moods"]["sad"]
    assert changed["models"] == answer["models"]
    again = recalibrated_answer(changed, Recalibration({"sad": TermRecalibration(1.0, 1.0)}), card)
    for one in (changed, again):
        assert json.dumps(restored_answer(one)) == json.dumps(answer)


def test_a_new_side_has_no_explanation_of_another(card: Card) -> None:
    answer = answer_of(card)
    terms = {term: TermRecalibration(-4.0, 1.0) for term in (answer["mood"]["secondary"],)}
    changed = recalibrated_answer(answer, Recalibration(terms), card)
    for side, text in changed["explanations"].items():
        assert text == f"Because of {changed['mood'][side]}."
    assert len(changed["explanations"]) == 1


@pytest.mark.parametrize(
    "values",
    [
        None,
        {},
        {"terms": {"tense": {"bias": 0.1}}},
        {"terms": {"tense": {"bias": "nan", "temperature": 1.0}}},
        {"terms": {"tense": {"bias": 0.0, "temperature": 0.0}}},
        {"terms": {"blue": {"bias": 0.0, "temperature": 1.0}}},
        {"terms": {}, "readout": {"mean": [0.0], "scale": [0.0], "weights": {}, "bias": {}}},
    ],
)
def test_damaged_parameters_are_refused(values: Any) -> None:
    with pytest.raises(MoodError) as caught:
        Recalibration.from_json(values)
    assert caught.value.code == "recalibration_malformed"


def test_versions_name_their_model() -> None:
    assert own_version("mood-5", 3) == "mood-5+me-3"
    assert own_version("mood-5+me-3", 4) == "mood-5+me-4"
    assert [base_version(one) for one in ("mood-5", "mood-5+me-3")] == ["mood-5", "mood-5"]


def test_measures_are_those_of_scikit_learn() -> None:
    random = np.random.default_rng(5)
    named, stated = (random.choice(["sad", "calm", "dark"], 200) for _ in range(2))
    pairs = list(zip(named.tolist(), stated.tolist(), strict=True))
    counts = term_counts((((one,), (other,), 1) for one, other in pairs), ["sad", "calm", "dark"])
    expected = {"labels": ["sad"], "average": "macro"}
    assert counts["sad"].precision == pytest.approx(precision_score(stated, named, **expected))
    assert counts["sad"].recall == pytest.approx(recall_score(stated, named, **expected))
    assert counts["sad"].f1 == pytest.approx(f1_score(stated, named, **expected))
    assert cohens_kappa(pairs) == pytest.approx(cohen_kappa_score(named, stated))
    chances = random.random(200)
    right = random.random(200) < chances**2
    bins = reliability_bins(zip(chances.tolist(), right.tolist(), strict=True))
    assert calibration_error(bins) == pytest.approx(calibration_error_of_arrays(chances, right))


def test_measures_without_songs_are_not_defined() -> None:
    assert cohens_kappa([]) is None
    assert cohens_kappa([("sad", "sad")] * 3) is None
    assert calibration_error(reliability_bins([])) is None
    none = term_counts([], ["sad"])["sad"]
    assert (none.precision, none.recall, none.f1) == (None, None, None)
