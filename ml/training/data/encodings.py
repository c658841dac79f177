"""Writes a recording again as people's libraries hold it: as MP3, Opus, WMA, in mono, or quieter."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer

GREATEST_RATE = 48_000
"""Hz; what MP3 and WMA store at most."""

OPUS_RATE = 48_000
"""Hz; the only rate of Opus."""


@dataclass(frozen=True)
class Encoding:
    """How a recording is written: file suffix, codec, bits per second (None: lossless), channels and level."""

    suffix: str
    codec: str
    bit_rate: int | None = None
    mono: bool = False
    gain_db: float = 0.0


ENCODINGS = {
    "mp3": Encoding(".mp3", "libmp3lame", 128_000),
    "opus 24 kbit/s": Encoding(".opus", "libopus", 24_000),
    "wma": Encoding(".wma", "wmav2", 128_000),
    "mono wav": Encoding(".wav", "pcm_s16le", mono=True),
    "9 dB quieter": Encoding(".wav", "pcm_s16le", gain_db=-9.0),
}
"""The encodings that the answer must hold for."""


def encode(source: str | os.PathLike[str], target: Path, encoding: Encoding) -> Path:
    """Decodes a recording and writes it to `target` in another encoding.

    Keeps the sample rate up to 48 kHz, and one or two channels. Raises av.FFmpegError if the source is no audio.
    """
    with av.open(os.fspath(source)) as given, av.open(os.fspath(target), "w") as written:
        sound = given.streams.audio[0]
        rate = OPUS_RATE if encoding.codec == "libopus" else min(sound.rate, GREATEST_RATE)
        layout = "mono" if encoding.mono or sound.channels == 1 else "stereo"
        stream = written.add_stream(encoding.codec, rate=rate, layout=layout)
        assert isinstance(stream, av.AudioStream)
        if encoding.bit_rate:
            stream.bit_rate = encoding.bit_rate
        for samples, position in _sound(given, rate):
            changed = samples.mean(axis=1) if layout == "mono" else samples
            loud = np.clip(changed * np.float32(10 ** (encoding.gain_db / 20)), -1.0, 1.0)
            frame = av.AudioFrame.from_ndarray(loud.reshape(1, -1), format="flt", layout=layout)
            frame.sample_rate, frame.pts = rate, position
            written.mux(stream.encode(frame))
        written.mux(stream.encode(None))
    return target


def _sound(given: InputContainer, rate: int) -> Iterator[tuple[np.ndarray, int]]:
    """Blocks of samples, float32 (samples, 1 or 2), each with the number of samples before it."""
    channels = min(given.streams.audio[0].channels, 2)
    resampler, position = av.AudioResampler(format="flt", layout=("mono", "stereo")[channels - 1], rate=rate), 0
    for decoded in (*given.decode(audio=0), None):
        for frame in resampler.resample(decoded):
            yield frame.to_ndarray().reshape(-1, channels), position
            position += frame.samples
