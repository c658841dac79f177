"""Which way a trait goes with a mood, from the labels of the training songs."""

from __future__ import annotations

import numpy as np
import pytest

from ml.calibration import Reference
from ml.features.names import NAMES
from ml.features.traits import ALL_TRAITS, PACE
from ml.models.card import Card
from ml.moods import MOOD_NAMES
from ml.training.evaluation.trait_directions import MIN_CLIPS, correlations, trait_card
from tests.ml.small_pack import small_pack
from tests.ml.test_bundle import BUNDLE


def test_a_trait_that_rises_with_the_mood_has_a_positive_direction() -> None:
    random = np.random.default_rng(0)
    labels = (random.random(200) < 0.3).astype(float)
    positions = np.stack([labels - 0.5, 0.5 - labels, random.uniform(-1, 1, 200)], axis=1)
    rising, falling, unrelated = correlations(positions, labels[:, None], ["4qaed"] * 200)[0]
    assert rising == pytest.approx(1.0)
    assert falling == pytest.approx(-1.0)
    assert abs(unrelated) < 0.2


def test_a_difference_between_collections_is_no_direction() -> None:
    """One collection is louder and has more angry songs; in each of them anger has nothing to do with loudness."""
    names = ["4qaed"] * 100 + ["mirex"] * 100
    angry = np.concatenate([np.arange(100) % 2 < 1, np.arange(100) % 5 < 1]).astype(float)
    louder = np.concatenate([np.full(100, 0.6), np.full(100, -0.6)])
    assert correlations(louder[:, None], angry[:, None], names)[0, 0] == pytest.approx(0.0)


def test_clips_whose_people_were_not_asked_do_not_count() -> None:
    labels = np.concatenate([np.arange(100) % 2, np.full(100, np.nan)])
    positions = np.concatenate([np.arange(100) % 2, np.ones(100)]).astype(float)
    assert correlations(positions[:, None], labels[:, None], ["4qaed"] * 100 + ["emotify"] * 100)[0, 0] == 1.0


def test_a_collection_with_few_songs_of_a_mood_says_nothing() -> None:
    labels = np.zeros(100)
    labels[: MIN_CLIPS - 1] = 1.0
    assert correlations(labels[:, None], labels[:, None], ["mirex"] * 100)[0, 0] == 0.0


def test_the_card_gets_a_direction_for_every_mood_and_trait_and_what_ranks_a_song() -> None:
    """In the small pack, odd clips are powerful and joyful and have the larger features."""
    card = trait_card(small_pack(120))
    directions = card["trait_directions"]
    assert list(directions) == list(MOOD_NAMES)
    assert all(list(by_trait) == [trait.name for trait in ALL_TRAITS] for by_trait in directions.values())
    assert directions["powerful"]["loudness"] > 0.8
    assert directions["sad"]["loudness"] < -0.8
    assert set(Reference.from_card(card["feature_reference"]).quantiles) == {*NAMES, *PACE.features}


def test_the_installed_bundle_knows_what_people_hear_in_calm_and_in_angry_songs() -> None:
    card = Card.read(BUNDLE)
    calm, angry = card.trait_directions["calm"], card.trait_directions["angry"]
    assert max(calm["loudness"], calm["brightness"], calm["pace"]) < -0.1
    assert min(angry["loudness"], angry["brightness"], angry["notes"]) > 0.1
    assert angry["key"] < -0.1
    assert set(card.trait_directions) == set(MOOD_NAMES)
    assert PACE.features[0] in card.feature_reference.quantiles
