"""Every number about how a sung phrase is heard, once.

A voice asks for other numbers than music: steps half as long, to see its tremor, and its pitch as a line.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass


@dataclass(frozen=True)
class SungSpec:
    """How a sung phrase is transformed. A *step* is one hop, 62.5 a second; a *column* is eight of them.

    A *crop* is what a network hears at once.
    """

    sample_rate: int = 16_000
    """Hz; what the decoder gives."""

    n_fft: int = 1024
    """Samples under one Hann window of the mel spectrogram, 64 ms."""

    hop_length: int = 256
    """Samples between steps, 16 ms: a vibrato of 7 Hz has nine of them a turn."""

    n_mels: int = 80
    mel_fmax_hz: float = 8000.0
    mel_step_db: float = 0.5
    """Log-mel is kept as bytes, in these units above `range_db` below the loudest cell."""

    range_db: float = 75.0
    """What lies this far below the clip's loudest cell counts as silence."""

    pitch_fft: int = 2048
    """Samples under which the pitch is sought, 128 ms."""

    pitch_fmin_hz: float = 75.0
    pitch_fmax_hz: float = 900.0
    silence_db: float = 40.0
    """Steps this far below the loudest one have no pitch; before the first and after the last louder one is margin."""

    margin_steps: int = 8
    pitch_reach: float = 8.0
    """Semitones above and below the clip's median pitch that a network sees."""

    pitch_bins: int = 49
    """Over twice that reach, three bins a semitone: tunes of a whole tone, minor and major third stand apart."""

    crop_steps: int = 240
    """3.84 s: nineteen of twenty phrases of the set whole."""

    pool_steps: int = 8
    """So many steps become one column, 128 ms; how they move inside it is kept beside their mean."""

    n_mfcc: int = 30

    @property
    def steps_per_s(self) -> float:
        return self.sample_rate / self.hop_length

    @property
    def columns(self) -> int:
        """Of a crop."""
        return self.crop_steps // self.pool_steps

    @property
    def rows(self) -> dict[str, slice]:
        """What stands where in a column: see `columns.columns_of`."""
        sizes = {"mel": self.n_mels, "mfcc": self.n_mfcc, "move": self.n_mfcc, "bend": self.n_mfcc}
        sizes |= {"tune": self.pitch_bins, "sung": 2, "level": 1}
        starts = dict(zip(sizes, itertools.accumulate(sizes.values(), initial=0), strict=False))
        return {name: slice(starts[name], starts[name] + size) for name, size in sizes.items()}

    @property
    def width(self) -> int:
        """Values in a column."""
        return self.rows["level"].stop


SUNG_SPEC = SungSpec()
