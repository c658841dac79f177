"""The waveform for display: the loudness over time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ml.features.extraction import extract
from ml.features.waveform import BINS, waveform
from ml.inference.analysis import analyse
from ml.models.bundle import Bundle
from ml.spec import SPEC
from tests.ml.test_bundle import BUNDLE
from tests.sounds import write
from tests.synthesis import silence, tone


def test_a_crescendo_has_a_waveform_that_rises_to_100() -> None:
    rising = np.linspace(0, 1, 6000, dtype=np.float32)
    levels = waveform(rising)
    assert len(levels) == BINS
    assert levels == sorted(levels)
    assert (levels[0], levels[-1]) == (0, 100)


def test_each_value_is_the_rms_of_its_part() -> None:
    assert waveform(np.array([3.0, 4.0, 0.0, 0.0], np.float32), max_bins=2) == [100, 0]
    assert waveform(np.array([1.0, 1.0, 0.0, 1.0], np.float32), max_bins=2) == [100, round(100 * np.sqrt(0.5))]


def test_a_short_song_has_one_value_per_step() -> None:
    assert len(waveform(np.ones(97, np.float32))) == 97


def test_silence_is_flat() -> None:
    assert waveform(np.zeros(1000, np.float32)) == [0] * BINS


def test_an_empty_array_is_rejected() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        waveform(np.zeros(0, np.float32))


def test_an_analysis_has_the_waveform_of_its_song(tmp_path: Path) -> None:
    parts = [tone(440, 5.0, amplitude=0.1), silence(5.0), tone(440, 5.0, amplitude=0.4)]
    path = write(tmp_path / "song.wav", np.concatenate(parts))
    levels = analyse(path, bundle=Bundle.open(BUNDLE)).waveform
    quiet, nothing, loud = (levels[at * len(levels) // 15] for at in (2, 7, 12))
    assert (nothing, loud) == (0, 100)
    assert quiet == pytest.approx(25, abs=1)
    assert all(isinstance(level, int) for level in levels)


def test_rms_does_not_depend_on_the_block_size() -> None:
    samples = tone(330, 8.0, SPEC.sample_rate) * np.linspace(0, 1, 8 * SPEC.sample_rate, dtype=np.float32)
    whole = extract([samples], SPEC).rms
    pieces = extract(np.array_split(samples, 37), SPEC).rms
    assert np.allclose(whole, pieces)
    assert len(whole) == 8 * SPEC.steps_per_s + 1
