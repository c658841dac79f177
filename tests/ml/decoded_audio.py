"""Decoding a file as the product does, and comparing the samples with the original."""

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


def decode_file(path: str | os.PathLike[str]) -> tuple[Samples, DecodingInfo]:
    """The samples of the whole song, and the decoding info."""
    info = DecodingInfo()
    blocks = list(decode(path, info))
    return np.concatenate(blocks), info


def decode_error(path: str | os.PathLike[str]) -> MoodError:
    """The error that decoding raises."""
    with pytest.raises(MoodError) as caught:
        decode_file(path)
    assert caught.value.message.endswith(".")
    return caught.value


def read_wav(wav: bytes) -> tuple[Samples, int]:
    """Samples of shape (channels, samples), full scale 1.0, and their rate in Hz; of 16 bits only."""
    with wave.open(io.BytesIO(wav)) as file:
        assert file.getsampwidth() == 2
        interleaved = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return (interleaved.reshape(-1, file.getnchannels()).T / 32768).astype(np.float32), file.getframerate()


def read_channels(path: str | os.PathLike[str]) -> Samples:
    """Unmixed samples of the file: (channels, samples)."""
    with av.open(os.fspath(path)) as container:
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
    return np.concatenate(frames, axis=1)


def delay(decoded: Samples, original: Samples) -> int:
    """The delay of `decoded` relative to `original`, in samples."""
    length = 2 * max(len(decoded), len(original))
    match = np.fft.irfft(np.fft.rfft(decoded, length) * np.conj(np.fft.rfft(original, length)))
    best = int(np.argmax(match))
    return best if best < length // 2 else best - length


def aligned(decoded: Samples, original: Samples, edge_s: float = 0.15) -> tuple[Samples, Samples]:
    """Both signals aligned and without their edges, where codecs fade in and out."""
    late, edge = delay(decoded, original), round(edge_s * SPEC.sample_rate)
    decoded, original = decoded[max(late, 0) :], original[max(-late, 0) :]
    length = min(len(decoded), len(original)) - edge
    return decoded[edge:length], original[edge:length]


def similarity(decoded: Samples, original: Samples) -> float:
    """Correlation after alignment: 1.0 for the same waveform at any level."""
    return float(np.corrcoef(*aligned(decoded, original))[0, 1])


def gain(decoded: Samples, original: Samples) -> float:
    """The gain of `decoded` relative to `original`, as a factor."""
    decoded, original = aligned(decoded, original)
    return float(np.std(decoded) / np.std(original))


def pitch_hz(samples: Samples, sample_rate: int) -> float:
    """The strongest frequency."""
    strength = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(strength) * sample_rate / len(samples))
