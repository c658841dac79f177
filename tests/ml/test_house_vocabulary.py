"""House vocabularies: own words, and names by rules over the scores."""

from __future__ import annotations

from typing import Any

import pytest

from ml.calibration import Calibration, Logistic, Reference
from ml.errors import MoodError
from ml.inference.house_view import house_view
from ml.moods import GENRES, MOODS, NameRules, Naming, flat, mood_chances
from ml.moods.house import HouseVocabulary, from_json, house_mood, renamed_mood, to_json
from ml.moods.words import mood_words
from tests.ml.mood_tables import scores

EVEN = Logistic(bias=0.0, logit_weight=1.0, gap_weight=0.0)


def song(**chances: float) -> dict[str, Any]:
    """Scores with these chances of terms, and with 0.1 for all others."""
    return scores() | {"moods": dict.fromkeys(MOODS, 0.1) | chances, "valence": 4.0, "arousal": 5.0}


SAD = song(sad=0.8, tender=0.6, angry=0.5, sensual=0.4)
RULES = NameRules(Naming(), Calibration(EVEN, EVEN, threshold=0.3), Reference.of([flat(SAD), flat(song(joyful=0.9))]))


def name(vocabulary: dict[str, Any], of: dict[str, Any] = SAD, **features: float) -> str:
    own = from_json(vocabulary)
    mood = house_mood(of, features, RULES, own)
    words = own.words("en")
    keys = mood.primary_key, mood.secondary_key
    return words.join(*keys, mood.joined_by) if mood.certain else words.mixed(*keys)


def test_without_rules_the_name_is_that_of_the_model():
    composite = RULES.compose(SAD)
    mood = house_mood(SAD, {}, RULES, HouseVocabulary())
    assert (mood.primary, mood.secondary, mood.certain) == (composite.primary, composite.secondary, composite.certain)
    assert (mood.confidence, mood.genre, dict(mood.genres)) == (
        composite.confidence, composite.genre, composite.genres,
    )  # fmt: skip
    assert name({}) == composite.name == "Sad but Tender"


def test_an_own_name_replaces_the_shipped_one():
    assert name({"terms": {"sad": {"name": "Blue"}}}) == "Blue but Tender"
    assert name({"language": "de", "terms": {"tender": {"name": "Kuschelig"}}}) == "Traurig, aber Kuschelig"


def test_a_hidden_term_leaves_its_place_to_the_next_best_pair():
    assert name({"terms": {"sad": {"hidden": True}}}) == "Tender but Angry"
    assert name({"terms": {"sad": {"hidden": True}, "angry": {"hidden": True}}}) == "Tender and Sensual"


def test_merged_terms_have_one_name_and_are_never_a_pair():
    of = song(tender=0.8, sensual=0.7, sad=0.5)
    assert name({}, of) == "Tender and Sensual"
    assert name({"terms": {"sensual": {"merged_into": "tender"}}}, of) == "Tender but Sad"


def test_a_term_is_not_named_below_its_chance():
    assert name({"terms": {"tender": {"from_chance": 0.7}}}) == "Sad and Angry"
    assert name({"terms": {"tender": {"from_chance": 0.6}}}) == "Sad but Tender"


def test_a_name_below_every_chance_is_not_certain():
    assert name({"terms": {term: {"from_chance": 0.9} for term in MOODS}}) == "Mixed: Sad or Tender"


def test_a_split_term_has_parts_by_rules_over_the_scores():
    desperate = {"term": "sad", "name": "Desperate", "when": [{"score": "arousal", "above": 5.5}]}
    assert name({"splits": [desperate]}) == "Sad but Tender"
    assert name({"splits": [desperate]}, SAD | {"arousal": 5.6}) == "Desperate but Tender"


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"score": "valence", "below": 4.5}, True),
        ({"score": "valence", "above": 4.5}, False),
        ({"score": "tempo_bpm", "above": 100}, True),
        ({"score": "mode", "above": 0.5}, False),
        ({"score": "angry", "above": 0.4}, True),
        ({"score": "angry", "above": 0.5}, False),
    ],
)
def test_parts_may_depend_on_valence_tempo_mode_and_other_terms(condition, holds):
    split = {"term": "sad", "name": "Bitter", "when": [condition]}
    assert name({"splits": [split]}, tempo_bpm=120.0, mode=0.0).startswith("Bitter" if holds else "Sad")


def test_a_condition_on_what_a_song_does_not_have_does_not_hold():
    split = {"term": "sad", "name": "Slow", "when": [{"score": "tempo_bpm", "below": 100}]}
    assert name({"splits": [split]}) == "Sad but Tender"


def test_the_genre_never_contradicts_the_new_name():
    for term in MOODS:
        mood = house_mood(SAD, {}, RULES, from_json({"terms": {term: {"hidden": True}}}))
        assert GENRES[mood.genre].fits((mood.primary, mood.secondary))
        assert term not in (mood.primary, mood.secondary)


