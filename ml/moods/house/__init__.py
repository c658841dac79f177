"""A house vocabulary: somebody's own words for moods, and rules by which scores get other names than the shipped ones.

It changes names alone; scores stay as the networks gave them. One model and one house vocabulary always give one name.
docs/vocabulary.md describes the rules.
"""

from ml.moods.house.json_form import MAX_CONDITIONS, MAX_SPLITS, from_json, to_json
from ml.moods.house.naming import HouseMood, house_mood, renamed_mood
from ml.moods.house.vocabulary import SPLIT_SCORES, Condition, HouseVocabulary, ScoreRange, Split, TermChange, base_term

__all__ = [
    "MAX_CONDITIONS",
    "MAX_SPLITS",
    "SPLIT_SCORES",
    "Condition",
    "HouseMood",
    "HouseVocabulary",
    "ScoreRange",
    "Split",
    "TermChange",
    "base_term",
    "from_json",
    "house_mood",
    "renamed_mood",
    "to_json",
]
