"""The two sides of a composite mood, without templates: their peaks and reasons, and why a result is uncertain."""

import pytest

from classifier.charts.mood_names import CompositeMood
from classifier.charts.song.composite_sides import conjunction_text, side_details
from classifier.charts.song.mood_scores import axis_end, mood_scores, strongest_mood
from classifier.charts.song.network_comparison import network_comparison
from classifier.charts.song.passages import passages
from classifier.charts.song.strongest_passages import peaks
from classifier.charts.song.uncertainty import uncertainty_reasons
from ml.moods import EMOTIONS, MOODS
from tests.classifier.fake_analysis import older_scores
from tests.pages.test_song_charts import segment, segment_by_network, whole


def test_each_side_has_a_peak_where_it_is_strongest() -> None:
    song = [segment(0, "calm", "powerful"), segment(5, "calm", "powerful"), segment(90, "calm", "powerful")]
    for part, (calm, powerful) in zip(song, [(0.3, 0.2), (0.5, 0.1), (0.2, 0.4)], strict=True):
        part["scores"] |= {"moods": {"calm": calm, "powerful": powerful}}
    song_peaks = peaks(song, "calm", "powerful", 100.0)
    assert (song_peaks["primary"].x, song_peaks["primary"].width, song_peaks["primary"].label_on_the_right) == (
        "5.00%",
        "10.00%",
        True,
    )
    assert (song_peaks["secondary"].time.text, song_peaks["secondary"].label_on_the_right) == ("1:30–1:40", False)
    assert peaks([], "calm", "powerful", 0.0) == {}


def test_reasons_without_a_mood_belong_to_the_first_side() -> None:
    first, second = side_details(
        whole("calm", "powerful"), [{"feature": "x", "text": "slow", "effect": 0.1}], {}, [], 0.0
    )
    assert [reason.text for reason in first.supporting] == ["Slow"]
    assert second.supporting == []


def test_a_reason_without_an_effect_of_its_own_comes_first_and_has_no_number() -> None:
    loud = {"mood": "calm", "trait": "loudness", "feature": "rms_mean", "text": "quieter", "effect": 0.1}
    pace = {"mood": "calm", "trait": "pace", "feature": "onsets_per_s", "text": "slower in pace", "effect": None}
    first, _ = side_details(whole("calm", "powerful"), [loud, pace], {}, [], 0.0)
    assert [(reason.text, reason.points) for reason in first.supporting] == [
        ("Slower in pace", ""),
        ("Quieter", "+10.0"),
    ]


def test_adjacent_passages_of_a_side_are_merged() -> None:
    song = [segment(0, "calm", "powerful"), segment(5, "tense", "calm"), segment(10, "tense", "sad")]
    calm, powerful = side_details(whole("calm", "powerful"), [], {}, passages(song, 20.0), 20.0)
    assert [part.text for part in calm.passages] == ["0:00–0:12"]
    assert (calm.song_percent, powerful.song_percent) == (62, 38)


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("calm", "powerful", "Powerful is much livelier than Calm"),
        ("joyful", "angry", "Joyful is much more pleasant than Angry"),
        ("angry", "tense", "Angry and Tense are not far apart in pleasantness and energy"),
        ("joyful_activation", "solemnity", "Joyful is much more pleasant than Solemn"),
    ],
)
def test_but_and_and_are_explained(first: str, second: str, words: str) -> None:
    assert conjunction_text(CompositeMood.from_answer(whole(first, second)["mood"])) == words


def test_a_stated_mood_has_no_uncertainty_reasons() -> None:
    assert uncertainty_reasons(whole("calm", "powerful"), "both", {}, [], 0.0, {}) == []


def test_uncertainty_reasons_name_the_causes() -> None:
    answer = whole("calm", "powerful", calm=0.22, powerful=0.21)
    answer["mood"] |= {"certain": False, "confidence": 0.2}
    answer["agreement"] = 0.4
    way = passages([segment(0, "calm", "powerful"), segment(5, "powerful", "sad"), segment(10, "tense", "sad")], 20.0)
    firsts = {"cnn1d": "calm", "cnn2d": "calm"}
    rule, weak, close, apart, changes = uncertainty_reasons(answer, "both", {"calm": 0.1}, way, 20.0, firsts)
    assert rule.startswith("Calm, the best candidate, reaches 20 %. Below ")
    assert weak == "No mood is strong: Calm has the highest chance, 22 %, less than in 90 % of songs."
    assert close == "Several moods are equally strong: Calm 22 %, Powerful 21 %."
    assert "although both put Calm first" in apart
    assert "none comes first for half of the song" in changes


def test_an_older_uncertain_result_is_explained_by_its_listeners() -> None:
    older = older_scores() | {"emotions": dict.fromkeys(EMOTIONS, 0.1) | {"calmness": 0.22}}
    answer = whole("calmness", "power") | {"scores": older}
    answer["mood"] |= {"certain": False}
    answer["agreement"] = 0.4
    firsts = {"cnn1d": "amazement", "cnn2d": "sadness"}
    _, weak, apart = uncertainty_reasons(answer, "both", {"feeling": 0.1}, [], 20.0, firsts)
    assert weak.startswith("No emotion is strong: 22 of 100 listeners are expected to feel the strongest one, less")
    assert apart.endswith("the 1D network puts Wondrous first, the 2D network Sad.")


def test_of_equally_strong_moods_the_rarer_counts() -> None:
    assert strongest_mood(dict.fromkeys(MOODS, 0.1)) == min(MOODS, key=lambda key: MOODS[key].prevalence)
    assert strongest_mood(dict.fromkeys(MOODS, 0.1) | {"sad": 0.2}) == "sad"


def test_an_axis_ends_at_a_half_or_the_next_tenth() -> None:
    assert axis_end({"sad": 0.2}) == 0.5
    assert axis_end({"sad": 0.2}, {"sad": 0.61}) == pytest.approx(0.7)
    assert mood_scores(older_scores("sadness"))["sad"] == 0.7


def test_disagreements_are_passages_with_different_strongest_moods() -> None:
    song = [
        segment_by_network("calm", "calm", 0),
        segment_by_network("calm", "tense", 10),
        segment_by_network("calm", "tense", 20),
        segment_by_network("powerful", "powerful", 30),
    ]
    models = whole("calm", "powerful", calm=0.5)["models"]
    models["cnn2d"] = {"moods": models["cnn1d"]["moods"] | {"calm": 0.3, "sad": 0.12}}
    drawn = network_comparison(models, song, 0.8, 40.0, 0.5, {"cnn1d": "calm", "cnn2d": "calm"})
    assert [(part.cnn1d.key, part.cnn2d.key, part.time.text) for part in drawn.disagreements] == [
        ("calm", "tense", "0:10–0:30")
    ]
    assert drawn.same_first_percent == 50
    assert [gap.side.key for gap in drawn.large_gaps] == ["calm"]
    assert drawn.same_first
    assert not drawn.disagree
