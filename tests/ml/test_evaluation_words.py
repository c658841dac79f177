"""The composite beside the words of editors and beside listeners' own mixtures."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from ml.moods import EMOTIONS, MOODS
from ml.training.evaluation.composite_agreement import composite_figures, frequent_pairs, mood_rightness
from ml.training.evaluation.tag_agreement import NAMED, UNMAPPED, judged, shares_of, word_figures, words_report


def felt(**shares: float) -> dict[str, float]:
    return {emotion: shares.get(emotion, 0.0) for emotion in EMOTIONS}


def test_every_emotion_has_words_and_no_word_names_more_than_two() -> None:
    assert set(NAMED) == set(EMOTIONS)
    counts = Counter(word for words in NAMED.values() for word in words)
    assert max(counts.values()) == 2
    assert not set(UNMAPPED.split(", ")) & set(counts)


def test_words_are_brought_to_the_listeners_scale() -> None:
    songs = shares_of([("sad", "angry"), ("angry", "hostile"), ("organic", "joyous")])
    assert np.mean([song["tension"] for song in songs]) == pytest.approx(MOODS["tension"].prevalence)
    assert songs[1]["tension"] == pytest.approx(2 * songs[0]["tension"])
    assert songs[2]["joyful_activation"] > 0 == songs[2]["sadness"]


def test_unscaled_shares_are_the_words_own() -> None:
    [song] = shares_of([("sad", "gloomy", "angry", "organic")], scaled=False)
    assert (song["sadness"], song["tension"], song["power"]) == (0.5, 0.25, 0.0)


def test_a_song_is_judged_only_where_two_moods_can_stand_together() -> None:
    assert judged(felt(sadness=0.2, tension=0.1))
    assert not judged(felt(sadness=0.2))
    assert not judged(felt(calmness=0.2, tenderness=0.1))  # near-synonyms: never said together


def test_a_composite_is_right_in_part_where_one_of_its_sides_is() -> None:
    truth = [felt(sadness=0.4, tension=0.3, power=0.1)] * 3
    found = word_figures([("tension", "sadness"), ("power", "sadness"), ("power", "calmness")], truth)
    values = {name: round(figure["value"], 2) for name, figure in found.items()}
    assert values == {"exact": 0.33, "first_side": 0.33, "one_side": 0.67}


def test_the_report_counts_judged_songs_and_names_what_it_is_compared_with() -> None:
    words = [("sad", "angry"), ("sad", "hostile"), ("joyous", "powerful"), ("organic", "slick")]
    heard = [felt(sadness=0.4, tension=0.3), felt(power=0.4, tension=0.3), felt(calmness=0.4, power=0.3), felt()]
    found = words_report({"both": heard, "other": heard[::-1]}, words, np.arange(4))
    assert found["songs"] == 3
    assert found["exact"]["value"] == pytest.approx(1 / 3, abs=1e-3)
    assert set(found["baselines"]) == {"most_frequent", "other"}


def test_figures_without_the_scaling_stand_beside_those_with_it() -> None:
    """Words for tension are common here: scaled, the one for power says more, and the other pair is true."""
    words = [("sad", "angry", "hostile", "strong")] * 2 + [("angry", "harsh", "sad")] * 8
    heard = [felt(sadness=0.4, tension=0.3)] * 10
    found = words_report({"both": heard}, words, np.arange(10))
    assert found["unscaled"]["first_side"]["value"] == 1.0
    assert found["first_side"]["value"] == pytest.approx(0.8)
    assert set(found["unscaled"]["baselines"]) == {"most_frequent"}


def test_the_most_frequent_pair_of_a_fold_is_that_of_the_other_folds() -> None:
    sad, glad = felt(sadness=0.4, tension=0.3), felt(joyful_activation=0.4, power=0.3)
    found = frequent_pairs([sad, sad, sad, glad, glad], np.array([0, 0, 0, 1, 1]))
    assert found == [("joyful_activation", "power")] * 3 + [("sadness", "tension")] * 2


def test_a_mood_is_as_right_as_its_songs_listeners_say() -> None:
    pairs = [("sadness", "tension"), ("sadness", "power"), ("power", "sadness")]
    found = mood_rightness(
        pairs, [felt(sadness=0.5, tension=0.3), felt(power=0.5, tension=0.3), felt(power=0.5, tension=0.3)]
    )
    assert found["sadness"]["first"]["count"] == 2
    assert found["sadness"]["first"]["right"] == 0.5
    assert found["sadness"]["second"]["right"] == 0.0
    assert found["calmness"]["first"] == {"count": 0, "right": None, "low": None, "high": None}


def test_any_pair_that_ties_among_listeners_is_exact() -> None:
    tied = felt(sadness=0.4, tension=0.2, power=0.2)
    found = composite_figures([("sadness", "tension"), ("power", "sadness")], [tied, tied])
    assert found["pair_exact"]["value"] == 1.0
