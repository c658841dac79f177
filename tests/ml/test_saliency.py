"""The saliency map shows the patches that the 2D network depends on, aligned with the spectrogram."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ml.features.extraction import SongFeatures, extract, log_mel
from ml.features.heatmap import COLOUR, heatmap_png
from ml.inference.occlusion import GRIDS, MAX_PREDICTIONS, Grid, saliency_map, score_drops
from ml.inference.saliency import MAX_PLACES, mood_saliency
from ml.models.bundle import Bundle
from ml.models.score_vector import LABELS
from ml.spec import SPEC
from ml.training.evaluation.explanation_faithfulness import OTHER_REPLACEMENT, RANDOM, RANKED, moods_of, patches_deleted
from tests.ml.test_bundle import BUNDLE
from tests.sounds import write
from tests.synthesis import music

MUSIC = (
    {"tempo_bpm": 60, "minor": True, "brightness": 0.1},
    {"tempo_bpm": 150, "brightness": 0.9},
    {"tempo_bpm": 110, "brightness": 0.5, "tonic": 5},
)


class Counting:
    """Stands in for the 2D network: its calmness is what sounds in the lowest bands of a segment's first 2 s."""

    def __init__(self) -> None:
        self.predictions = 0

    def scores(self, inputs: np.ndarray) -> np.ndarray:
        self.predictions += len(inputs)
        result = np.zeros((len(inputs), len(LABELS)), np.float32)
        result[:, LABELS.index("calmness")] = np.abs(inputs[:, :64, :16]).mean(axis=(1, 2)) / 10
        return result


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle.open(BUNDLE)


@pytest.fixture
def counting() -> Bundle:
    bundle = Bundle.open(BUNDLE)
    bundle.__dict__["cnn2d"] = Counting()
    return bundle


@cache
def song(number: int) -> SongFeatures:
    return extract([music(20.0, SPEC.sample_rate, seed=number, **MUSIC[number])], SPEC)


def mel_of(duration_s: float) -> np.ndarray:
    """A random spectrogram without silence."""
    steps = round(duration_s * SPEC.steps_per_s) + 1
    return np.random.default_rng(0).integers(60, 200, (steps, SPEC.n_mels)).astype(np.uint8)


def opacity(png: bytes) -> np.ndarray:
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG"
    return np.asarray(image.convert("RGBA"))[:, :, 3]


def test_log_mel_equals_the_mel_of_the_full_extraction() -> None:
    samples = music(7.0, SPEC.sample_rate)
    mel, rms = log_mel([samples], SPEC)
    features = extract([samples], SPEC)
    assert np.array_equal(mel, features.mel)
    assert np.array_equal(rms, features.rms)


def test_only_the_patch_that_the_network_reads_is_salient(counting: Bundle) -> None:
    drops = saliency_map(mel_of(60.0), counting).of("calmness")
    calm = saliency_map(mel_of(60.0), counting).drops[:, :, LABELS.index("calmness")]
    assert calm[:, 1:].max() == 0
    per_segment = calm[:, 0].reshape(6, -1)
    assert (per_segment[:, :39] > 0).all()
    assert (per_segment[:, 41:199] == 0).all()
    assert drops.shape == (GRIDS[0].band_patches, 1200)


@pytest.mark.parametrize(
    ("duration_s", "grid"),
    [(4.0, GRIDS[0]), (180.0, GRIDS[0]), (400.0, GRIDS[1]), (800.0, GRIDS[2]), (1400.0, GRIDS[3]), (7200.0, GRIDS[3])],
)
def test_long_songs_use_a_coarser_grid_within_the_budget(counting: Bundle, duration_s: float, grid: Grid) -> None:
    result = saliency_map(mel_of(duration_s), counting)
    assert result.grid == grid
    assert counting.cnn2d.predictions <= MAX_PREDICTIONS
    assert np.isfinite(result.drops).all()
    if grid.time_patches == 1:
        assert (result.drops[:, 0, LABELS.index("calmness")] > 0).all()


