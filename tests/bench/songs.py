"""Songs to measure with, synthesised so that everyone measures the same."""

from __future__ import annotations

from itertools import cycle, islice
from pathlib import Path

import av
import numpy as np

from tests.sounds import write
from tests.synthesis import music

RATE = 44_100
TEMPI = (72, 96, 120, 144)


def song(path: Path, seconds: float = 240.0) -> Path:
    """A stereo mp3 at 44.1 kHz and 128 kbit/s that changes every minute, with noise up to the highest frequencies."""
    minutes = []
    for number, tempo_bpm in enumerate(TEMPI):
        piece = music(seconds / len(TEMPI), sample_rate=RATE, tempo_bpm=tempo_bpm, minor=number % 2 == 0)
        noise = np.random.default_rng(number).normal(0.0, 0.01, (2, piece.size)).astype(np.float32)
        minutes.append(np.clip(piece.reshape(1, -1) + noise, -1.0, 1.0))
    return write(path, np.concatenate(minutes, axis=1), sample_rate=RATE)


def repeat_to_length(source: Path, path: Path, seconds: float) -> Path:
    """Hours of music at once: the packets of the source, repeated."""
    with av.open(str(source)) as container:
        stream = container.streams.audio[0]
        packets = [bytes(packet) for packet in container.demux(stream) if packet.size]
        packet_s = 1152 / stream.rate
    with path.open("wb") as file:
        file.writelines(islice(cycle(packets), round(seconds / packet_s)))
    return path


def copies(source: Path, folder: Path, count: int) -> list[Path]:
    """Files with the same audio and different checksums: bytes of padding follow the last packet."""
    folder.mkdir(parents=True, exist_ok=True)
    content = source.read_bytes()
    paths = []
    for number in range(count):
        path = folder / f"{source.stem}-{number}{source.suffix}"
        path.write_bytes(content + b"\0" * (number + 1))
        paths.append(path)
    return paths


def rotated(source: Path, folder: Path, count: int) -> list[Path]:
    """Files of the same length with different audio: each starts with another packet of the source."""
    folder.mkdir(parents=True, exist_ok=True)
    with av.open(str(source)) as container:
        packets = [bytes(packet) for packet in container.demux(container.streams.audio[0]) if packet.size]
    if count > len(packets):
        raise ValueError(f"The source has {len(packets)} packets, too few for {count} songs.")
    paths = []
    for number in range(count):
        path = folder / f"{source.stem}-{number}{source.suffix}"
        path.write_bytes(b"".join(packets[number:] + packets[:number]))
        paths.append(path)
    return paths
