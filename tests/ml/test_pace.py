"""The pace counts what begins: notes and beats per second, whatever the level."""

from __future__ import annotations

import numpy as np
import pytest

from ml.features.extraction import extract, quantise
from ml.features.pace import BLOCK_STEPS, onsets_per_second
from ml.spec import SPEC


def ticks(per_second: float, seconds: float = 20.0) -> np.ndarray:
    """Short decaying tones over silence."""
    time = np.arange(int(seconds * SPEC.sample_rate)) / SPEC.sample_rate
    since = time % (1.0 / per_second)
    tones: np.ndarray = (0.5 * np.exp(-since * 12) * np.sin(2 * np.pi * 440 * time)).astype(np.float32)
    return tones


@pytest.mark.parametrize("per_second", [1.0, 2.0, 4.0])
def test_it_counts_the_notes_of_a_second(per_second: float) -> None:
    mel = extract([ticks(per_second)], SPEC).mel
    assert onsets_per_second(mel, SPEC) == pytest.approx(per_second, abs=0.3)


def test_a_lower_volume_does_not_change_it() -> None:
    loud, quiet = (onsets_per_second(extract([gain * ticks(3.0)], SPEC).mel, SPEC) for gain in (1.0, 0.35))
    assert quiet == pytest.approx(loud, abs=0.2)


def test_silence_has_no_onsets() -> None:
    assert onsets_per_second(np.zeros((200, SPEC.n_mels), np.uint8), SPEC) == 0.0
    assert onsets_per_second(np.zeros((1, SPEC.n_mels), np.uint8), SPEC) == 0.0


def test_long_songs_are_counted_as_short_ones() -> None:
    steps = BLOCK_STEPS + 500
    beat = np.where(np.arange(steps) % 16 < 2, -20.0, -60.0)
    mel = quantise(np.repeat(beat[:, None], SPEC.n_mels, axis=1).astype(np.float32), SPEC)
    assert onsets_per_second(mel, SPEC) == pytest.approx(2.0, abs=0.02)
