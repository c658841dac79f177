"""The ten composite mood genres: each rule on chances made for it, agreement with the name, and small changes."""

from __future__ import annotations

import random
from itertools import permutations
from typing import Any

import pytest

from ml.calibration import Reference
from ml.errors import MoodError
from ml.moods.default_genres import OTHER
from ml.moods.genres import GENRES, Condition, GenreRules, genre_scores, strongest_genre
from ml.moods.levels import Level
from ml.moods.vocabulary import MOOD_NAMES, MOODS

RULES = GenreRules.default()
RULED = [kind for kind in GENRES.values() if kind.name != OTHER]
PAIRS = list(permutations(MOOD_NAMES, 2))


def chances(rest: float = 0.15, **given: float) -> dict[str, Any]:
    """A song's chances of the sixteen moods: those given, the same for all others."""
    return {"moods": {**dict.fromkeys(MOOD_NAMES, rest), **given}}


def song_by_chance(source: random.Random) -> dict[str, Any]:
    """Most moods unlikely, a few likely, as in real music."""
    return {"moods": {mood: source.betavariate(0.7, 2.5) for mood in MOOD_NAMES}}


def name_of(scores: dict[str, Any]) -> tuple[str, str]:
    first, second, *_ = sorted(MOOD_NAMES, key=lambda mood: -scores["moods"][mood])
    return first, second


LIBRARY = Reference.of(RULES.values(song_by_chance(random.Random(seed))) for seed in range(500))


def genre(scores: dict[str, Any], sides: tuple[str, ...] | None = None) -> str:
    return strongest_genre(genre_scores(scores, LIBRARY, RULES, sides or name_of(scores)))


SONGS = {
    "NegativeButHopeful": chances(0.1, sad=0.7, tender=0.5, nostalgic=0.5),
    "RelaxButEnergetic": chances(0.1, energetic=0.6, dreamy=0.5, joyful=0.3, calm=0.3),
    "TotallyPositive": chances(0.05, joyful=0.9, playful=0.7),
    "TotallyNegative": chances(0.1, angry=0.9, tense=0.7, dark=0.6),
    "PositiveButVoid": chances(0.08, calm=0.2, elegant=0.25, sensual=0.1),
    "CalmButEpic": chances(0.1, solemn=0.9, dark=0.6, calm=0.5, powerful=0.4),
    "InsecureButInessential": chances(0.02, tense=0.3, sad=0.3, dark=0.3),
    "ConcernedButLight": chances(0.1, playful=0.9, tense=0.7, angry=0.4),
    "CalmButWarm": chances(0.1, calm=0.8, tender=0.9, nostalgic=0.5),
    OTHER: chances(0.1, powerful=0.7, gritty=0.6, tender=0.01, nostalgic=0.01),
}


@pytest.mark.parametrize("name", GENRES)
def test_chances_made_for_a_genre_get_that_genre(name):
    assert genre(SONGS[name]) == name


def test_there_are_ten_genres_and_other_is_the_last():
    assert len(GENRES) == 10
    assert list(GENRES)[-1] == OTHER
    assert all(kind.name == name for name, kind in GENRES.items())


def test_strengths_sum_to_one():
    for scores in SONGS.values():
        strengths = genre_scores(scores, LIBRARY, RULES, name_of(scores))
        assert list(strengths) == list(GENRES)
        assert sum(strengths.values()) == pytest.approx(1)
        assert min(strengths.values()) >= 0


def test_every_genre_is_reachable_by_some_song():
    source = random.Random(4)
    found = {genre(song_by_chance(source)) for _ in range(3000)}
    assert found == set(GENRES)


# The name.


def test_no_genre_contradicts_the_name_whatever_the_chances():
    source = random.Random(18)
    for _ in range(3000):
        scores, (first, second) = song_by_chance(source), source.choice(PAIRS)
        valence = MOODS[first].valence, MOODS[second].valence
        arousal = MOODS[first].arousal, MOODS[second].arousal
        given = genre(scores, (first, second))
        if given == "TotallyPositive":
            assert valence[0] >= 6
            assert min(valence) > 4
        elif given == "TotallyNegative":
            assert valence[0] < 4
            assert valence[1] < 6.5
        elif given in ("RelaxButEnergetic", "PositiveButVoid", "CalmButWarm"):
            assert min(valence) > 4
        elif given == "CalmButEpic":
            assert min(arousal) < 4.5
            assert {first, second}.isdisjoint({"angry", "tense", "joyful", "playful", "sensual"})
        elif given in ("NegativeButHopeful", "ConcernedButLight"):
            assert min(valence) < 4 < max(valence)
        elif given == "InsecureButInessential":
            assert arousal[0] < 5.5
            assert min(valence) < 4


@pytest.mark.parametrize("kind", RULED, ids=lambda kind: kind.name)
def test_a_name_rules_out_some_genres_and_no_genre_is_ruled_out_by_all(kind):
    fitting = [pair for pair in PAIRS if kind.fits(pair)]
    assert 0 < len(fitting) < len(PAIRS)


