"""Charts of a song, without templates."""

from itertools import combinations, pairwise
from typing import Any

import pytest

from classifier.charts.mood_names import word
from classifier.charts.number_text import agreement_text, clock, confidence_text, length_text, percent, tick_seconds
from classifier.charts.primitives import LONGEST_CLIP_S, Point
from classifier.charts.song.feature_tables import feature_groups, number_text
from classifier.charts.song.mood_bars import emotion_bars, mood_bars
from classifier.charts.song.mood_timeline import mood_timeline
from classifier.charts.song.passages import MOST_PASSAGES, moments, passages
from classifier.charts.song.petal_chart import RADIUS, PetalChart, petal_angles, petal_chart
from classifier.charts.song.petal_chart import SIZE as PETALS_SIZE
from classifier.charts.song.plane_labels import DOT_RADIUS, GAP, Box, MoodLabel
from classifier.charts.song.valence_arousal_plane import MARGIN, SIZE, mood_labels, mood_plane
from classifier.charts.song.waveform import BARS, waveform
from ml.audio.passages import MAX_PASSAGE_S
from ml.features.names import FEATURES
from ml.moods import EMOTIONS, MOODS, Mood, composite_name, joined_by
from tests.classifier.fake_analysis import older_scores, scores


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
        "scores": {"valence": word(primary).valence, "arousal": word(primary).arousal},
    }


def test_passages_of_overlapping_segments_do_not_overlap() -> None:
    song = [segment(0, "calm", "powerful"), segment(5, "powerful", "tense"), segment(10, "powerful", "tense")]
    calm, powerful = passages(song, 20.0)
    assert (calm.start_s, calm.end_s) == (0.0, 7.5)
    assert (powerful.start_s, powerful.end_s) == (7.5, 20.0)
    assert powerful.name == "Powerful but Tense"


def test_silence_has_no_mood_and_is_marked_on_the_timeline() -> None:
    silence = {"start_s": 20.0, "end_s": 60.0, "silent": True, "mood": None, "scores": None, "models": None}
    song = [
        segment(0, "calm", "powerful"),
        segment(10, "calm", "powerful"),
        silence,
        segment(60, "calm", "powerful"),
    ]
    before, after = passages(song, 70.0)
    assert (before.start_s, before.end_s) == (0.0, 20.0)
    assert (after.start_s, after.end_s) == (60.0, 70.0)
    [marked] = mood_timeline(passages(song, 70.0), 70.0, song).silences
    assert (marked.x, marked.width, marked.time.text) == ("28.571%", "57.143%", "0:20–1:00")


