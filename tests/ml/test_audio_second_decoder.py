"""The ffmpeg program, where it is installed, decodes every format to the same duration and level."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests import sounds
from tests.ml.decoded_audio import decode_file

FFMPEG = shutil.which("ffmpeg") or ""  # here: tests run without programs on their PATH
pytestmark = pytest.mark.skipif(not FFMPEG, reason="the ffmpeg program is not installed")

MAX_DIFFERENCE_S = 0.02
MAX_DIFFERENCE_DB = 0.5


def by_ffmpeg(path: Path) -> np.ndarray:
    """The song as mono float32 at 16 kHz, mixed so that no mix gets louder."""
    resample = "aresample=16000:out_chlayout=mono:rematrix_maxval=1"
    command = [FFMPEG, "-v", "error", "-nostdin", "-i", str(path), "-vn", "-af", resample, "-f", "f32le", "-"]
    return np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, np.float32)


def level_db(samples: np.ndarray) -> float:
    return 10 * np.log10(np.mean(np.square(samples, dtype=np.float64)))


def assert_agree(path: Path) -> None:
    decoded, _ = decode_file(path)
    expected = by_ffmpeg(path)
    assert len(decoded) / 16_000 == pytest.approx(len(expected) / 16_000, abs=MAX_DIFFERENCE_S)
    assert level_db(decoded) == pytest.approx(level_db(expected), abs=MAX_DIFFERENCE_DB)


def channels(count: int, rate: int) -> np.ndarray:
    """Music in every channel, each a little different."""
    music = sounds.music(4.0, rate)
    return np.stack([music * (0.5 + 0.4 * number / count) for number in range(count)]) if count > 1 else music


@pytest.mark.parametrize("form", list(sounds.FORMS))
@pytest.mark.parametrize("count", [1, 2])
def test_every_format_agrees(form: str, count: int, tmp_path: Path) -> None:
    path = tmp_path / f"song{sounds.FORMS[form].suffix}"
    assert_agree(sounds.write(path, channels(count, 44_100), 44_100, form))


@pytest.mark.parametrize("rate", [8000, 11_025, 22_050, 48_000, 96_000, 192_000, 384_000])
def test_every_sample_rate_agrees(rate: int, tmp_path: Path) -> None:
    assert_agree(sounds.write(tmp_path / "song.wav", channels(2, rate), rate))


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 7, 8])
def test_every_number_of_channels_agrees(count: int, tmp_path: Path) -> None:
    import soundfile

    path = tmp_path / "song.wav"
    soundfile.write(path, channels(count, 44_100).T, 44_100, subtype="PCM_16")
    assert_agree(path)
