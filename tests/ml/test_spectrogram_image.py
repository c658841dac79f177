"""The spectrogram image: orientation, brightness and size."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from ml.features.spectrogram_image import RANGE_DB, colour_map, spectrogram_png


def brightness(png: bytes) -> np.ndarray:
    """Shape (height, width), 0 to 255: the place of each pixel in the colour map."""
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG"
    assert image.mode == "P"
    return np.asarray(image)


def silent(n_mels: int, steps: int) -> np.ndarray:
    return np.full((n_mels, steps), -100.0, np.float32)


def test_an_image_has_the_requested_size() -> None:
    for width, height in ((1, 1), (300, 40), (1200, 288)):
        assert brightness(spectrogram_png(silent(96, 320), width, height)).shape == (height, width)


def test_low_bands_are_at_the_bottom_and_time_runs_to_the_right() -> None:
    mel_db = silent(96, 400)
    mel_db[:10, 300:] = 0.0

    shown = brightness(spectrogram_png(mel_db, 400, 96))

    assert shown[-5:, 310:].min() == 255
    assert shown[:80].max() == 0
    assert shown[:, :290].max() == 0


def test_the_loudest_point_is_brightest_and_the_range_below_it_darkest() -> None:
    mel_db = np.array([[-RANGE_DB - 20, -RANGE_DB, -RANGE_DB / 2, 0.0]], np.float32) + 17

    shown = brightness(spectrogram_png(mel_db, 4, 1))

    assert shown[0].tolist() == [0, 0, 128, 255]


def test_one_loud_step_stays_visible_in_two_hours() -> None:
    mel_db = silent(96, 230_400)
    mel_db[40, 123_456] = 0.0

    shown = brightness(spectrogram_png(mel_db, 600, 96))

    assert shown[95 - 40, 123_456 * 600 // 230_400] == 255
    assert np.count_nonzero(shown) == 1


def test_a_short_song_is_interpolated() -> None:
    mel_db = np.linspace(-60, 0, 10, dtype=np.float32)[None].repeat(96, axis=0)

    shown = brightness(spectrogram_png(mel_db, 500, 200))

    assert shown.shape == (200, 500)
    assert np.all(np.diff(shown[100].astype(int)) >= 0)


@pytest.mark.parametrize("value", [np.nan, -np.inf, np.inf])
def test_nan_is_drawn_as_silence(value: float) -> None:
    assert brightness(spectrogram_png(np.full((96, 50), value, np.float32), 100, 96)).max() == 0

    mel_db = silent(96, 1000)
    mel_db[50] = 0.0
    mel_db[60, 500] = value
    shown = brightness(spectrogram_png(mel_db, 100, 96))
    assert (shown[95 - 50] == 255).all()
    assert shown[95 - 60].max() == 0


def test_the_same_input_gives_the_same_bytes() -> None:
    mel_db = np.random.default_rng(0).normal(-40, 10, (96, 500)).astype(np.float32)

    assert spectrogram_png(mel_db, 300, 100) == spectrogram_png(mel_db.copy(), 300, 100)


def test_the_input_is_not_modified() -> None:
    mel_db = np.random.default_rng(0).normal(-40, 10, (96, 500)).astype(np.float32)
    before = mel_db.copy()

    spectrogram_png(mel_db, 300, 100)

    np.testing.assert_array_equal(mel_db, before)


def test_lightness_rises_in_equal_steps() -> None:
    linear = (colour_map() / 255.0) ** 2.2
    luminance = linear @ [0.2126, 0.7152, 0.0722]
    lightness = np.cbrt(luminance)

    assert colour_map().shape == (256, 3)
    assert np.all(np.diff(lightness[4:]) > -0.004)
    assert lightness[0] < 0.1
    assert lightness[-1] > 0.9
    assert np.abs(np.diff(colour_map().astype(int), axis=0)).max() < 12


@pytest.mark.parametrize("shape", [(96,), (0, 10), (96, 0), (1, 2, 3)])
def test_an_invalid_shape_is_rejected_with_that_shape(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"must have the shape \(n_mels, steps\)"):
        spectrogram_png(np.zeros(shape, np.float32), 10, 10)


@pytest.mark.parametrize(("width", "height"), [(0, 10), (10, 0), (-1, 5)])
def test_an_image_without_pixels_is_rejected(width: int, height: int) -> None:
    with pytest.raises(ValueError, match="both must be at least 1"):
        spectrogram_png(silent(96, 10), width, height)
