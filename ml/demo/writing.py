"""Samples become a FLAC file with its title on it."""

from __future__ import annotations

import os
from pathlib import Path

import av
import numpy as np

from ml.demo.stage import Stereo
from ml.demo.waves import RATE

FULL_SCALE = 32_767


def write_flac(path: str | os.PathLike[str], stereo: Stereo, *, title: str, artist: str) -> Path:
    """16 bits, two channels. The file appears under its name when it is whole; the same samples give the same bytes."""
    path = Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with av.open(os.fspath(part), "w", format="flac", options={"fflags": "+bitexact"}) as output:
            output.metadata.update(title=title, artist=artist)
            stream = output.add_stream("flac", rate=RATE, layout="stereo", format="s16")
            for start in range(0, stereo.shape[1], RATE):
                second = np.round(np.clip(stereo[:, start : start + RATE], -1.0, 1.0) * FULL_SCALE).astype(np.int16)
                frame = av.AudioFrame.from_ndarray(
                    np.ascontiguousarray(second.T).reshape(1, -1), format="s16", layout="stereo"
                )
                frame.sample_rate, frame.pts = RATE, start
                output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path
