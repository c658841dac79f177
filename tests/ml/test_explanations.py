"""The sentence of a side names what is clear in the song, typical of the mood, and different between the two sides."""

from __future__ import annotations

from ml.features.traits import ALL_TRAITS, PACE
from ml.inference.explanations import MOST_NAMED, Evidence, named_traits, sentence, weights

TRAIT = {trait.name: trait for trait in ALL_TRAITS}


def evidence(name: str, position: float, effect: float | None, direction: float | None) -> Evidence:
    return Evidence(TRAIT[name], position, effect, direction)


QUIET = evidence("loudness", -0.8, 0.08, -0.3)
SLOW = evidence("pace", -0.9, None, -0.25)
DARK = evidence("brightness", -0.6, 0.05, -0.3)
MINOR = evidence("key", -1.0, 0.06, -0.15)


def said(**sides: list[Evidence]) -> dict[str, str]:
    return {mood: sentence(mood, named) for mood, named in named_traits(sides).items()}


def first_named(**sides: list[Evidence]) -> list[str]:
    return [named[0].trait.name for named in named_traits(sides).values() if named]


def test_a_sentence_names_the_ends_of_the_traits_in_plain_words() -> None:
    assert sentence("calm", [SLOW, QUIET, DARK]) == "Calm: slow-moving, quiet and dark in timbre."
    assert sentence("sad", [MINOR]) == "Sad: in a minor key."
    assert sentence("elegant", []) == "Elegant: no single property of the sound explains it."


def test_what_is_ordinary_in_the_song_is_never_named() -> None:
    assert not evidence("loudness", -0.25, 0.3, -0.4).supports
    assert QUIET.supports


def test_a_trait_that_the_training_songs_contradict_is_never_named() -> None:
    """A joyful song may be dark in timbre, but that is not why it is joyful."""
    dark = evidence("brightness", -0.9, 0.2, 0.11)
    assert not dark.supports
    assert said(joyful=[dark]) == {"joyful": "Joyful: no single property of the sound explains it."}


def test_a_trait_that_goes_with_the_mood_no_more_than_chance_is_never_named() -> None:
    assert not evidence("tempo", -0.9, 0.2, -0.01).supports


def test_a_trait_that_the_network_does_not_use_is_never_named() -> None:
    assert not evidence("loudness", -0.8, 0.0, -0.3).supports
    assert not evidence("loudness", -0.8, -0.1, -0.3).supports


def test_without_directions_the_network_decides_alone_and_the_pace_says_nothing() -> None:
    assert evidence("loudness", -0.8, 0.1, None).supports
    assert not Evidence(PACE, -0.8, None, None).supports


def test_a_sentence_names_three_traits_at_most_and_one_of_a_kind() -> None:
    noisy = evidence("noisiness", 0.9, 0.2, 0.3)
    bright = evidence("brightness", 0.9, 0.3, 0.3)
    loud, dense = evidence("loudness", 0.9, 0.3, 0.3), evidence("notes", 0.9, 0.3, 0.3)
    named = named_traits({"angry": [noisy, bright, loud, dense, MINOR]})["angry"]
    assert len(named) == MOST_NAMED
    kinds = [one.trait.kind for one in named]
    assert len(set(kinds)) == len(kinds)


def test_a_common_reason_is_named_for_the_side_that_it_explains_better() -> None:
    calm = [QUIET, SLOW, evidence("brightness", -0.6, 0.01, -0.05)]
    sad = [evidence("loudness", -0.8, 0.01, -0.05), evidence("brightness", -0.6, 0.1, -0.3), MINOR]
    sentences = said(calm=calm, sad=sad)
    assert "quiet" in sentences["calm"]
    assert "quiet" not in sentences["sad"]
    assert "dark in timbre" in sentences["sad"]
    assert "dark in timbre" not in sentences["calm"]


def test_the_sides_begin_with_different_traits_if_each_has_a_reason_to_itself() -> None:
    calm = [QUIET, DARK]
    tender = [evidence("loudness", -0.8, 0.07, -0.2), evidence("brightness", -0.6, 0.04, -0.2)]
    first, second = first_named(calm=calm, tender=tender)
    assert first != second


def test_the_only_reason_of_both_sides_is_named_for_both() -> None:
    calm, tender = [QUIET], [evidence("loudness", -0.8, 0.02, -0.1)]
    assert first_named(calm=calm, tender=tender) == ["loudness", "loudness"]


def test_a_trait_that_is_hard_to_hear_comes_after_a_plain_one() -> None:
    varied = evidence("tone_changes", 0.9, 0.3, 0.4)
    assert said(playful=[varied, evidence("percussion", 0.5, 0.05, 0.1)])["playful"].startswith("Playful: percussive")
    assert said(playful=[varied]) == {"playful": "Playful: varied in tone."}


def test_what_few_people_hear_is_part_of_the_analysis_but_never_named() -> None:
    assert {trait.name for trait in ALL_TRAITS if trait.words is None} == {"balance", "tone_colour"}
    assert not evidence("tone_colour", 0.9, 0.3, 0.3).supports


def test_weights_are_the_mean_of_both_kinds_of_evidence_and_0_against_the_training_songs() -> None:
    by_name = weights([QUIET, evidence("brightness", -0.8, 0.04, -0.15), evidence("key", 1.0, 0.08, -0.2)])
    assert by_name == {"loudness": 1.0, "brightness": 0.5, "key": 0.0}