def test_scores_stay_as_they_are():
    before = mood_chances(SAD)
    house_mood(SAD, {}, RULES, from_json({"terms": {"sad": {"hidden": True}}}))
    assert mood_chances(SAD) == before


def test_an_older_answer_keeps_its_terms_apart_where_both_are_shown_as_one():
    merged = from_json({"terms": {"sensual": {"merged_into": "tender"}}})
    mood = {"primary": "tender", "secondary": "sensual"}
    assert renamed_mood(mood, {"valence": 5, "arousal": 5}, {}, merged)[:2] == ("tender", "sensual")
    assert renamed_mood(mood | {"primary": "calm"}, {"valence": 5, "arousal": 5}, {}, merged)[1] == "tender"


def test_a_vocabulary_is_the_same_after_json():
    content = {
        "format": 1,
        "name": "House",
        "language": "de",
        "terms": {
            "sad": {"name": "Blau", "description": "traurig und still", "colour": "#335577"},
            "gritty": {"hidden": True},
            "sensual": {"merged_into": "tender"},
            "calm": {"from_chance": 0.25},
        },
        "splits": [
            {
                "term": "sad",
                "key": "desperate",
                "name": "Verzweifelt",
                "description": "",
                "colour": "",
                "when": [{"score": "arousal", "above": 5.5}, {"score": "mode", "below": 0.5}],
            }
        ],
    }
    assert to_json(from_json(content)) == content


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ([], "must be an object"),
        ({"word": {}}, "unknown field “word”"),
        ({"format": 2}, "this version reads 1"),
        ({"language": "pt"}, "use en, de, es, fr"),
        ({"terms": {"happy": {}}}, "unknown field “happy”"),
        ({"terms": {"sad": {"name": "Sad/Blue"}}}, "may not contain"),
        ({"terms": {"sad": {"name": "x" * 41}}}, "the limit is 40"),
        ({"terms": {"sad": {"name": "a\u202eb"}}}, "cannot be shown"),
        ({"terms": {"sad": {"name": 7}}}, "must be a text"),
        ({"terms": {"sad": {"name": "calm"}}}, "would both be called"),
        ({"terms": {"sad": {"colour": "blue"}}}, "like #4a6fa5"),
        ({"terms": {"sad": {"hidden": "yes"}}}, "true or false"),
        ({"terms": {"sad": {"from_chance": 1.1}}}, "from 0 to 1"),
        ({"terms": {"sad": {"from_chance": float("nan")}}}, "must be a number"),
        ({"terms": {"sad": {"merged_into": "sad"}}}, "another of the sixteen"),
        ({"terms": {"sad": {"merged_into": "dark"}, "dark": {"hidden": True}}}, "itself merged or hidden"),
        ({"terms": {"sad": {"merged_into": "dark", "hidden": True}}}, "choose one of them"),
        ({"terms": {term: {"hidden": True} for term in list(MOODS)[1:]}}, "show at least two"),
        ({"splits": [{"term": "sad", "name": "Blue", "when": []}]}, "needs 1 to 3 conditions"),
        ({"splits": [{"term": "sad", "name": "Blue", "when": [{"score": "loudness", "above": 1}]}]}, "compares"),
        ({"splits": [{"term": "sad", "name": "Blue", "when": [{"score": "valence"}]}]}, "either “above” or “below”"),
        ({"splits": [{"term": "sad", "name": "Blue", "when": [{"score": "valence", "above": 0}]}]}, "from 1 to 9"),
        ({"splits": [{"term": "sad", "name": "", "when": []}]}, "has no name"),
        ({"splits": [{"term": "blue", "name": "Blue", "when": []}]}, "one of the sixteen terms"),
    ],
)
def test_a_malformed_vocabulary_is_refused_with_a_sentence(content, says):
    with pytest.raises(MoodError) as raised:
        from_json(content)
    assert raised.value.code == "vocabulary_malformed"
    assert says in raised.value.message
    assert raised.value.message.endswith(".")


def test_an_answer_in_another_language_has_the_same_scores_and_other_names():
    stored = {
        "mood": {
            "name": "Sad but Tender",
            "primary": "sad",
            "secondary": "tender",
            "joined_by": "but",
            "certain": True,
        },
        "alternatives": [{"name": "Calm and Dreamy", "confidence": 0.2}],
        "genres": {},
        "scores": SAD,
        "segments": [{"start_s": 0.0, "mood": None}],
    }
    view = house_view(stored, mood_words("de"), None, None)
    assert view["mood"]["name"] == "Traurig, aber zärtlich"
    assert view["alternatives"] == [{"name": "Ruhig und verträumt", "confidence": 0.2}]
    assert view["scores"] is stored["scores"]
    assert stored["mood"]["name"] == "Sad but Tender"