def test_a_song_shorter_than_a_segment_is_fully_covered(bundle: Bundle) -> None:
    result = saliency_map(mel_of(4.0), bundle)
    assert result.drops.shape == (4 * 32 + 1, 6, len(LABELS))
    assert result.of("power").shape == (6, 4 * 32 + 1)


def test_occluding_a_constant_patch_changes_nothing(bundle: Bundle) -> None:
    mel = bundle.spectrogram_scaler(mel_of(10.0)[:320], SPEC)
    mel[64:128, 16:32] = 0.5
    drops = score_drops(mel, GRIDS[0], bundle)
    assert np.abs(drops[1, 1]).max() < 1e-6
    assert np.abs(drops).max() > 1e-4


def test_occluding_the_top_ranked_patches_lowers_a_share_more_than_random_ones(bundle: Bundle) -> None:
    """Means over songs and sides with the real network: the deletion curve is above chance everywhere."""
    random = np.random.default_rng(0)
    curves = [
        patches_deleted(song(i), mood, bundle, random) for i in range(len(MUSIC)) for mood in moods_of(song(i), bundle)
    ]
    mean = {way: np.mean([curve[way] for curve in curves], axis=0) for way in curves[0]}
    assert (mean[RANKED] > 3 * np.maximum(mean[RANDOM], 0)).all()
    assert (mean[OTHER_REPLACEMENT + RANKED] > np.maximum(mean[OTHER_REPLACEMENT + RANDOM], 0)).all()
    assert (np.diff(mean[RANKED]) > 0).all()


def test_the_heatmap_matches_the_spectrogram_and_is_transparent_at_zero() -> None:
    saliency = np.zeros((6, 100), np.float32)
    saliency[0, 80:] = 0.2
    saliency[5, :20] = -0.5

    shown = opacity(heatmap_png(saliency, 400, 96))

    assert shown.shape == (96, 400)
    assert shown[-4:, 340:].min() > 200
    assert shown[:40].max() == 0
    assert shown[:, :300].max() == 0


def test_the_heatmap_has_one_colour_and_opacity_proportional_to_saliency() -> None:
    png = heatmap_png(np.array([[0.1] * 50 + [0.2] * 50], np.float32), 100, 10)
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))
    assert {tuple(pixel) for pixel in pixels[:, :, :3].reshape(-1, 3)} == {COLOUR}
    assert pixels[5, 10, 3] == pytest.approx(pixels[5, 90, 3] / 2, abs=2)


def test_noise_is_not_amplified_to_full_opacity() -> None:
    assert opacity(heatmap_png(np.full((6, 10), 1e-4, np.float32), 60, 36)).max() < 5


@pytest.mark.parametrize(("shape", "size"), [((0, 5), (10, 10)), ((5,), (10, 10)), ((2, 2), (0, 10))])
def test_an_invalid_shape_or_size_is_rejected(shape: tuple[int, ...], size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        heatmap_png(np.zeros(shape, np.float32), *size)


def test_the_saliency_of_both_sides_is_computed_together(tmp_path: Path, bundle: Bundle) -> None:
    path = write(tmp_path / "song.flac", music(24.0, tempo_bpm=90, minor=True))
    result = mood_saliency(path, ["calm", "tense"], bundle=bundle)

    assert list(result) == ["calm", "tense"]
    for mood, saliency in result.items():
        assert opacity(saliency.png).shape == (288, 1200)
        assert saliency.details["mood"] == mood
        places = saliency.details["places"]
        assert 0 < len(places) <= MAX_PLACES
        assert [place["fall"] for place in places] == sorted((p["fall"] for p in places), reverse=True)
        for place in places:
            assert 0 <= place["start_s"] < place["end_s"] <= 24.1
            assert place["end_s"] - place["start_s"] == pytest.approx(2, abs=0.02)
            assert 0 <= place["low_hz"] < place["high_hz"] <= 8000
    assert mood_saliency(path, ["tense"], bundle=bundle)["tense"].png == result["tense"].png