def test_a_song_of_two_hours_has_a_bounded_number_of_moments() -> None:
    moods = [("calm", "powerful"), ("tense", "sad")]
    song = [segment(5.0 * i, *moods[i // 7 % 2]) for i in range(1439)]
    drawn = moments(song, 7200.0)
    assert len(drawn) <= MOST_PASSAGES
    assert drawn[0].start_s == 0.0
    assert drawn[-1].end_s == 7200.0
    assert all(before.end_s == after.start_s for before, after in pairwise(drawn))


def test_a_group_of_segments_has_their_most_frequent_mood() -> None:
    song = [segment(5.0 * i, *(("calm", "powerful") if i % 3 else ("tense", "sad"))) for i in range(360)]
    assert {moment.primary for moment in moments(song, 1805.0)} == {"calm"}


def test_a_song_without_segments_has_an_empty_timeline() -> None:
    empty = mood_timeline(passages([], 4.0), 4.0)
    assert empty.blocks == []
    assert empty.height == 0


def test_livelier_moods_are_higher_on_the_timeline() -> None:
    drawn = mood_timeline(passages([segment(0, "calm", "powerful"), segment(5, "sad", "tense")], 15.0), 15.0)
    keys = [row.side.key for row in drawn.rows]
    assert keys == sorted(keys, key=lambda key: -MOODS[key].arousal)
    assert [row.y for row in drawn.rows] == sorted(row.y for row in drawn.rows)


def test_a_long_passage_is_offered_up_to_the_clip_limit() -> None:
    [line] = mood_timeline(passages([segment(5.0 * i, "calm", "powerful") for i in range(40)], 205.0), 205.0).table
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


def labels_of(*songs: Point, **options: float) -> dict[str, MoodLabel]:
    return {label.side.key: label for label in mood_labels(*songs, **options)}


@pytest.mark.parametrize("font_size", [12.0, 15.0])
def test_the_labels_of_all_terms_are_in_the_plane_and_cover_no_other(font_size: float) -> None:
    plane = Box(MARGIN, MARGIN, SIZE - MARGIN, SIZE - MARGIN)
    labels = labels_of(font_size=font_size)
    assert list(labels) == list(MOODS)
    for one, other in combinations(labels.values(), 2):
        assert one.box.overlap(other.box) == 0, (one.side.key, other.side.key)
    assert [key for key, label in labels.items() if label.box.outside(plane) > 0.01] == []


@pytest.mark.parametrize("mood", MOODS.values(), ids=lambda mood: mood.key)
def test_only_labels_beside_the_song_move_away_from_it(mood: Mood) -> None:
    usual = labels_of()
    song = mood_plane(mood.valence + 0.5, mood.arousal, []).song
    marker = Box.around(song.x, song.y, 11.0)
    labels = labels_of(song)
    assert [key for key, label in labels.items() if label.box.overlap(marker)] == []
    touched = {key for key, label in usual.items() if label.box.overlap(marker)}
    assert {key for key in labels if labels[key] != usual[key]} == touched
    for one, other in combinations(labels.values(), 2):
        assert one.box.overlap(other.box) == 0, (one.side.key, other.side.key)


def test_a_label_far_from_its_dot_has_a_line_to_it() -> None:
    for label in labels_of(font_size=15.0).values():
        distance = label.box.distance(label.x, label.y)
        assert (label.leader is not None) == (distance > DOT_RADIUS + GAP + 4), (label.side.key, distance)


def whole(primary: str, secondary: str, **chances: float) -> dict[str, Any]:
    """The part of an analysis result that the charts of sides, uncertainty and networks read."""
    scores = {"moods": dict.fromkeys(MOODS, 0.1) | chances, "valence": 5.0, "arousal": 5.0}
    mood = segment(0, primary, secondary)["mood"] | {"secondary_confidence": 0.3}
    return {
        "mood": mood,
        "scores": scores,
        "models": {"cnn1d": scores, "cnn2d": scores},
        "agreement": 0.9,
        "explanations": {},
        "model_version": "mood-3",
    }


def segment_by_network(one: str, two: str, start_s: float) -> dict[str, Any]:
    """A segment in which each network has its own strongest mood."""
    models = {name: {"moods": dict.fromkeys(MOODS, 0.1) | {key: 0.6}} for name, key in (("cnn1d", one), ("cnn2d", two))}
    return segment(start_s, one, "solemn") | {"models": models}


def test_the_waveform_has_the_first_side_above_and_the_second_below() -> None:
    way = moments([segment(0, "calm", "powerful"), segment(10, "tense", "sad")], 20.0)
    drawn = waveform([50] * 600, way, 20.0)
    assert [stroke.css for stroke in drawn.strokes] == ["calm", "powerful", "tense", "sad"]
    up, down = (stroke.path + stroke.odd_path for stroke in drawn.strokes[:2])
    assert up.count("v-") == down.count("v") == BARS / 2


def test_the_waveform_keeps_peaks_and_shows_silence_as_a_line() -> None:
    way = moments([segment(0, "calm", "powerful", end_s=4.0)], 4.0)
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

    quiet = petal_chart({"moods": dict.fromkeys(MOODS, 0.2)}, ["powerful"], 0.5)
    loud = petal_chart({"moods": dict.fromkeys(MOODS, 0.4)}, [], 1.0)
    older = petal_chart(older_scores(), ["calmness"], 0.7)
    assert rotations(quiet) == rotations(loud)
    assert rotations(older).items() <= rotations(loud).items()
    angles = sorted(angle % 360 for angle in petal_angles().values())
    assert {round(after - before, 6) for before, after in pairwise(angles)} == {22.5}


def test_petals_point_towards_their_moods_in_the_plane() -> None:
    angles = petal_angles()
    assert 45 < angles["powerful"] % 360 < 90
    assert 120 < angles["tense"] % 360 < 180
    assert 180 < angles["dark"] % 360 < 270
    assert 270 < angles["calm"] % 360 < 330


def test_a_petals_area_is_its_score() -> None:
    moods = dict.fromkeys(MOODS, 0.125) | {"powerful": 0.5}
    petals = {petal.side.key: petal for petal in petal_chart({"moods": moods}, [], 0.5).petals}
    lengths = {key: float(petal.path.split(" ")[5]) for key, petal in petals.items()}
    assert lengths["powerful"] == RADIUS
    assert lengths["calm"] == RADIUS / 2


def test_the_labels_of_petals_do_not_overlap() -> None:
    width, height = 8.5, 18.0  # Of a character and of a line on a narrow screen, where text is largest.
    boxes = []
    for petal in petal_chart({"moods": dict.fromkeys(MOODS, 0.2)}, [], 0.5).petals:
        length = width * len(petal.side.adjective)
        left = petal.label_x - {"start": 0, "middle": length / 2, "end": length}[petal.anchor]
        boxes.append(Box(left, petal.label_y - height / 2, left + length, petal.label_y + height / 2))
    assert [one for one, other in combinations(boxes, 2) if one.overlap(other)] == []
    assert all(box.left >= 0 and box.right <= PETALS_SIZE for box in boxes)


def test_the_petals_of_an_older_result_are_its_nine_emotions() -> None:
    drawn = petal_chart(older_scores("sadness"), ["sadness", "power"], 0.7)
    assert {petal.side.key for petal in drawn.petals} == {emotion.term for emotion in EMOTIONS.values()}
    assert [petal.side.key for petal in drawn.petals if petal.is_chosen] == ["powerful", "sad"]


def test_bars_are_the_sixteen_terms_or_the_emotions_of_an_older_result() -> None:
    current, older = scores("sad"), older_scores("sadness")
    for result, count in ((current, 16), (older, 9)):
        bars = mood_bars(result, {"cnn1d": result, "cnn2d": result})
        assert [bar.side.key for bar in bars[:2]] == ["sad", "powerful"]
        assert len(bars) == count
    assert [bar.side.noun for bar in emotion_bars(current)[:2]] == ["sadness", "power"]
    assert emotion_bars(older) == []
