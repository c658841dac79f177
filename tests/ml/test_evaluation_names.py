"""Names against the words of people: metrics, confusions, baselines, examples, lists and limitations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings

from ml.moods import EMOTIONS, MOOD_NAMES, MOODS, Composite
from ml.training.data.clips import Clip
from ml.training.evaluation.limitations import FEW, RARE_RECALL, name_limitations
from ml.training.evaluation.metrics import wilson_interval
from ml.training.evaluation.name_examples import name_examples
from ml.training.evaluation.name_listing import people_words
from ml.training.evaluation.name_metrics import (
    NamedSongs,
    metrics_by_chance,
    most_frequent_names,
    pair_variety,
    term_confusions,
    term_metrics,
)

SAD_SONG = ("sad", "dark")
ROOT = Path(__file__).resolve().parents[2]


def clip(*terms: str, quadrant: int | None = None, **changes: Any) -> Clip:
    values: dict[str, Any] = {"collection": "4qaed", "file": "1.opus", "fold": 0, "artist": "a", "genre": ""}
    return Clip(**{**values, "quadrant": quadrant, "terms": terms, **changes})


def composite(primary: str, secondary: str, confidence: float = 0.5, second: float = 0.3) -> Composite:
    return Composite(primary, secondary, confidence, second, certain=True, alternatives=(), genres={})


def metrics_of(songs: NamedSongs) -> dict[str, float]:
    return songs.metrics(np.arange(len(songs.names)))


def test_a_side_is_right_if_people_used_a_word_of_its_term() -> None:
    pairs = [("sad", "dark"), ("dark", "angry"), ("angry", "sad"), ("joyful", "angry")]
    metrics = metrics_of(NamedSongs.of(pairs, [clip(*SAD_SONG)] * 4))
    assert (metrics["first"], metrics["second"]) == (0.5, 0.5)
    assert (metrics["one"], metrics["both"]) == (0.75, 0.25)


def test_a_side_contradicts_people_if_it_is_pleasant_in_an_unpleasant_quadrant() -> None:
    pairs = [("joyful", "sad"), ("sad", "joyful"), ("nostalgic", "solemn"), ("sad", "dark")]
    metrics = metrics_of(NamedSongs.of(pairs, [clip("sad", quadrant=2)] * 4))
    assert metrics["contrary_first"] == 0.25
    assert metrics["contrary_any"] == 0.5


def test_terms_near_neutral_contradict_no_quadrant() -> None:
    for quadrant in range(4):
        songs = NamedSongs.of([("nostalgic", "solemn")], [clip("sad", quadrant=quadrant)])
        assert not songs.contrary.any()


def test_songs_without_quadrants_have_no_contradictions() -> None:
    assert "contrary_first" not in metrics_of(NamedSongs.of([("joyful", "sad")], [clip("sad")]))


def test_means_over_terms_leave_out_terms_of_few_songs_and_count_terms_that_are_never_given() -> None:
    clips = [clip("sad")] * 10 + [clip("angry")] * 10 + [clip("elegant")] * 9
    pairs = [("sad", "elegant")] * 29
    metrics = metrics_of(NamedSongs.of(pairs, clips))
    assert metrics["macro_recall"] == 0.5  # all sad songs, no angry one
    assert metrics["macro_precision"] == pytest.approx(10 / 29 / 2)


def test_a_bootstrap_sample_without_a_term_ignores_its_recall() -> None:
    songs = NamedSongs.of([("sad", "dark")] * 20, [clip("sad")] * 10 + [clip("angry")] * 10)
    assert songs.metrics(np.zeros(20, int))["macro_recall"] == 1.0


def test_metrics_of_repeated_songs_count_them_again() -> None:
    songs = NamedSongs.of([("sad", "dark"), ("joyful", "dark")], [clip("sad")] * 2)
    assert songs.metrics(np.array([0, 0, 0, 1]))["first"] == 0.75


def test_songs_without_a_true_term_are_rejected() -> None:
    with pytest.raises(ValueError, match=r"1 clips have no true term, the first is 4qaed/1\.opus"):
        NamedSongs.of([("sad", "dark")], [clip()])


def test_each_term_has_its_recall_and_precision_with_wilson_intervals() -> None:
    clips = [clip("sad")] * 3 + [clip("angry")]
    terms = term_metrics(NamedSongs.of([("sad", "calm"), ("calm", "dark"), ("dark", "sad"), ("sad", "calm")], clips))
    assert terms["sad"] == {
        "songs": 3, "given": 3, "recall": wilson_interval(2, 3), "precision": wilson_interval(2, 3),
    }  # fmt: skip
    assert terms["gritty"]["precision"] == {"value": None, "low": None, "high": None}
    assert set(terms) == set(MOODS)


def test_confusions_count_what_is_said_instead_and_what_people_say() -> None:
    clips = [clip("sad", "tender"), clip("sad"), clip("sad", "angry")]
    confusions = term_confusions(NamedSongs.of([("dark", "tender"), ("dark", "tense"), ("sad", "calm")], clips))
    assert confusions["sad"] == {"missed": 2, "instead": {"dark": 2, "tense": 1}, "wrong": 0, "people": {}}
    assert confusions["dark"] == {"missed": 0, "instead": {}, "wrong": 2, "people": {"sad": 2}}
    assert confusions["calm"]["people"] == {"angry": 1}


def test_the_spread_of_equally_frequent_pairs_is_their_number() -> None:
    names = np.array([[0, 1], [1, 0], [2, 3], [2, 3]])
    assert pair_variety(names) == {"pairs": 2, "spread": 2.0}
    assert pair_variety(names[:2]) == {"pairs": 1, "spread": 1.0}


def test_the_most_frequent_names_of_a_fold_are_those_of_the_other_folds() -> None:
    truth = np.zeros((4, len(MOODS)), bool)
    truth[:2, [0, 1]] = True
    truth[2:, [2, 3]] = True
    names = most_frequent_names(truth, np.array([0, 0, 1, 1]))
    assert names.tolist() == [[2, 3], [2, 3], [0, 1], [0, 1]]


def test_metrics_by_chance_are_those_of_many_random_names() -> None:
    random = np.random.default_rng(0)
    pairs = [tuple(map(str, random.permutation(MOOD_NAMES)[:2])) for _ in range(4000)]
    songs = NamedSongs.of(pairs, [clip("sad", "dark", "tense", quadrant=2)] * 4000)
    expected, measured = metrics_by_chance(songs), metrics_of(songs)
    for name in ("first", "one", "both", "contrary_first", "contrary_any"):
        assert measured[name] == pytest.approx(expected[name], abs=0.03), name
    assert metrics_by_chance(songs, ("sad", "dark", "calm"))["both"] == pytest.approx(1 / 3, abs=1e-4)


def test_examples_are_the_surest_clips_whatever_people_say() -> None:
    clips = [
        clip("angry", file="1.opus", artist="a"),
        clip("sad", file="2.opus", artist="a"),
        clip("sad", file="3.opus", artist="b"),
        clip(file="4.opus", artist="c"),
    ]
    named = [composite("sad", "dark", 0.9), composite("sad", "dark", 0.8), composite("dark", "sad", 0.5, 0.4)]
    examples = name_examples([*named, composite("sad", "dark", 0.95)], clips)
    assert [one["file"] for one in examples["sad"]] == ["1.opus", "3.opus"]  # one for each artist, only with words
    assert examples["sad"][0] == {
        "collection": "4qaed", "file": "1.opus", "name": "Sad and Dark", "people": ["angry"], "right": False,
    }  # fmt: skip
    assert examples["calm"] == []


def test_people_are_quoted_with_all_their_words_or_shares() -> None:
    assert people_words(clip("sad", words=("gloomy", "weary"))) == "gloomy, weary"
    shares = tuple(0.5 if name == "sadness" else 0.25 * (name == "power") for name in EMOTIONS)
    assert people_words(clip(emotions=shares)) == "sadness 50 %, power 25 %"


def figures(**terms: tuple[int, int, float, float]) -> dict[str, Any]:
    """The names of a card: for each term its songs, how many it is given to, recall and precision; else a good term."""
    good = (40, 40, 0.6, 0.6)
    return {
        "both": {
            "4qaed": {
                "figures": {"first": {"value": 0.6}, "one": {"value": 0.8}, "contrary_first": {"value": 0.172}},
                "mixed": {"value": 0.25},
                "terms": {
                    term: {
                        "songs": values[0],
                        "given": values[1],
                        "recall": {"value": values[2]},
                        "precision": {"value": values[3] if values[1] else None},
                    }
                    for term in MOODS
                    for values in [terms.get(term, good)]
                },
            }
        }
    }


def test_limitations_name_terms_that_are_never_or_rarely_given_or_often_wrong() -> None:
    sentences = name_limitations(
        figures(gritty=(50, 0, 0.0, 0.0), solemn=(50, 9, 0.14, 0.7), dark=(50, 80, 0.5, 0.31), tender=(5, 0, 0.0, 0.0))
    )
    assert "Never given: Gritty." in sentences
    assert "Rarely given to songs that editors describe so: Solemn (14 %)." in sentences
    assert "Rarely an editor’s word where it is given: Dark (31 %)." in sentences
    assert not any("Tender" in sentence for sentence in sentences)  # too few songs to judge


def test_the_limitations_of_the_bundled_model_are_those_of_its_figures() -> None:
    card = json.loads((ROOT / "ml" / "bundles" / settings.MODEL_BUNDLE / "card.json").read_text(encoding="utf-8"))
    assert set(name_limitations(card["names"])) <= set(card["limitations"])
    text = " ".join(card["limitations"])
    for term, values in card["names"]["both"]["4qaed"]["terms"].items():
        if values["songs"] >= FEW and (not values["given"] or values["recall"]["value"] < RARE_RECALL):
            assert MOODS[term].adjective in text, f"{term} is rarely or never given, and no limitation says so"


def test_limitations_state_wrong_contrary_and_uncertain_names() -> None:
    text = " ".join(name_limitations(figures()))
    assert "The main mood of 40 % of the songs is not among the words of their editors" in text
    assert "and of 20 % neither mood is" in text
    assert "The main mood of 17 % of the songs is pleasant where editors describe an unpleasant song" in text
    assert "No mood is certain for 25 % of the songs" in text
    assert "Never given" not in text
