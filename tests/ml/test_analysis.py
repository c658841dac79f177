"""A song heard from end to end gives the whole answer, the same each time, and tells its progress."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ml.errors import MoodError
from ml.features.names import NAMES
from ml.inference.analysis import AnalysisResult, analyse
from ml.inference.answer import view
from ml.models.bundle import Bundle
from ml.moods import EMOTIONS, GENRES
from tests.ml.test_bundle import BUNDLE
from tests.sounds import write
from tests.synthesis import music

SCORES = ["emotions", "quadrants", "clusters", "valence", "arousal"]


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle.open(BUNDLE)


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("songs") / "song.flac"
    write(path, music(23.0, tempo_bpm=96, minor=True), tags={"title": "A Little Piece", "artist": "Nobody"})
    return path


@pytest.fixture(scope="module")
def heard(song: Path, bundle: Bundle) -> AnalysisResult:
    return analyse(song, bundle=bundle)


def test_the_answer_has_every_part(heard: AnalysisResult) -> None:
    answer = heard.answer
    assert {
        "mood",
        "alternatives",
        "genres",
        "agreement",
        "scores",
        "models",
        "reasons",
        "features",
        "segments",
    } == set(answer)
    assert list(answer["mood"]) == [
        "name", "primary", "secondary", "joined_by", "confidence", "secondary_confidence", "certain", "genre",
    ]  # fmt: skip
    assert list(answer["scores"]) == SCORES
    assert list(answer["scores"]["emotions"]) == list(EMOTIONS)
    assert sum(answer["scores"]["quadrants"].values()) == pytest.approx(1, abs=1e-3)
    assert sum(answer["scores"]["clusters"].values()) == pytest.approx(1, abs=1e-3)
    assert set(answer["genres"]) == set(GENRES)
    assert set(answer["models"]) == {"cnn1d", "cnn2d"}
    assert list(answer["features"]) == list(NAMES)
    assert 0 <= answer["agreement"] <= 1
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer


def test_tags_and_length_come_from_the_file(heard: AnalysisResult) -> None:
    assert (heard.title, heard.artist) == ("A Little Piece", "Nobody")
    assert heard.duration_s == pytest.approx(23.0, abs=0.05)
    assert heard.model_version == "mood-3"
    assert heard.warnings == []
    assert heard.spectrogram_png.startswith(b"\x89PNG")


def test_segments_cover_the_song_in_order_each_with_its_mood(heard: AnalysisResult) -> None:
    segments = heard.answer["segments"]
    assert segments[0]["start_s"] == 0.0
    assert segments[-1]["end_s"] == pytest.approx(heard.duration_s, abs=0.01)
    assert [s["start_s"] for s in segments] == sorted(s["start_s"] for s in segments)
    assert all(segment["mood"]["name"] and list(segment["scores"]) == SCORES for segment in segments)


def test_the_song_is_the_mean_of_its_segments(heard: AnalysisResult) -> None:
    for name in ("cnn1d", "cnn2d"):
        values = [segment["models"][name]["emotions"]["calmness"] for segment in heard.answer["segments"]]
        assert heard.answer["models"][name]["emotions"]["calmness"] == pytest.approx(
            sum(values) / len(values), abs=2e-4
        )


def test_the_same_song_gives_the_same_answer(song: Path, bundle: Bundle, heard: AnalysisResult) -> None:
    assert analyse(song, bundle=bundle).answer == heard.answer


def test_progress_first_decodes_then_listens_to_every_segment(song: Path, bundle: Bundle) -> None:
    told: list[tuple[str, int, int]] = []
    analyse(song, bundle=bundle, on_progress=lambda *step: told.append(step))
    stages = [stage for stage, _, _ in told]
    assert stages == sorted(stages)  # "decoding" comes before "listening"
    listening = [(done, total) for stage, done, total in told if stage == "listening"]
    assert listening[0][0] == 0
    assert listening[-1][0] == listening[-1][1] == len(analyse(song, bundle=bundle).answer["segments"])


def test_what_progress_raises_ends_the_analysis(song: Path, bundle: Bundle) -> None:
    class Cancelled(Exception):
        pass

    def stop(stage: str, done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        analyse(song, bundle=bundle, on_progress=stop)


def test_the_same_music_as_flac_and_as_mp3_has_nearly_the_same_mood(
    tmp_path: Path, bundle: Bundle, heard: AnalysisResult
) -> None:
    path = tmp_path / "song.mp3"
    write(path, music(23.0, tempo_bpm=96, minor=True))
    again = analyse(path, bundle=bundle).answer
    for emotion in EMOTIONS:
        assert again["scores"]["emotions"][emotion] == pytest.approx(
            heard.answer["scores"]["emotions"][emotion], abs=0.05
        )


def test_a_view_of_one_network_is_composed_from_its_stored_scores(heard: AnalysisResult, bundle: Bundle) -> None:
    seen = view(heard.answer, "cnn1d", bundle.card)
    assert seen["scores"] == heard.answer["models"]["cnn1d"]
    assert seen["segments"][0]["scores"] == heard.answer["segments"][0]["models"]["cnn1d"]
    assert seen["features"] == heard.answer["features"]
    assert view(heard.answer, "both", bundle.card) == heard.answer


def test_reasons_are_told_for_both_sides(heard: AnalysisResult) -> None:
    mood = heard.answer["mood"]
    assert {reason["mood"] for reason in heard.answer["reasons"]} == {mood["primary"], mood["secondary"]}
    assert all(reason["feature"] in NAMES and reason["text"] for reason in heard.answer["reasons"])


def test_a_file_that_cannot_be_heard_is_refused_with_its_code(tmp_path: Path, bundle: Bundle) -> None:
    path = tmp_path / "not.mp3"
    path.write_text("these are words")
    with pytest.raises(MoodError) as caught:
        analyse(path, bundle=bundle)
    assert caught.value.code == "audio_unreadable"
