"""The analysis of a song gives the complete answer, is deterministic and reports progress."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ml.errors import MoodError
from ml.features.names import NAMES
from ml.inference.analysis import AnalysisResult, analyse
from ml.inference.answer import network_view
from ml.models.bundle import Bundle
from ml.moods import EMOTIONS, GENRES, MOOD_NAMES
from tests.ml.test_bundle import BUNDLE
from tests.sounds import write
from tests.synthesis import music

SCORES = ["moods", "emotions", "quadrants", "clusters", "valence", "arousal"]


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle.open(BUNDLE)


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("songs") / "song.flac"
    write(path, music(23.0, tempo_bpm=96, minor=True), tags={"title": "A Little Piece", "artist": "Nobody"})
    return path


@pytest.fixture(scope="module")
def result(song: Path, bundle: Bundle) -> AnalysisResult:
    return analyse(song, bundle=bundle)


def test_the_answer_has_every_part(result: AnalysisResult) -> None:
    answer = result.answer
    assert {
        "mood",
        "alternatives",
        "genres",
        "agreement",
        "scores",
        "models",
        "reasons",
        "explanations",
        "features",
        "segments",
    } == set(answer)
    assert list(answer["mood"]) == [
        "name", "primary", "secondary", "joined_by", "confidence", "secondary_confidence", "certain", "genre",
    ]  # fmt: skip
    assert list(answer["scores"]) == SCORES
    assert list(answer["scores"]["moods"]) == list(MOOD_NAMES)
    assert list(answer["scores"]["emotions"]) == list(EMOTIONS)
    assert {answer["mood"]["primary"], answer["mood"]["secondary"]} <= set(MOOD_NAMES)
    assert sum(answer["scores"]["quadrants"].values()) == pytest.approx(1, abs=1e-3)
    assert sum(answer["scores"]["clusters"].values()) == pytest.approx(1, abs=1e-3)
    assert set(answer["genres"]) == set(GENRES)
    assert set(answer["models"]) == {"cnn1d", "cnn2d"}
    assert list(answer["features"]) == list(NAMES)
    assert 0 <= answer["agreement"] <= 1
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer


def test_tags_and_length_come_from_the_file(result: AnalysisResult) -> None:
    assert (result.title, result.artist) == ("A Little Piece", "Nobody")
    assert result.duration_s == pytest.approx(23.0, abs=0.05)
    assert result.model_version == "mood-5"
    assert result.warnings == []
    assert result.spectrogram_png.startswith(b"\x89PNG")


def test_segments_cover_the_song_in_time_order_with_a_mood_each(result: AnalysisResult) -> None:
    segments = result.answer["segments"]
    assert segments[0]["start_s"] == 0.0
    assert segments[-1]["end_s"] == pytest.approx(result.duration_s, abs=0.01)
    assert [s["start_s"] for s in segments] == sorted(s["start_s"] for s in segments)
    assert all(segment["mood"]["name"] and list(segment["scores"]) == SCORES for segment in segments)


def test_the_song_is_the_mean_of_its_segments(result: AnalysisResult) -> None:
    for name in ("cnn1d", "cnn2d"):
        values = [segment["models"][name]["emotions"]["calmness"] for segment in result.answer["segments"]]
        assert result.answer["models"][name]["emotions"]["calmness"] == pytest.approx(
            sum(values) / len(values), abs=2e-4
        )


def test_the_same_song_gives_the_same_answer(song: Path, bundle: Bundle, result: AnalysisResult) -> None:
    assert analyse(song, bundle=bundle).answer == result.answer


def test_progress_reports_decoding_then_every_segment(song: Path, bundle: Bundle) -> None:
    calls: list[tuple[str, int, int]] = []
    analyse(song, bundle=bundle, on_progress=lambda *step: calls.append(step))
    stages = [stage for stage, _, _ in calls]
    assert stages == sorted(stages)  # "decoding" comes before "listening"
    segments_done = [(done, total) for stage, done, total in calls if stage == "listening"]
    assert segments_done[0][0] == 0
    assert segments_done[-1][0] == segments_done[-1][1] == len(analyse(song, bundle=bundle).answer["segments"])


def test_an_exception_in_the_progress_callback_ends_the_analysis(song: Path, bundle: Bundle) -> None:
    class Cancelled(Exception):
        pass

    def stop(stage: str, done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        analyse(song, bundle=bundle, on_progress=stop)


def test_the_same_music_as_flac_and_as_mp3_has_nearly_the_same_mood(
    tmp_path: Path, bundle: Bundle, result: AnalysisResult
) -> None:
    path = tmp_path / "song.mp3"
    write(path, music(23.0, tempo_bpm=96, minor=True))
    again = analyse(path, bundle=bundle).answer
    for emotion in EMOTIONS:
        assert again["scores"]["emotions"][emotion] == pytest.approx(
            result.answer["scores"]["emotions"][emotion], abs=0.05
        )


def test_a_view_of_one_network_is_composed_from_its_stored_scores(result: AnalysisResult, bundle: Bundle) -> None:
    view = network_view(result.answer, "cnn1d", bundle.card)
    assert view["scores"] == result.answer["models"]["cnn1d"]
    assert view["segments"][0]["scores"] == result.answer["segments"][0]["models"]["cnn1d"]
    assert view["features"] == result.answer["features"]
    assert network_view(result.answer, "both", bundle.card) == result.answer


def test_both_sides_have_reasons(result: AnalysisResult) -> None:
    mood = result.answer["mood"]
    assert {reason["mood"] for reason in result.answer["reasons"]} == {mood["primary"], mood["secondary"]}
    assert all(reason["feature"] and reason["text"] for reason in result.answer["reasons"])
    assert all(sentence.endswith(".") for sentence in result.answer["explanations"].values())


def test_a_file_that_cannot_be_decoded_raises_its_error_code(tmp_path: Path, bundle: Bundle) -> None:
    path = tmp_path / "not.mp3"
    path.write_text("these are words")
    with pytest.raises(MoodError) as caught:
        analyse(path, bundle=bundle)
    assert caught.value.code == "audio_unreadable"
