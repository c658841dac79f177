"""Charts of a song, without templates."""

from itertools import pairwise
from typing import Any

import pytest

from classifier.charts.mood_names import CompositeMood
from classifier.charts.number_text import agreement_text, clock, confidence_text, length_text, percent, tick_seconds
from classifier.charts.primitives import LONGEST_CLIP_S
from classifier.charts.song.composite_sides import conjunction_text, side_details
from classifier.charts.song.feature_tables import feature_groups, number_text
from classifier.charts.song.mood_timeline import mood_timeline
from classifier.charts.song.network_comparison import network_comparison, strongest
from classifier.charts.song.passages import MOST_PASSAGES, moments, passages
from classifier.charts.song.petal_chart import RADIUS, PetalChart, petal_angles, petal_chart
from classifier.charts.song.strongest_passages import peaks
from classifier.charts.song.uncertainty import uncertainty_reasons
from classifier.charts.song.valence_arousal_plane import MARGIN, SIZE, mood_plane
from classifier.charts.song.waveform import BARS, waveform
from ml.audio.passages import MAX_PASSAGE_S
from ml.features.names import FEATURES
from ml.moods import MOODS, composite_name, joined_by


def segment(start_s: float, primary: str, secondary: str, end_s: float | None = None) -> dict[str, Any]:
    return {
        "start_s": start_s,
        "end_s": start_s + 10 if end_s is None else end_s,
        "mood": {
            "name": composite_name(primary, secondary),
            "primary": primary,
            "secondary": secondary,
            "joined_by": joined_by(primary, secondary),
            "confidence": 0.6,
            "certain": True,
        },
        "scores": {"valence": MOODS[primary].valence, "arousal": MOODS[primary].arousal},
    }


def test_passages_of_overlapping_segments_do_not_overlap() -> None:
    song = [segment(0, "calmness", "power"), segment(5, "power", "tension"), segment(10, "power", "tension")]
    calm, powerful = passages(song, 20.0)
    assert (calm.start_s, calm.end_s) == (0.0, 7.5)
    assert (powerful.start_s, powerful.end_s) == (7.5, 20.0)
    assert powerful.name == "Powerful and Tense"


def test_silence_has_no_mood_and_is_marked_on_the_timeline() -> None:
    silence = {"start_s": 20.0, "end_s": 60.0, "silent": True, "mood": None, "scores": None, "models": None}
    song = [
        segment(0, "calmness", "power"),
        segment(10, "calmness", "power"),
        silence,
        segment(60, "calmness", "power"),
    ]
    before, after = passages(song, 70.0)
    assert (before.start_s, before.end_s) == (0.0, 20.0)
    assert (after.start_s, after.end_s) == (60.0, 70.0)
    [marked] = mood_timeline(passages(song, 70.0), 70.0, song).silences
    assert (marked.x, marked.width, marked.time.text) == ("28.571%", "57.143%", "0:20–1:00")


