"""The genres of models before mood-4: each rule on scores made for it, and properties of all rules."""

from __future__ import annotations

import random

import pytest

from ml.calibration import Reference
from ml.errors import MoodError
from ml.moods import REFERENCE_NAMES
from ml.moods.older_genres import (
    GENRES,
    OTHER,
    Condition,
    genre,
    genre_scores,
    strongest_genre,
)
from tests.ml.mood_tables import EVEN, scores

RULED = [kind for kind in GENRES.values() if kind.name != OTHER]

SONGS = {
    "NegativeButHopeful": scores(valence=3.5, arousal=3.5, tenderness=0.42, amazement=0.35, tension=0.15, c4=0.1),
    "RelaxButEnergetic": scores(valence=6.0, arousal=6.5, calmness=0.45, joyful_activation=0.25, solemnity=0.1),
    "TotallyPositive": scores(valence=7.5, arousal=6.0, joyful_activation=0.55, tension=0.1, calmness=0.2),
    "TotallyNegative": scores(valence=2.5, arousal=6.0, Q1=0.05, Q2=0.8, Q4=0.05, tension=0.5, solemnity=0.4),
    "PositiveButVoid": scores(valence=6.5, rest=0.08),
    "CalmButEpic": scores(valence=5.0, arousal=3.0, calmness=0.5, solemnity=0.5, power=0.4, tension=0.2),
    "InsecureButInessential": scores(valence=4.5, arousal=4.5, rest=0.15, tension=0.3, c4=0.1),
    "ConcernedButLight": scores(valence=3.5, arousal=5.5, solemnity=0.1, c4=0.35, tenderness=0.2, power=0.5),
    "CalmButWarm": scores(valence=7.0, arousal=2.5, calmness=0.5, tenderness=0.5, power=0.1),
    OTHER: scores(valence=5.2, arousal=4.0, rest=0.2, power=0.5, tension=0.45, Q1=0.3, c4=0.1),
}


@pytest.mark.parametrize("name", GENRES)
def test_scores_made_for_a_genre_get_that_genre(name):
    assert genre(SONGS[name], EVEN) == name


def test_there_are_ten_genres_and_other_is_the_last():
    assert len(GENRES) == 10
    assert list(GENRES)[-1] == OTHER
    assert all(kind.name == name for name, kind in GENRES.items())


@pytest.mark.parametrize("name", GENRES)
def test_genres_of_a_song_sum_to_one(name):
    strengths = genre_scores(SONGS[name], EVEN)
    assert set(strengths) == set(GENRES)
    assert sum(strengths.values()) == pytest.approx(1)
    assert min(strengths.values()) >= 0


@pytest.mark.parametrize("kind", RULED, ids=lambda kind: kind.name)
def test_every_condition_of_a_rule_counts(kind):
    met = {c.score: 0.95 if c.side == "high" else 0.05 for c in kind.conditions}
    assert kind.membership(met) >= 0.5
    for condition in kind.conditions:
        assert kind.membership(met | {condition.score: 1 - met[condition.score]}) < 0.5


@pytest.mark.parametrize("kind", RULED, ids=lambda kind: kind.name)
def test_no_rule_uses_a_score_twice(kind):
    scores_used = [condition.score for condition in kind.conditions]
    assert len(set(scores_used)) == len(scores_used)
    assert set(scores_used) <= set(REFERENCE_NAMES)


def test_other_wins_exactly_if_no_rule_holds():
    chance = random.Random(11)
    for _ in range(2000):
        song = scores(
            valence=chance.uniform(1, 9),
            arousal=chance.uniform(1, 9),
            **{name: chance.uniform(0, 0.5) for name in REFERENCE_NAMES[:18]},
        )
        strengths = genre_scores(song, EVEN)
        ranked = {
            name: EVEN.rank(name, value)
            for part in ("emotions", "quadrants", "clusters")
            for name, value in song[part].items()
        }
        ranked |= {name: EVEN.rank(name, song[name]) for name in ("valence", "arousal")}
        ranked["feeling"] = EVEN.rank("feeling", max(song["emotions"].values()))
        holds = any(kind.membership(ranked) >= 0.5 for kind in RULED)
        assert (strongest_genre(strengths) == OTHER) == (not holds)


def test_the_rule_with_the_highest_membership_wins():
    song = scores(valence=7.8, arousal=5.0, calmness=0.4, tenderness=0.4, joyful_activation=0.58, tension=0.02)
    strengths = genre_scores(song, EVEN)
    assert strengths["TotallyPositive"] > strengths["CalmButWarm"] > 0
    assert genre(song, EVEN) == "TotallyPositive"


def test_membership_is_half_on_the_border_and_fades_beyond_it():
    condition = Condition("calmness", "high", 40)
    assert condition.membership(1.0) == 1.0
    assert condition.membership(0.6) == 0.5
    assert 0 < condition.membership(0.5) < 0.5
    assert condition.membership(0.39) == 0.0


def test_low_is_the_mirror_of_high():
    high, low = Condition("tension", "high", 30), Condition("tension", "low", 30)
    assert all(high.membership(r / 100) == pytest.approx(low.membership(1 - r / 100)) for r in range(101))


def test_a_rule_reads_as_a_sentence():
    assert GENRES["CalmButEpic"].rule == (
        "Compared with the reference library: calmness in the upper half, solemnity among the highest 40 % "
        "and power not among the lowest 30 %."
    )
    assert GENRES[OTHER].rule == "None of the other rules holds."


@pytest.mark.parametrize("kind", GENRES.values(), ids=lambda kind: kind.name)
def test_titles_match_names(kind):
    assert kind.title.replace(" ", "").lower().replace("relaxed", "relax") == kind.name.lower()


# The reference library.


def test_a_value_ranks_by_the_share_of_the_library_below_it():
    assert EVEN.rank("valence", 5.0) == 0.5
    assert EVEN.rank("valence", 3.1) == pytest.approx(2.1 / 8)


@pytest.mark.parametrize(("value", "rank"), [(-3.0, 0.0), (1.0, 0.0), (9.0, 1.0), (12.0, 1.0)])
def test_values_outside_the_library_rank_at_its_ends(value, rank):
    assert EVEN.rank("valence", value) == rank


def test_a_frequent_value_has_the_middle_of_its_rank_range():
    knots = (0.0,) * 11 + tuple(step / 10 for step in range(1, 11))
    assert Reference({"sadness": knots}).rank("sadness", 0.0) == 0.25


def test_ranks_never_fall_as_values_rise():
    chance = random.Random(2)
    knots = tuple(sorted(round(chance.random(), 1) for _ in range(21)))
    ranks = [Reference({"power": knots}).rank("power", value / 200) for value in range(-10, 211)]
    assert ranks == sorted(ranks)
    assert ranks[0] == 0
    assert ranks[-1] == 1


def test_a_reference_stores_the_quantiles_of_a_library():
    library = Reference.of({"power": song / 100} for song in range(101))
    assert library.quantiles["power"] == pytest.approx([step / 20 for step in range(21)])


def test_a_reference_needs_more_than_one_song():
    with pytest.raises(ValueError, match="needs two or more songs; it has 1"):
        Reference.of([{"power": 0.5}])


def test_a_reference_without_a_required_score_is_rejected_by_name():
    lacking = Reference({name: knots for name, knots in EVEN.quantiles.items() if name != "feeling"})
    with pytest.raises(MoodError, match="no reference for the score 'feeling'"):
        genre(scores(), lacking)
