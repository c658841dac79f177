"""Copies of recordings with another production."""

from __future__ import annotations

import csv
import wave
from pathlib import Path

import numpy as np
import pytest

from ml.training.augment import make_copies
from ml.training.data.audio_augmentation import BLOCK, SAMPLE_RATE, with_other_production


def recording(seconds: float = 2.0) -> np.ndarray:
    """A chord with a beat."""
    time = np.arange(int(SAMPLE_RATE * seconds)) / SAMPLE_RATE
    chord = sum(np.sin(2 * np.pi * hz * time) for hz in (220, 277, 330))
    return (0.2 * chord * (1 + np.sin(2 * np.pi * 2 * time))).astype(np.float32)


@pytest.mark.parametrize("seed", range(12))
def test_a_copy_is_finite_not_clipped_and_about_as_long(seed: int) -> None:
    copy = with_other_production(recording(), np.random.default_rng(seed))
    assert np.isfinite(copy).all()
    assert copy.dtype == np.float32
    assert 0.3 <= np.abs(copy).max() <= 0.95 + 1e-6
    assert 0.9 * len(recording()) - BLOCK <= len(copy) <= 1.1 * len(recording())


def test_the_same_seed_gives_the_same_copy_and_another_seed_another_one() -> None:
    first, again, other = (with_other_production(recording(), np.random.default_rng(seed)) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    assert len(first) != len(other) or not np.allclose(first, other)


def test_a_recording_that_is_too_short_is_refused_by_length() -> None:
    with pytest.raises(ValueError, match="The recording has 100 samples; at least 18000 are needed"):
        with_other_production(np.zeros(100, np.float32), np.random.default_rng(0))


def test_every_readable_clip_gets_one_copy_and_a_second_run_makes_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heads = {
        "4qaed": "file,quadrant,valence,arousal,moods,genres,artist_key,fold\n",
        "mirex": "file,cluster,mood,artist_key,fold\n",
        "emotify": "file,fold,artist_key\n",
    }
    for name, head in heads.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "labels.csv").write_text(head)
    (tmp_path / "mirex" / "labels.csv").write_text(heads["mirex"] + "a.wav,1,rowdy,x,0\nb.wav,2,fun,y,1\n")
    with wave.open(str(tmp_path / "mirex" / "a.wav"), "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(SAMPLE_RATE)
        target.writeframes((recording(4.0) * 32767).astype("<i2").tobytes())
    (tmp_path / "mirex" / "b.wav").write_bytes(b"no sound")
    assert make_copies(tmp_path) == 1
    assert "left out mirex/b.wav" in capsys.readouterr().out
    with (tmp_path / "augmented" / "clips.csv").open() as handle:
        assert list(csv.DictReader(handle)) == [{"file": "mirex-a.wav", "source": "mirex/a.wav"}]
    written = (tmp_path / "augmented" / "mirex-a.wav").stat().st_mtime_ns
    assert make_copies(tmp_path) == 1
    assert (tmp_path / "augmented" / "mirex-a.wav").stat().st_mtime_ns == written
