"""The parameters of the features of sung phrases.

Voices need other parameters than music: steps half as long for vibrato, and a pitch contour.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass


@dataclass(frozen=True)
class SungSpec:
    """Feature parameters. A *step* is one hop, 62.5 a second; a *column* is eight of them.

    A *crop* is the input of a network.
    """

    sample_rate: int = 16_000
    """Hz, as the decoder returns."""

    n_fft: int = 1024
    """Samples under one Hann window of the mel spectrogram, 64 ms."""

    hop_length: int = 256
    """Samples between steps, 16 ms: nine per period of a 7 Hz vibrato."""

    n_mels: int = 80
    mel_fmax_hz: float = 8000.0
    mel_step_db: float = 0.5
    """Log-mel is stored as bytes in these units above `range_db` below the loudest cell."""

    range_db: float = 75.0
    """Silence is this far below the loudest cell of the clip."""

    pitch_fft: int = 2048
    """Window of the pitch tracker in samples, 128 ms."""

    pitch_fmin_hz: float = 75.0
    pitch_fmax_hz: float = 900.0
    silence_db: float = 40.0
    """Steps this far below the loudest one have no pitch; leading and trailing ones are trimmed."""

    margin_steps: int = 8
    pitch_reach: float = 8.0
    """Range of the pitch image in semitones above and below the median pitch."""

    pitch_bins: int = 49
    """Three bins a semitone, so that whole tone, minor and major third are distinct."""

    crop_steps: int = 240
    """3.84 s: 95 % of the phrases are complete."""

    pool_steps: int = 8
    """Steps of a column, 128 ms."""

    n_mfcc: int = 30

    @property
    def steps_per_s(self) -> float:
        return self.sample_rate / self.hop_length

    @property
    def columns(self) -> int:
        """Columns of a crop."""
        return self.crop_steps // self.pool_steps

    @property
    def rows(self) -> dict[str, slice]:
        """The slice of each part in a column: see `voice_columns.columns_of`."""
        sizes = {"mel": self.n_mels, "mfcc": self.n_mfcc, "move": self.n_mfcc, "bend": self.n_mfcc}
        sizes |= {"tune": self.pitch_bins, "sung": 2, "level": 1}
        starts = dict(zip(sizes, itertools.accumulate(sizes.values(), initial=0), strict=False))
        return {name: slice(starts[name], starts[name] + size) for name, size in sizes.items()}

    @property
    def width(self) -> int:
        """Values in a column."""
        return self.rows["level"].stop


SUNG_SPEC = SungSpec()
