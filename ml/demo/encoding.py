"""Encodes samples as a FLAC or an Opus file with title and artist."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from ml.demo.stage import Stereo
from ml.demo.waves import RATE

FULL_SCALE_16_BIT = 32_767
OPUS_RATE = 48_000
"""Hz; the only rate that Opus stores."""

OPUS_BIT_RATE = 48_000
OPUS_FRAME = 960
"""Samples: 20 ms."""


def write_flac(path: str | os.PathLike[str], stereo: Stereo, *, title: str, artist: str) -> Path:
    """Write 16-bit stereo at `RATE`. The file appears under its name once complete; equal samples give equal bytes."""
    samples = np.round(np.clip(stereo, -1.0, 1.0) * FULL_SCALE_16_BIT).astype(np.int16)
    return _write(Path(path), samples, Encoding("flac", "flac", "s16", RATE, block=RATE), title, artist)


def write_opus(path: str | os.PathLike[str], stereo: Stereo, *, title: str, artist: str) -> Path:
    """Write Ogg Opus of about 48 kbit/s. The file appears under its name once complete."""
    resampled = resample_poly(stereo, OPUS_RATE // 300, RATE // 300, axis=1)
    samples = np.clip(resampled, -1.0, 1.0).astype(np.float32)
    return _write(Path(path), samples, Encoding("opus", "libopus", "flt", OPUS_RATE, block=OPUS_FRAME), title, artist)


@dataclass(frozen=True)
class Encoding:
    container: str
    codec: str
    sample_format: str
    rate: int
    """Hz."""

    block: int
    """Samples that the encoder takes at a time."""


def _write(path: Path, samples: NDArray[Any], encoding: Encoding, title: str, artist: str) -> Path:
    """Encode samples of shape (2, samples)."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    options = {"fflags": "+bitexact"}
    try:
        with av.open(os.fspath(partial), "w", format=encoding.container, options=options) as output:
            output.metadata.update(title=title, artist=artist)
            stream = output.add_stream(
                encoding.codec, rate=encoding.rate, layout="stereo", format=encoding.sample_format
            )
            assert isinstance(stream, av.AudioStream)
            if encoding.codec == "libopus":
                stream.bit_rate = OPUS_BIT_RATE
            for start in range(0, samples.shape[1], encoding.block):
                interleaved = np.ascontiguousarray(samples[:, start : start + encoding.block].T).reshape(1, -1)
                frame = av.AudioFrame.from_ndarray(interleaved, format=encoding.sample_format, layout="stereo")
                frame.sample_rate, frame.pts = encoding.rate, start
                output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path
