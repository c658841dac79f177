"""Where the 2D network looked: found by covering places, true to what the network hears, and drawn where it is."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ml.features.extraction import SongFeatures, extract, log_mel
from ml.features.heatmap import COLOUR, heatmap_png
from ml.inference.occlusion import GRIDS, RUNS, Grid, saliency_map, score_drops
from ml.inference.saliency import MAX_PLACES, mood_saliency
from ml.models.bundle import Bundle
from ml.models.score_vector import LABELS
from ml.spec import SPEC
from ml.training.faithfulness import BY_CHANCE, OTHERWISE, RANKED, moods_of, patches_deleted
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
        self.heard = 0

    def scores(self, inputs: np.ndarray) -> np.ndarray:
        self.heard += len(inputs)
        found = np.zeros((len(inputs), len(LABELS)), np.float32)
        found[:, LABELS.index("calmness")] = np.abs(inputs[:, :64, :16]).mean(axis=(1, 2)) / 10
        return found


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
    """A spectrogram in which something happens everywhere."""
    steps = round(duration_s * SPEC.steps_per_s) + 1
    return np.random.default_rng(0).integers(60, 200, (steps, SPEC.n_mels)).astype(np.uint8)


def opacity(png: bytes) -> np.ndarray:
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG"
    return np.asarray(image.convert("RGBA"))[:, :, 3]


def test_the_log_mel_alone_is_that_of_the_whole_extraction() -> None:
    samples = music(7.0, SPEC.sample_rate)
    assert np.array_equal(log_mel([samples], SPEC), extract([samples], SPEC).mel)


def test_only_the_place_that_the_network_hears_matters(counting: Bundle) -> None:
    falls = saliency_map(mel_of(60.0), counting).of("calmness")
    calm = saliency_map(mel_of(60.0), counting).falls[:, :, LABELS.index("calmness")]
    assert calm[:, 1:].max() == 0
    per_segment = calm[:, 0].reshape(6, -1)
    assert (per_segment[:, :39] > 0).all()
    assert (per_segment[:, 41:199] == 0).all()
    assert falls.shape == (GRIDS[0].in_bands, 1200)


@pytest.mark.parametrize(
    ("duration_s", "grid"),
    [(4.0, GRIDS[0]), (180.0, GRIDS[0]), (400.0, GRIDS[1]), (800.0, GRIDS[2]), (1400.0, GRIDS[3]), (7200.0, GRIDS[3])],
)
def test_long_songs_are_looked_at_more_coarsely_in_bounded_time(
    counting: Bundle, duration_s: float, grid: Grid
) -> None:
    found = saliency_map(mel_of(duration_s), counting)
    assert found.grid == grid
    assert counting.cnn2d.heard <= RUNS
    assert np.isfinite(found.falls).all()
    if grid.in_time == 1:
        assert (found.falls[:, 0, LABELS.index("calmness")] > 0).all()


def test_a_song_shorter_than_a_segment_is_looked_at_whole(bundle: Bundle) -> None:
    found = saliency_map(mel_of(4.0), bundle)
    assert found.falls.shape == (4 * 32 + 1, 6, len(LABELS))
    assert found.of("power").shape == (6, 4 * 32 + 1)


def test_a_patch_that_is_even_already_takes_nothing_away(bundle: Bundle) -> None:
    heard = bundle.spectrogram_scaler(mel_of(10.0)[:320], SPEC)
    heard[64:128, 16:32] = 0.5
    falls = score_drops(heard, GRIDS[0], bundle)
    assert np.abs(falls[1, 1]).max() < 1e-6
    assert np.abs(falls).max() > 1e-4


def test_covering_what_is_ranked_first_lowers_a_side_more_than_covering_others(bundle: Bundle) -> None:
    """Means over songs and sides, of the real network: the deletion curve lies above chance at each of its points."""
    random = np.random.default_rng(0)
    curves = [
        patches_deleted(song(i), mood, bundle, random) for i in range(len(MUSIC)) for mood in moods_of(song(i), bundle)
    ]
    mean = {way: np.mean([curve[way] for curve in curves], axis=0) for way in curves[0]}
    assert (mean[RANKED] > 3 * np.maximum(mean[BY_CHANCE], 0)).all()
    assert (mean[OTHERWISE + RANKED] > np.maximum(mean[OTHERWISE + BY_CHANCE], 0)).all()
    assert (np.diff(mean[RANKED]) > 0).all()


def test_the_picture_has_the_spectrograms_geometry_and_is_clear_where_nothing_mattered() -> None:
    mattered = np.zeros((6, 100), np.float32)
    mattered[0, 80:] = 0.2
    mattered[5, :20] = -0.5

    shown = opacity(heatmap_png(mattered, 400, 96))

    assert shown.shape == (96, 400)
    assert shown[-4:, 340:].min() > 200
    assert shown[:40].max() == 0
    assert shown[:, :300].max() == 0


def test_the_picture_has_one_colour_and_half_as_much_is_half_as_opaque() -> None:
    png = heatmap_png(np.array([[0.1] * 50 + [0.2] * 50], np.float32), 100, 10)
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))
    assert {tuple(pixel) for pixel in pixels[:, :, :3].reshape(-1, 3)} == {COLOUR}
    assert pixels[5, 10, 3] == pytest.approx(pixels[5, 90, 3] / 2, abs=2)


def test_noise_is_not_blown_up_to_a_picture() -> None:
    assert opacity(heatmap_png(np.full((6, 10), 1e-4, np.float32), 60, 36)).max() < 5


@pytest.mark.parametrize(("shape", "size"), [((0, 5), (10, 10)), ((5,), (10, 10)), ((2, 2), (0, 10))])
def test_what_cannot_be_drawn_is_refused(shape: tuple[int, ...], size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        heatmap_png(np.zeros(shape, np.float32), *size)


def test_a_file_is_looked_at_for_both_sides_at_once(tmp_path: Path, bundle: Bundle) -> None:
    path = write(tmp_path / "song.flac", music(24.0, tempo_bpm=90, minor=True))
    found = mood_saliency(path, ["calmness", "tension"], bundle=bundle)

    assert list(found) == ["calmness", "tension"]
    for mood, looked in found.items():
        assert opacity(looked.png).shape == (288, 1200)
        assert looked.details["mood"] == mood
        places = looked.details["places"]
        assert 0 < len(places) <= MAX_PLACES
        assert [place["fall"] for place in places] == sorted((p["fall"] for p in places), reverse=True)
        for place in places:
            assert 0 <= place["start_s"] < place["end_s"] <= 24.1
            assert place["end_s"] - place["start_s"] == pytest.approx(2, abs=0.02)
            assert 0 <= place["low_hz"] < place["high_hz"] <= 8000
    assert mood_saliency(path, ["tension"], bundle=bundle)["tension"].png == found["tension"].png
