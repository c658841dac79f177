"""A song's loudness from start to end, in few numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ml.features.extraction import extract
from ml.features.waveform import STRETCHES, waveform
from ml.inference.analysis import analyse
from ml.models.bundle import Bundle
from ml.spec import SPEC
from tests.ml.test_bundle import BUNDLE
from tests.sounds import write
from tests.synthesis import silence, tone


def test_a_song_that_swells_has_a_waveform_that_rises_to_100() -> None:
    rising = np.linspace(0, 1, 6000, dtype=np.float32)
    found = waveform(rising)
    assert len(found) == STRETCHES
    assert found == sorted(found)
    assert (found[0], found[-1]) == (0, 100)


def test_each_number_is_the_root_mean_square_of_its_stretch() -> None:
    assert waveform(np.array([3.0, 4.0, 0.0, 0.0], np.float32), most=2) == [100, 0]
    assert waveform(np.array([1.0, 1.0, 0.0, 1.0], np.float32), most=2) == [100, round(100 * np.sqrt(0.5))]


def test_a_short_song_has_as_many_numbers_as_steps() -> None:
    assert len(waveform(np.ones(97, np.float32))) == 97


def test_silence_is_flat() -> None:
    assert waveform(np.zeros(1000, np.float32)) == [0] * STRETCHES


def test_no_loudness_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        waveform(np.zeros(0, np.float32))


def test_an_analysis_tells_where_a_song_is_loud(tmp_path: Path) -> None:
    parts = [tone(440, 5.0, amplitude=0.1), silence(5.0), tone(440, 5.0, amplitude=0.4)]
    path = write(tmp_path / "song.wav", np.concatenate(parts))
    found = analyse(path, bundle=Bundle.open(BUNDLE)).waveform
    quiet, nothing, loud = (found[at * len(found) // 15] for at in (2, 7, 12))
    assert (nothing, loud) == (0, 100)
    assert quiet == pytest.approx(25, abs=1)
    assert all(isinstance(level, int) for level in found)


def test_the_blocks_of_a_stream_do_not_matter() -> None:
    samples = tone(330, 8.0, SPEC.sample_rate) * np.linspace(0, 1, 8 * SPEC.sample_rate, dtype=np.float32)
    whole = extract([samples], SPEC).rms
    pieces = extract(np.array_split(samples, 37), SPEC).rms
    assert np.allclose(whole, pieces)
    assert len(whole) == 8 * SPEC.steps_per_s + 1