@pytest.mark.parametrize("mood", MOOD_NAMES)
def test_a_name_of_one_mood_leaves_a_genre_or_other(mood):
    assert genre(chances(0.1, **{mood: 0.9}), (mood,)) in GENRES


def test_a_genre_that_the_name_rules_out_has_no_strength():
    scores = SONGS["TotallyNegative"]
    assert genre_scores(scores, LIBRARY, RULES, ("joyful", "angry"))["TotallyNegative"] == 0
    assert genre_scores(scores, LIBRARY, RULES, ("angry", "powerful"))["TotallyNegative"] > 0


# The rules.


@pytest.mark.parametrize("kind", RULED, ids=lambda kind: kind.name)
def test_every_condition_of_a_rule_counts(kind):
    best = {c.score: 1.0 if c.side == "high" else 0.0 for c in kind.conditions}
    assert kind.membership(best) == 1
    for condition in kind.conditions:
        assert kind.membership(best | {condition.score: 1 - best[condition.score]}) < 0.5


def test_other_wins_exactly_if_no_rule_holds():
    source = random.Random(11)
    for _ in range(1000):
        scores = song_by_chance(source)
        ranks, sides = RULES.ranks(scores, LIBRARY), name_of(scores)
        holds = any(kind.fits(sides) and kind.membership(ranks) >= 0.5 for kind in RULED)
        assert (genre(scores, sides) == OTHER) == (not holds)


def test_a_small_change_of_all_chances_rarely_changes_the_genre():
    source = random.Random(5)
    kept = 0
    for _ in range(1000):
        scores = song_by_chance(source)
        near = {"moods": {mood: chance * (1 + source.gauss(0, 0.03)) for mood, chance in scores["moods"].items()}}
        kept += genre(scores, name_of(scores)) == genre(near, name_of(scores))
    assert kept >= 950


def test_membership_is_half_on_the_border_and_fades_beyond_it():
    condition = Condition(Level("calm", {"calm": 1.0}), "high", 40, fade=0.2)
    assert condition.membership(1.0) == 1.0
    assert condition.membership(0.6) == 0.5
    assert 0 < condition.membership(0.5) < 0.5
    assert condition.membership(0.39) == 0.0


def test_a_level_adds_chances_and_pleasantness_is_their_mean_place():
    values = RULES.values(chances(0.0, joyful=0.5, angry=0.25, dark=0.25))
    assert values["cheer"] == 0.5
    assert values["distress"] == 0.5
    places = 0.5 * MOODS["joyful"].valence + 0.25 * (MOODS["angry"].valence + MOODS["dark"].valence)
    assert values["pleasantness"] == pytest.approx(places - 5)
    assert RULES.values(chances(0.0))["pleasantness"] == 0.0


def test_a_rule_reads_as_sentences():
    assert GENRES["TotallyPositive"].rule == (
        "Compared with the reference library: the pleasantness (valence) of its moods among the highest 45 % and "
        "joy and playfulness together not among the lowest 30 %. Only for a name where its first mood is not angry, "
        "tense, dark, sad, nostalgic, solemn or gritty and neither mood is angry, tense, dark, sad or gritty."
    )
    assert GENRES[OTHER].rule == "None of the other rules holds."


@pytest.mark.parametrize("kind", GENRES.values(), ids=lambda kind: kind.name)
def test_titles_match_names(kind):
    assert kind.title.replace(" ", "").lower().replace("relaxed", "relax") == kind.name.lower()


# In the card of a model.


def test_the_card_keeps_the_rules():
    assert GenreRules.from_card(RULES.to_card()) == RULES


def broken(card: dict[str, Any], *path: str | int, value: Any) -> dict[str, Any]:
    place: Any = card
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    return card


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("levels",), None),
        (("levels", "cheer", "weights"), {"merry": 1.0}),
        (("levels", "cheer", "weights"), {}),
        (("levels", "cheer", "weights", "joyful"), float("nan")),
        (("genres", "CalmButWarm"), None),
        (("genres", "CalmButWarm", "conditions"), []),
        (("genres", "CalmButWarm", "conditions", 0, "percent"), 100),
        (("genres", "CalmButWarm", "conditions", 0, "side"), "middle"),
        (("genres", "CalmButWarm", "conditions", 0, "level"), "unknown"),
        (("genres", "CalmButWarm", "name", 0, "who"), "third"),
        (("genres", "CalmButWarm", "name", 0, "valence"), [1.0]),
        (("genres", "Other", "conditions"), [{"level": "cheer", "side": "low", "percent": 5, "fade": 0.2}]),
    ],
)
def test_a_damaged_rule_is_rejected(path, value):
    with pytest.raises(MoodError, match="install its bundle again"):
        GenreRules.from_card(broken(RULES.to_card(), *path, value=value))


def test_a_song_without_chances_is_rejected_by_name():
    with pytest.raises(MoodError, match="The score 'joyful' is missing"):
        genre_scores({"emotions": {}}, LIBRARY, RULES, ("calm", "sad"))


def test_a_reference_without_the_levels_is_rejected_by_name():
    with pytest.raises(MoodError, match="no reference for the score 'pleasantness'"):
        genre_scores(chances(), Reference({}), RULES, ("calm", "sad"))
