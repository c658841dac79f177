"""Checks whether a file is usable for training, and whether two files are the same recording."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ml.audio.decoding import DecodingInfo, decode
from ml.audio.sniffing import read_head, recognise

FULL_SCALE = 32_767


@dataclass(frozen=True)
class AudioContent:
    """The content of an audio file."""

    container: str
    """As in `ml.audio.sniffing.recognise`."""

    duration_s: float
    digest: str
    """SHA-256 of the decoded audio: the same for a WAV and its FLAC, with any tags."""

    warning: str = ""
    """A message if something is damaged or missing."""


def inspect_audio(path: Path) -> AudioContent:
    """Decodes the whole file, as training does.

    Raises MoodError: not_audio, audio_unreadable, audio_no_stream, audio_too_short, audio_too_long, audio_silent.
    """
    with path.open("rb") as file:
        container = recognise(read_head(file))
    facts, digest = DecodingInfo(), hashlib.sha256()
    for block in decode(path, facts):
        # 16 bits, because floats of lossless formats differ in the last digit.
        digest.update(np.rint(np.clip(block, -1, 1) * FULL_SCALE).astype("<i2").tobytes())
    warning = " ".join(warning["message"] for warning in facts.warnings)
    return AudioContent(container, facts.duration_s, digest.hexdigest(), warning)


def sha256_of(path: Path) -> str:
    """The hexadecimal SHA-256 of the file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
