"""Hearing a file as the product does, and comparing what was heard with what was played."""

from __future__ import annotations

import io
import os
import wave

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from ml.audio.decoding import DecodingInfo, decode
from ml.errors import MoodError
from ml.spec import SPEC

Samples = NDArray[np.float32]


def hear(path: str | os.PathLike[str]) -> tuple[Samples, DecodingInfo]:
    """The whole song, and what was found out about it."""
    facts = DecodingInfo()
    blocks = list(decode(path, facts))
    return np.concatenate(blocks), facts


def failure(path: str | os.PathLike[str]) -> MoodError:
    """Why the song cannot be heard."""
    with pytest.raises(MoodError) as caught:
        hear(path)
    assert caught.value.message.endswith(".")
    return caught.value


def read_wav(wav: bytes) -> tuple[Samples, int]:
    """Samples of shape (channels, samples), full scale 1.0, and their rate in Hz; of 16 bits only."""
    with wave.open(io.BytesIO(wav)) as file:
        assert file.getsampwidth() == 2
        interleaved = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return (interleaved.reshape(-1, file.getnchannels()).T / 32768).astype(np.float32), file.getframerate()


def read_channels(path: str | os.PathLike[str]) -> Samples:
    """Samples as they are in the file, not mixed: (channels, samples)."""
    with av.open(os.fspath(path)) as container:
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
    return np.concatenate(frames, axis=1)


def delay(heard: Samples, played: Samples) -> int:
    """By how many samples `heard` comes after `played`."""
    length = 2 * max(len(heard), len(played))
    match = np.fft.irfft(np.fft.rfft(heard, length) * np.conj(np.fft.rfft(played, length)))
    best = int(np.argmax(match))
    return best if best < length // 2 else best - length


def aligned(heard: Samples, played: Samples, edge_s: float = 0.15) -> tuple[Samples, Samples]:
    """Both without their delay and without the edges, where codecs fade in and out."""
    late, edge = delay(heard, played), round(edge_s * SPEC.sample_rate)
    heard, played = heard[max(late, 0) :], played[max(-late, 0) :]
    length = min(len(heard), len(played)) - edge
    return heard[edge:length], played[edge:length]


def likeness(heard: Samples, played: Samples) -> float:
    """Correlation of the two once aligned: 1.0 for the same wave at whatever loudness."""
    return float(np.corrcoef(*aligned(heard, played))[0, 1])


def gain(heard: Samples, played: Samples) -> float:
    """How much louder, as a factor."""
    heard, played = aligned(heard, played)
    return float(np.std(heard) / np.std(played))


def pitch_hz(samples: Samples, sample_rate: int) -> float:
    """The strongest frequency."""
    strength = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(strength) * sample_rate / len(samples))