def test_a_song_of_two_hours_has_a_bounded_number_of_moments() -> None:
    moods = [("calmness", "power"), ("tension", "sadness")]
    song = [segment(5.0 * i, *moods[i // 7 % 2]) for i in range(1439)]
    drawn = moments(song, 7200.0)
    assert len(drawn) <= MOST_PASSAGES
    assert drawn[0].start_s == 0.0
    assert drawn[-1].end_s == 7200.0
    assert all(before.end_s == after.start_s for before, after in pairwise(drawn))


def test_a_group_of_segments_has_their_most_frequent_mood() -> None:
    song = [segment(5.0 * i, *(("calmness", "power") if i % 3 else ("tension", "sadness"))) for i in range(360)]
    assert {moment.primary for moment in moments(song, 1805.0)} == {"calmness"}


def test_a_song_without_segments_has_an_empty_timeline() -> None:
    empty = mood_timeline(passages([], 4.0), 4.0)
    assert empty.blocks == []
    assert empty.height == 0


def test_livelier_moods_are_higher_on_the_timeline() -> None:
    drawn = mood_timeline(passages([segment(0, "calmness", "power"), segment(5, "sadness", "tension")], 15.0), 15.0)
    keys = [row.side.key for row in drawn.rows]
    assert keys == sorted(keys, key=lambda key: -MOODS[key].arousal)
    assert [row.y for row in drawn.rows] == sorted(row.y for row in drawn.rows)


def test_a_long_passage_is_offered_up_to_the_clip_limit() -> None:
    [line] = mood_timeline(passages([segment(5.0 * i, "calmness", "power") for i in range(40)], 205.0), 205.0).table
    assert line.time.is_shortened
    assert float(line.time.clip_end_s) == LONGEST_CLIP_S == MAX_PASSAGE_S


def test_the_corners_of_the_plane_are_the_ends_of_both_scales() -> None:
    low, high = mood_plane(1.0, 1.0, []), mood_plane(9.0, 9.0, [])
    assert (low.song.x, low.song.y) == (MARGIN, SIZE - MARGIN)
    assert (high.song.x, high.song.y) == (SIZE - MARGIN, MARGIN)


def test_each_of_the_57_features_is_shown_once_with_key_and_mode_named() -> None:
    groups = feature_groups({feature.name: 0.5 for feature in FEATURES} | {"key": 9, "mode": 0})
    rows = {row.name: row for group in groups for row in group.rows}
    assert sum(1 + (row.variance is not None) for row in rows.values()) == len(FEATURES) == 57
    assert rows["key"].value.number == "A minor"
    assert rows["mode"].value.number == "minor"
    assert (rows["rms"].value.unit, rows["rms"].variance.unit) == ("full scale", "full scale²")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (92.3, "92.3"), (0.012344, "0.01234"), (1234567.0, "1,234,567"), (3.2e-7, "3.200e-07"), (-2.0, "-2")],
)
def test_numbers_have_four_significant_digits(value: float, text: str) -> None:
    assert number_text(value) == text


@pytest.mark.parametrize(("share", "whole"), [(0.0, 0), (0.001, 1), (0.444, 44), (0.996, 99), (1.0, 100)])
def test_only_exact_values_are_shown_as_0_or_100_percent(share: float, whole: int) -> None:
    assert percent(share) == whole


@pytest.mark.parametrize(("seconds", "text"), [(None, ""), (0, "0:00"), (187.9, "3:07"), (7265, "2:01:05")])
def test_a_duration_is_formatted_as_a_clock(seconds: float | None, text: str) -> None:
    assert clock(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(3, "3 seconds"), (7200, "2 hours"), (3600, "1 hour"), (90, "90 seconds")]
)
def test_a_limit_is_shown_in_its_largest_whole_unit(seconds: float, text: str) -> None:
    assert length_text(seconds) == text


@pytest.mark.parametrize("duration_s", [3.0, 41.0, 187.0, 600.0, 3599.0, 7200.0])
def test_a_time_axis_has_a_few_ticks_within_the_song(duration_s: float) -> None:
    marks = tick_seconds(duration_s)
    assert 1 <= len(marks) <= 7
    assert marks[0] == 0.0
    assert marks[-1] < duration_s


def test_confidence_and_agreement_have_a_text_for_every_value() -> None:
    assert confidence_text(99) == "almost certain"
    assert confidence_text(0) == "a hint"
    assert agreement_text(100) != agreement_text(0)


def test_a_mood_label_moves_away_from_the_song() -> None:
    mood = MOODS["nostalgia"]
    away = next(label for label in mood_plane(1.0, 9.0, []).moods if label.side.key == "nostalgia")
    near = next(
        label for label in mood_plane(mood.valence + 0.8, mood.arousal, []).moods if label.side.key == "nostalgia"
    )
    assert (away.anchor, near.anchor) == ("start", "end")


