"""Both sides have reasons in words and a sentence, and removing the first reasons lowers the mood most."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ml.audio.segments import segments_of
from ml.features.extraction import SongFeatures, extract
from ml.features.names import NAMES
from ml.features.traits import ALL_TRAITS, PACE, TRAITS
from ml.inference.explanations import Evidence
from ml.inference.reasons import AGAINST, FOR, listed_traits, reasons
from ml.models.bundle import Bundle
from ml.moods import adjective
from ml.spec import SPEC
from ml.training.evaluation.explanation_faithfulness import (
    OTHER_REPLACEMENT,
    RANDOM,
    RANDOM_FEATURES,
    RANKED,
    moods_of,
    traits_deleted,
)
from tests.ml.test_bundle import BUNDLE
from tests.synthesis import music, noise

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "features.md").read_text(encoding="utf-8")
MUSIC = {
    "slow and dark": {"tempo_bpm": 60, "minor": True, "brightness": 0.1, "amplitude": 0.1},
    "lively and bright": {"tempo_bpm": 150, "brightness": 0.9},
    "middling": {"tempo_bpm": 100, "brightness": 0.5, "tonic": 4},
    "low and loud": {"tempo_bpm": 120, "minor": True, "brightness": 0.7, "tonic": 9, "amplitude": 0.9},
}


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle.open(BUNDLE)


@cache
def song(name: str) -> SongFeatures:
    samples = music(24.0, SPEC.sample_rate, seed=len(name), **MUSIC[name])
    return extract([samples + noise(24.0, SPEC.sample_rate, amplitude=0.00001)], SPEC)


def reasons_of(name: str, bundle: Bundle) -> list[dict[str, Any]]:
    return explained(name, bundle)["reasons"]


def explained(name: str, bundle: Bundle) -> dict[str, Any]:
    features = song(name)
    return reasons(features, segments_of(features.duration_s, SPEC), moods_of(features, bundle), bundle)


def test_every_feature_is_in_exactly_one_trait() -> None:
    assert sorted(name for trait in TRAITS for name in trait.features) == sorted(NAMES)


def test_the_docs_list_every_trait_with_its_words() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith(tuple(f"| `{trait.name}` |" for trait in ALL_TRAITS))]
    assert len(rows) == len(ALL_TRAITS)
    for trait, row in zip(ALL_TRAITS, rows, strict=True):
        assert f"| `{trait.name}` | " in row
        assert f"`{trait.features[0]}`" in row
        assert f"`{trait.features[-1]}`" in row
        assert trait.low in row
        assert trait.high in row
        assert all(word in row for word in trait.words or ())


def test_both_sides_have_reasons_and_a_sentence(bundle: Bundle) -> None:
    features = song("lively and bright")
    primary, secondary = moods_of(features, bundle)
    result = explained("lively and bright", bundle)
    assert {reason["mood"] for reason in result["reasons"]} <= {primary, secondary}
    assert set(result["explanations"]) == {"primary", "secondary"}
    assert result["explanations"]["primary"].startswith(f"{adjective(primary)}: ")
    assert result["explanations"]["secondary"].startswith(f"{adjective(secondary)}: ")
    assert all(reason["feature"] in (*NAMES, *PACE.features) for reason in result["reasons"])


@pytest.mark.parametrize("name", MUSIC)
def test_no_reason_is_ordinary_in_the_song(name: str, bundle: Bundle) -> None:
    texts = [reason["text"] for reason in reasons_of(name, bundle)]
    assert texts
    assert not [text for text in texts if "ordinary" in text or "unusual" in text]


def test_reasons_for_a_mood_come_before_those_against_it_and_named_ones_are_always_listed() -> None:
    words = {trait.name: trait for trait in TRAITS}
    names = ("loudness", "brightness", "noisiness", "notes", "percussion", "shimmer")
    own = {name: Evidence(words[name], 0.9, 0.1 - 0.01 * row, 0.2) for row, name in enumerate(names)}
    key, tempo = Evidence(words["key"], 0.9, -0.05, -0.2), Evidence(words["tempo"], 0.9, -0.1, -0.2)
    harmony = Evidence(words["harmony"], 0.9, -0.3, -0.2)
    listed = listed_traits([*own.values(), harmony, tempo, key], named=[own["shimmer"]])
    assert len(listed) == FOR + AGAINST
    # Noisiness and brightness are one kind, and so are harmony and notes, which speak for the mood.
    assert listed == [*(own[name] for name in ("loudness", "brightness", "notes", "shimmer")), key, tempo]


def test_descriptions_compare_a_song_with_the_library() -> None:
    middle = dict.fromkeys(NAMES, 0.5)
    words = {trait.name: trait for trait in TRAITS}
    values = {"key": 9.0, "mode": 0.0}
    assert words["tempo"].describe(values, middle | {"tempo_bpm": 0.2}) == ("tempo_bpm", "slower than 80 % of songs")
    assert words["tempo"].describe(values, middle | {"tempo_bpm": 0.95}) == ("tempo_bpm", "faster than 95 % of songs")
    assert words["tempo"].describe(values, middle) == ("tempo_bpm", "ordinary in tempo")
    assert words["loudness"].describe(values, middle | {"rms_mean": 1.0}) == ("rms_mean", "louder than 99 % of songs")
    assert words["key"].describe(values, middle) == ("mode", "in A minor")
    assert PACE.describe(values, {"onsets_per_s": 0.9}) == ("onsets_per_s", "busier than 90 % of songs")


def test_a_position_is_between_the_two_ends_of_the_library() -> None:
    middle = dict.fromkeys(NAMES, 0.5)
    words = {trait.name: trait for trait in TRAITS}
    assert words["tempo"].position(middle) == 0.0
    assert words["tempo"].position(middle | {"tempo_bpm": 0.25}) == -0.5
    assert words["key"].position(middle | {"mode": 0.0}) == -1.0
    assert words["tone_changes"].position(dict.fromkeys(NAMES, 1.0)) == 1.0
    assert words["tone_colour"].position(dict.fromkeys(NAMES, 1.0)) == 0.0


def test_the_median_feature_represents_a_trait_with_many_features() -> None:
    trait = next(trait for trait in TRAITS if trait.name == "tone_changes")
    ranks = {feature: 0.6 + 0.02 * i for i, feature in enumerate(trait.features)}
    feature, text = trait.describe({}, ranks)
    assert (feature, text) == ("mfcc12_var", "more varied in tone than 78 % of songs")


def test_a_tone_colour_is_common_or_unusual() -> None:
    trait = next(trait for trait in TRAITS if trait.name == "tone_colour")
    ends = {feature: float(i % 2) for i, feature in enumerate(trait.features)}
    assert trait.describe({}, ends)[1] == "more unusual in tone colour than most songs"
    assert trait.describe({}, dict.fromkeys(trait.features, 0.5))[1] == "more common in tone colour than most songs"
    assert trait.describe({}, dict.fromkeys(trait.features, 0.75))[1] == "ordinary in tone colour"


def test_quiet_dark_music_and_bright_noise_are_described_as_such(bundle: Bundle) -> None:
    def words(features: SongFeatures) -> dict[str, str]:
        values = features.medians()
        ranks = {feature: bundle.card.feature_reference.rank(feature, value) for feature, value in values.items()}
        return {trait.name: trait.describe(values, ranks)[1] for trait in TRAITS}

    quiet = words(song("slow and dark"))
    assert quiet["loudness"].startswith("quieter than")
    assert quiet["brightness"].startswith("darker than")
    hiss = words(extract([noise(12.0, SPEC.sample_rate, amplitude=0.3)], SPEC))
    assert hiss["brightness"].startswith("brighter than")
    assert hiss["noisiness"].startswith("noisier than")


def test_removing_the_first_reasons_lowers_a_share_more_than_removing_others(bundle: Bundle) -> None:
    """Means over songs and sides with the real networks: the deletion curve is above chance everywhere."""
    random = np.random.default_rng(0)
    curves = [
        traits_deleted(song(name), mood, bundle, random) for name in MUSIC for mood in moods_of(song(name), bundle)
    ]
    mean = {way: np.mean([curve[way] for curve in curves], axis=0) for way in curves[0]}
    assert (mean[RANKED] > 2 * np.maximum(mean[RANDOM], 0)).all()
    assert (mean[RANKED] > 2 * np.maximum(mean[RANDOM_FEATURES], 0)).all()
    assert (mean[OTHER_REPLACEMENT + RANKED] > np.maximum(mean[OTHER_REPLACEMENT + RANDOM], 0)).all()
    assert (np.diff(mean[RANKED]) > 0).all()
