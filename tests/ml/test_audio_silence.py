"""Silence has no mood: it counts neither for the song nor for its features, reasons or strongest passages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ml.audio.segments import segments_of
from ml.audio.silence import segments_with_silence, sound_ranges
from ml.inference.analysis import AnalysisResult, analyse
from ml.inference.answer import network_view
from ml.inference.passages import strongest_passages
from ml.models.bundle import Bundle
from ml.spec import SPEC
from tests import sounds
from tests.ml.decoded_audio import decode_error, decode_file
from tests.ml.test_bundle import BUNDLE

RATE = SPEC.sample_rate
STEPS_PER_S = SPEC.steps_per_s
CLOSE = 0.01
CLOSE_BETWEEN_FRAMES = 0.03
"""Silence of a fraction of a second shifts frames and segments against the music."""


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle.open(BUNDLE)


@pytest.fixture(scope="module")
def music() -> np.ndarray:
    return sounds.music(20.0, RATE, tempo_bpm=90, brightness=0.4)


@pytest.fixture(scope="module")
def plain(music: np.ndarray, bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> AnalysisResult:
    return analyse(sounds.write(tmp_path_factory.mktemp("plain") / "song.wav", music, RATE), bundle=bundle)


def rms(*parts: tuple[float, float]) -> np.ndarray:
    """The RMS of parts of (seconds, level)."""
    return np.concatenate([np.full(round(seconds * STEPS_PER_S), level, np.float32) for seconds, level in parts])


def assert_same_mood(result: AnalysisResult, plain: AnalysisResult, close: float = CLOSE) -> None:
    assert result.answer["mood"]["name"] == plain.answer["mood"]["name"]
    for scheme in ("emotions", "quadrants", "clusters"):
        for name, score in plain.answer["scores"][scheme].items():
            assert result.answer["scores"][scheme][name] == pytest.approx(score, abs=close), name


@pytest.mark.parametrize(("before_s", "after_s"), [(0, 40), (20, 0), (8.3, 12.6)])
def test_silence_before_and_after_the_music_does_not_change_the_mood(
    before_s: float, after_s: float, music: np.ndarray, plain: AnalysisResult, bundle: Bundle, tmp_path: Path
) -> None:
    padded = np.concatenate([sounds.silence(before_s, RATE), music, sounds.silence(after_s, RATE)])
    result = analyse(sounds.write(tmp_path / "song.wav", padded, RATE), bundle=bundle)

    assert_same_mood(result, plain, CLOSE if float(before_s).is_integer() else CLOSE_BETWEEN_FRAMES)
    assert result.answer["features"]["tempo_bpm"] == pytest.approx(plain.answer["features"]["tempo_bpm"], rel=0.05)
    assert [reason["trait"] for reason in result.answer["reasons"]][:1] == [plain.answer["reasons"][0]["trait"]]
    silent = [segment for segment in result.answer["segments"] if segment["silent"]]
    assert sum(segment["end_s"] - segment["start_s"] for segment in silent) == pytest.approx(
        before_s + after_s, abs=0.5
    )
    assert all(segment["mood"] is segment["scores"] is segment["models"] is None for segment in silent)


def test_a_hidden_track_after_silence_is_segmented_on_its_own(
    music: np.ndarray, bundle: Bundle, tmp_path: Path
) -> None:
    samples = np.concatenate([music, sounds.silence(30, RATE), music[: 12 * RATE]])
    answer = analyse(sounds.write(tmp_path / "song.wav", samples, RATE), bundle=bundle).answer

    spans = [(segment["start_s"], segment["end_s"]) for segment in answer["segments"] if segment["silent"]]
    assert spans == [(pytest.approx(20, abs=0.1), pytest.approx(50, abs=0.1))]
    starts = [segment["start_s"] for segment in answer["segments"]]
    assert starts == sorted(starts)
    view = network_view(answer, "cnn1d", bundle.card)
    assert [segment["silent"] for segment in view["segments"]] == [segment["silent"] for segment in answer["segments"]]
    assert answer["segments"][-1]["end_s"] == pytest.approx(62, abs=0.01)
    passages = strongest_passages(answer["segments"], answer["mood"]["primary"], answer["mood"]["secondary"])
    assert all(passage.end_s <= 20.1 or passage.start_s >= 49.9 for passage in passages.values())


def test_a_stretch_of_nothing_but_offset_is_silent(
    music: np.ndarray, plain: AnalysisResult, bundle: Bundle, tmp_path: Path
) -> None:
    samples = np.concatenate([music, np.full(20 * RATE, 0.3, np.float32)])
    result = analyse(sounds.write(tmp_path / "song.wav", samples, RATE), bundle=bundle)
    assert_same_mood(result, plain, close=0.03)  # the step of the offset at the end of the music is audible
    assert result.answer["segments"][-1]["silent"]


def test_a_stretch_of_samples_that_are_not_numbers_is_damage_and_silent(
    music: np.ndarray, plain: AnalysisResult, bundle: Bundle, tmp_path: Path
) -> None:
    samples = np.concatenate([music, np.full(15 * RATE, np.nan, np.float32)])
    result = analyse(sounds.write(tmp_path / "song.wav", samples, RATE, "wav-float"), bundle=bundle)
    assert_same_mood(result, plain)
    assert [warning["code"] for warning in result.warnings] == ["audio_damaged"]
    assert result.answer["segments"][-1]["silent"]


def test_a_constant_offset_does_not_change_the_mood(
    music: np.ndarray, plain: AnalysisResult, bundle: Bundle, tmp_path: Path
) -> None:
    result = analyse(sounds.write(tmp_path / "song.wav", music + np.float32(0.2), RATE), bundle=bundle)
    assert_same_mood(result, plain)


def test_a_file_of_nothing_but_offset_is_silent(tmp_path: Path) -> None:
    constant = np.full(20 * RATE, 0.5, np.float32)
    assert decode_error(sounds.write(tmp_path / "song.wav", constant, RATE)).code == "audio_silent"


def test_music_without_an_offset_passes_the_offset_filter_unchanged(music: np.ndarray, tmp_path: Path) -> None:
    decoded, _ = decode_file(sounds.write(tmp_path / "song.wav", music, RATE))
    assert np.abs(decoded - music).max() <= 1 / 32768


def test_a_song_without_silence_has_the_usual_segments() -> None:
    levels = rms((31, 0.1))
    assert segments_with_silence(levels, 31.0, SPEC) == segments_of(31.0, SPEC)


def test_pauses_shorter_than_three_seconds_belong_to_the_music() -> None:
    assert sound_ranges(rms((10, 0.1), (2.9, 0), (10, 0.1)), SPEC) == [(0, round(22.9 * STEPS_PER_S))]
    assert len(sound_ranges(rms((10, 0.1), (3.1, 0), (10, 0.1)), SPEC)) == 2


def test_a_click_between_two_silences_is_not_music() -> None:
    assert sound_ranges(rms((10, 0.1), (20, 0), (0.1, 0.1), (20, 0)), SPEC) == [(0, 10 * STEPS_PER_S)]


@pytest.mark.parametrize("gain", [1.0, 0.25, 0.1])
def test_quiet_music_is_not_silence_whatever_the_gain(gain: float) -> None:
    levels = rms((10, 0.1), (10, 0.001), (10, 0.0)) * np.float32(gain)
    assert sound_ranges(levels, SPEC) == [(0, 20 * STEPS_PER_S)]


def test_levels_without_any_sound_have_no_range() -> None:
    assert sound_ranges(rms((10, 0.0)), SPEC) == []
    assert all(segment.silent for segment in segments_with_silence(rms((10, 0.0)), 10.0, SPEC))
