"""Agreement of the composite with the tags of editors and with listeners."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from ml.moods import EMOTIONS
from ml.training.evaluation.composite_agreement import accuracy_by_mood, composite_metrics, most_frequent_pairs
from ml.training.evaluation.tag_agreement import (
    TAGS,
    UNMAPPED_TAGS,
    names_a_composite,
    tag_agreement_report,
    tag_metrics,
    tag_shares,
)


def felt(**shares: float) -> dict[str, float]:
    return {emotion: shares.get(emotion, 0.0) for emotion in EMOTIONS}


def test_every_emotion_has_tags_and_no_tag_names_more_than_two() -> None:
    assert set(TAGS) == set(EMOTIONS)
    counts = Counter(word for words in TAGS.values() for word in words)
    assert max(counts.values()) == 2
    assert not set(UNMAPPED_TAGS.split(", ")) & set(counts)


def test_tag_shares_are_scaled_to_the_prevalence_among_listeners() -> None:
    songs = tag_shares([("sad", "angry"), ("angry", "hostile"), ("organic", "joyous")])
    assert np.mean([song["tension"] for song in songs]) == pytest.approx(EMOTIONS["tension"].prevalence)
    assert songs[1]["tension"] == pytest.approx(2 * songs[0]["tension"])
    assert songs[2]["joyful_activation"] > 0 == songs[2]["sadness"]


def test_unscaled_shares_are_counts_of_tags() -> None:
    [song] = tag_shares([("sad", "gloomy", "angry", "organic")], scaled=False)
    assert (song["sadness"], song["tension"], song["power"]) == (0.5, 0.25, 0.0)


def test_a_song_counts_only_if_its_tags_name_a_composite() -> None:
    assert names_a_composite(felt(sadness=0.2, tension=0.1))
    assert not names_a_composite(felt(sadness=0.2))
    assert not names_a_composite(felt(calmness=0.2, tenderness=0.1))  # near-synonyms form no composite


def test_a_composite_is_partly_right_if_one_side_is() -> None:
    truth = [felt(sadness=0.4, tension=0.3, power=0.1)] * 3
    result = tag_metrics([("tension", "sadness"), ("power", "sadness"), ("power", "calmness")], truth)
    values = {name: round(figure["value"], 2) for name, figure in result.items()}
    assert values == {"exact": 0.33, "first_side": 0.33, "one_side": 0.67}


def test_the_report_counts_usable_songs_and_names_its_baselines() -> None:
    words = [("sad", "angry"), ("sad", "hostile"), ("joyous", "powerful"), ("organic", "slick")]
    oof = [felt(sadness=0.4, tension=0.3), felt(power=0.4, tension=0.3), felt(calmness=0.4, power=0.3), felt()]
    result = tag_agreement_report({"both": oof, "other": oof[::-1]}, words, np.arange(4))
    assert result["songs"] == 3
    assert result["exact"]["value"] == pytest.approx(1 / 3, abs=1e-3)
    assert set(result["baselines"]) == {"most_frequent", "other"}


def test_unscaled_metrics_are_reported_too() -> None:
    """Tags for tension are common here, so scaling raises the one for power and makes another pair true."""
    words = [("sad", "angry", "hostile", "strong")] * 2 + [("angry", "harsh", "sad")] * 8
    oof = [felt(sadness=0.4, tension=0.3)] * 10
    result = tag_agreement_report({"both": oof}, words, np.arange(10))
    assert result["unscaled"]["first_side"]["value"] == 1.0
    assert result["first_side"]["value"] == pytest.approx(0.8)
    assert set(result["unscaled"]["baselines"]) == {"most_frequent"}


def test_the_most_frequent_pair_of_a_fold_is_that_of_the_other_folds() -> None:
    sad, glad = felt(sadness=0.4, tension=0.3), felt(joyful_activation=0.4, power=0.3)
    result = most_frequent_pairs([sad, sad, sad, glad, glad], np.array([0, 0, 0, 1, 1]))
    assert result == [("joyful_activation", "power")] * 3 + [("sadness", "tension")] * 2


def test_accuracy_by_mood_counts_songs_with_that_side() -> None:
    pairs = [("sadness", "tension"), ("sadness", "power"), ("power", "sadness")]
    result = accuracy_by_mood(
        pairs, [felt(sadness=0.5, tension=0.3), felt(power=0.5, tension=0.3), felt(power=0.5, tension=0.3)]
    )
    assert result["sadness"]["first"]["count"] == 2
    assert result["sadness"]["first"]["right"] == 0.5
    assert result["sadness"]["second"]["right"] == 0.0
    assert result["calmness"]["first"] == {"count": 0, "right": None, "low": None, "high": None}


def test_tied_pairs_of_listeners_count_as_exact() -> None:
    tied = felt(sadness=0.4, tension=0.2, power=0.2)
    result = composite_metrics([("sadness", "tension"), ("power", "sadness")], [tied, tied])
    assert result["pair_exact"]["value"] == 1.0