def whole(primary: str, secondary: str, **shares: float) -> dict[str, Any]:
    """The part of an analysis result that the charts of sides, uncertainty and networks read."""
    emotions = {key: shares.get(key, 0.1) for key in MOODS}
    scores = {"emotions": emotions, "valence": 5.0, "arousal": 5.0}
    mood = segment(0, primary, secondary)["mood"] | {"secondary_confidence": 0.3}
    return {
        "mood": mood,
        "scores": scores,
        "models": {"cnn1d": scores, "cnn2d": scores},
        "agreement": 0.9,
        "model_version": "mood-1",
    }


def segment_by_network(one: str, two: str, start_s: float) -> dict[str, Any]:
    """A segment in which each network has its own strongest emotion."""
    models = {
        name: {"emotions": dict.fromkeys(MOODS, 0.1) | {key: 0.6}} for name, key in (("cnn1d", one), ("cnn2d", two))
    }
    return segment(start_s, one, "solemnity") | {"models": models}


def test_the_waveform_has_the_first_side_above_and_the_second_below() -> None:
    way = moments([segment(0, "calmness", "power"), segment(10, "tension", "sadness")], 20.0)
    drawn = waveform([50] * 600, way, 20.0)
    assert [stroke.css for stroke in drawn.strokes] == ["calmness", "power", "tension", "sadness"]
    up, down = (stroke.path + stroke.odd_path for stroke in drawn.strokes[:2])
    assert up.count("v-") == down.count("v") == BARS / 2


def test_the_waveform_keeps_peaks_and_shows_silence_as_a_line() -> None:
    way = moments([segment(0, "calmness", "power", end_s=4.0)], 4.0)
    loud = waveform([0] * 300 + [100] + [0] * 299, way, 4.0)
    heights = [
        float(part)
        for part in (loud.strokes[0].path + loud.strokes[0].odd_path).split("v-")[1:]
        for part in [part.split("M")[0]]
    ]
    assert max(heights) == 55.0
    assert min(heights) > 0
    assert waveform([], way, 4.0) is None
    assert waveform([7, 9], way, 4.0).width == 2


def test_petals_have_the_same_directions_for_all_songs() -> None:
    def rotations(drawn: PetalChart) -> dict[str, float]:
        return {petal.side.key: petal.rotation for petal in drawn.petals}

    quiet, loud = (
        petal_chart(dict.fromkeys(MOODS, 0.2), ["power"], 0.5),
        petal_chart(dict.fromkeys(MOODS, 0.4), [], 1.0),
    )
    assert rotations(quiet) == rotations(loud)
    angles = sorted(angle % 360 for angle in petal_angles().values())
    assert {round(after - before) for before, after in pairwise(angles)} == {40}


def test_petals_point_towards_their_moods_in_the_plane() -> None:
    angles = petal_angles()
    assert 60 < angles["power"] % 360 < 120
    assert 120 < angles["tension"] % 360 < 180
    assert 270 < angles["calmness"] % 360 < 330


def test_a_petals_area_is_its_share() -> None:
    petals = {
        petal.side.key: petal for petal in petal_chart(dict.fromkeys(MOODS, 0.125) | {"power": 0.5}, [], 0.5).petals
    }
    lengths = {key: float(petal.path.split(" ")[5]) for key, petal in petals.items()}
    assert lengths["power"] == RADIUS
    assert lengths["calmness"] == RADIUS / 2


def test_each_side_has_a_peak_where_it_is_strongest() -> None:
    song = [segment(0, "calmness", "power"), segment(5, "calmness", "power"), segment(90, "calmness", "power")]
    for part, (calm, powerful) in zip(song, [(0.3, 0.2), (0.5, 0.1), (0.2, 0.4)], strict=True):
        part["scores"] |= {"emotions": {"calmness": calm, "power": powerful}}
    song_peaks = peaks(song, "calmness", "power", 100.0)
    assert (song_peaks["primary"].x, song_peaks["primary"].width, song_peaks["primary"].label_on_the_right) == (
        "5.00%",
        "10.00%",
        True,
    )
    assert (song_peaks["secondary"].time.text, song_peaks["secondary"].label_on_the_right) == ("1:30–1:40", False)
    assert peaks([], "calmness", "power", 0.0) == {}


