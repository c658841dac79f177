"""A stored answer in the words of a language or of a house vocabulary. The web process imports it for views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ml.errors import MoodError
from ml.inference.answer import DECIMALS
from ml.models.card import Card
from ml.moods.house import HouseMood, HouseVocabulary, house_mood, renamed_mood
from ml.moods.house.vocabulary import base_term
from ml.moods.naming import NameRules
from ml.moods.vocabulary import joined_by
from ml.moods.words import MoodWords, pair_of_name


def house_view(
    stored: Mapping[str, Any],
    words: MoodWords,
    vocabulary: HouseVocabulary | None,
    card: Card | None,
    network: str = "both",
) -> dict[str, Any]:
    """A stored answer, or that of one network (`ml.inference.answer.network_view`), with other names.

    The mood, the alternatives and the moods of segments change, and with the rules of a `vocabulary` also the genres;
    a mood then has `primary_key` and `secondary_key`, which name the parts of split terms, and alternatives have
    `primary` and `secondary`. The scores stay. `card` is that of the model that gave the answer; None if it is not
    installed.
    """
    view = dict(stored)
    rules = _rules(vocabulary, card, network)
    features = stored.get("features", {})
    if vocabulary is not None and vocabulary.changes_names and stored.get("mood"):
        changed = stored_house_mood(stored, vocabulary, rules)
        if isinstance(changed, HouseMood):
            view["mood"] = _mood(changed, words)
            view["genres"] = {name: round(strength, DECIMALS) for name, strength in changed.genres.items()}
            view["alternatives"] = [
                _alternative(words, first, second, confidence) for first, second, confidence in changed.alternatives
            ]
        else:
            view["mood"] = _renamed(stored["mood"], words, changed)
    elif stored.get("mood"):
        view["mood"] = _in_words(stored["mood"], words)
    if view.get("alternatives") == stored.get("alternatives"):
        view["alternatives"] = [_in_other_words(one, words) for one in stored.get("alternatives", ())]
    if "segments" in stored:
        view["segments"] = [
            {**segment, "mood": _segment_mood(segment, features, words, vocabulary, rules)}
            if segment["mood"]
            else segment
            for segment in stored["segments"]
        ]
    return view


def stored_house_mood(
    stored: Mapping[str, Any], vocabulary: HouseVocabulary, rules: NameRules | None
) -> HouseMood | tuple[str, str, str, str]:
    """The mood of a stored answer by a house vocabulary; where the model has no chances of the terms, or its rules are
    not installed, only its terms as `renamed_mood` gives them."""
    scores, features = stored["scores"], stored.get("features", {})
    if rules is None or "moods" not in scores:
        return renamed_mood(stored["mood"], scores, features, vocabulary)
    return house_mood(scores, features, rules, vocabulary)


def house_rules(card: Card, network: str = "both") -> NameRules | None:
    """The rules of the names of this model; None for those that name emotions."""
    rules = card.rules(network)
    return rules if isinstance(rules, NameRules) else None


def _rules(vocabulary: HouseVocabulary | None, card: Card | None, network: str) -> NameRules | None:
    if vocabulary is None or not vocabulary.changes_names or card is None:
        return None
    try:
        return house_rules(card, network)
    except MoodError:
        return None


def _segment_mood(
    segment: Mapping[str, Any],
    features: Mapping[str, Any],
    words: MoodWords,
    vocabulary: HouseVocabulary | None,
    rules: NameRules | None,
) -> dict[str, Any]:
    if vocabulary is None or not vocabulary.changes_names:
        return _in_words(segment["mood"], words)
    changed = stored_house_mood({**segment, "features": features}, vocabulary, rules)
    if isinstance(changed, HouseMood):
        return _mood(changed, words)
    return _renamed(segment["mood"], words, changed)


def _mood(mood: HouseMood, words: MoodWords) -> dict[str, Any]:
    keys = mood.primary_key, mood.secondary_key
    return {
        "name": words.join(*keys, mood.joined_by) if mood.certain else words.mixed(*keys),
        "primary": mood.primary,
        "secondary": mood.secondary,
        "joined_by": mood.joined_by,
        "confidence": round(mood.confidence, DECIMALS),
        "secondary_confidence": round(mood.secondary_confidence, DECIMALS),
        "certain": mood.certain,
        "genre": mood.genre,
        "primary_key": mood.primary_key,
        "secondary_key": mood.secondary_key,
    }


def _renamed(mood: Mapping[str, Any], words: MoodWords, changed: tuple[str, str, str, str]) -> dict[str, Any]:
    primary, secondary, primary_key, secondary_key = changed
    conjunction = joined_by(primary, secondary)
    keys = primary_key, secondary_key
    return {
        **mood,
        "name": words.join(*keys, conjunction) if mood["certain"] else words.mixed(*keys),
        "primary": primary,
        "secondary": secondary,
        "joined_by": conjunction,
        "primary_key": primary_key,
        "secondary_key": secondary_key,
    }


def _in_words(mood: Mapping[str, Any], words: MoodWords) -> dict[str, Any]:
    sides = mood["primary"], mood["secondary"]
    return {**mood, "name": words.join(*sides, mood["joined_by"]) if mood["certain"] else words.mixed(*sides)}


def _alternative(words: MoodWords, first: str, second: str, confidence: float) -> dict[str, Any]:
    conjunction = joined_by(base_term(first), base_term(second))
    return {
        "name": words.join(first, second, conjunction),
        "confidence": round(confidence, DECIMALS),
        "primary": base_term(first),
        "secondary": base_term(second),
    }


def _in_other_words(alternative: Mapping[str, Any], words: MoodWords) -> dict[str, Any]:
    pair = pair_of_name(alternative["name"])
    return {**alternative, "name": words.join(*pair)} if pair else dict(alternative)