def test_reasons_without_a_mood_belong_to_the_first_side() -> None:
    first, second = side_details(
        whole("calmness", "power"), [{"feature": "x", "text": "slow", "effect": 0.1}], {}, [], 0.0
    )
    assert [reason.text for reason in first.supporting] == ["Slow"]
    assert second.supporting == []


def test_a_reason_without_an_effect_of_its_own_comes_first_and_has_no_number() -> None:
    loud = {"mood": "calmness", "trait": "loudness", "feature": "rms_mean", "text": "quieter", "effect": 0.1}
    pace = {"mood": "calmness", "trait": "pace", "feature": "onsets_per_s", "text": "slower in pace", "effect": None}
    first, _ = side_details(whole("calmness", "power"), [loud, pace], {}, [], 0.0)
    assert [(reason.text, reason.points) for reason in first.supporting] == [
        ("Slower in pace", ""),
        ("Quieter", "+10.0"),
    ]


def test_adjacent_passages_of_a_side_are_merged() -> None:
    song = [segment(0, "calmness", "power"), segment(5, "tension", "calmness"), segment(10, "tension", "sadness")]
    calm, powerful = side_details(whole("calmness", "power"), [], {}, passages(song, 20.0), 20.0)
    assert [part.text for part in calm.passages] == ["0:00–0:12"]
    assert (calm.song_percent, powerful.song_percent) == (62, 38)


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("calmness", "power", "Powerful is much livelier than Calm"),
        ("joyful_activation", "solemnity", "Joyful is much more pleasant than Solemn"),
        ("power", "tension", "Powerful and Tense are similar in pleasantness and energy"),
    ],
)
def test_but_and_and_are_explained(first: str, second: str, words: str) -> None:
    assert conjunction_text(CompositeMood.from_answer(whole(first, second)["mood"])) == words


def test_a_stated_mood_has_no_uncertainty_reasons() -> None:
    assert uncertainty_reasons(whole("calmness", "power"), "both", {}, [], 0.0) == []


def test_uncertainty_reasons_name_the_causes() -> None:
    answer = whole("calmness", "power", calmness=0.22, power=0.21)
    answer["mood"] |= {"certain": False, "confidence": 0.2}
    answer["agreement"] = 0.4
    way = passages(
        [segment(0, "calmness", "power"), segment(5, "power", "sadness"), segment(10, "tension", "sadness")], 20.0
    )
    rule, weak, close, apart, changes = uncertainty_reasons(answer, "both", {"feeling": 0.1}, way, 20.0)
    assert rule.startswith("Calm, the best candidate, reaches 20 %. Below ")
    assert "22 of 100 listeners are expected to feel the strongest one, less than in 90 % of songs" in weak
    assert close == "Several emotions are equally strong: Calm 22 %, Powerful 21 %."
    assert "although both put Calm first" in apart
    assert "none comes first for half of the song" in changes


def test_of_equally_strong_emotions_the_rarer_counts() -> None:
    assert strongest(dict.fromkeys(MOODS, 0.1)) == "amazement"
    assert strongest(dict.fromkeys(MOODS, 0.1) | {"sadness": 0.2}) == "sadness"


def test_disagreements_are_passages_with_different_strongest_moods() -> None:
    song = [
        segment_by_network("calmness", "calmness", 0),
        segment_by_network("calmness", "tension", 10),
        segment_by_network("calmness", "tension", 20),
        segment_by_network("power", "power", 30),
    ]
    models = whole("calmness", "power", calmness=0.5)["models"]
    models["cnn2d"] = {"emotions": models["cnn1d"]["emotions"] | {"calmness": 0.3, "sadness": 0.12}}
    drawn = network_comparison(models, song, 0.8, 40.0, 0.5)
    assert [(part.cnn1d.key, part.cnn2d.key, part.time.text) for part in drawn.disagreements] == [
        ("calmness", "tension", "0:10–0:30")
    ]
    assert drawn.same_first_percent == 50
    assert [gap.side.key for gap in drawn.large_gaps] == ["calmness"]
    assert drawn.same_first
    assert not drawn.disagree
