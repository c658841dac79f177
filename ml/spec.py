"""Every number about audio, once.

Training writes the spec into a bundle's card; serving reads it from there, so that a bundle can only ever be
fed what it was trained on.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from ml.errors import MoodError


@dataclass(frozen=True)
class AudioSpec:
    """How audio is read, sliced and transformed. Times in seconds, lengths in samples unless named otherwise.

    A *step* is one hop of the Fourier transform (32 a second). A *frame* is the stretch that the 57 features
    describe. A *segment* is what the networks hear at once.
    """

    sample_rate: int = 16_000
    """Hz. Half of it, 8 kHz, is below the bandwidth of every collection that we train on: see `mel_fmax_hz`."""

    n_fft: int = 2048
    """Samples under one Hann window: 128 ms, 7.8 Hz a bin, enough to tell neighbouring notes from 130 Hz up."""

    hop_length: int = 500
    """Samples between windows: exactly 32 steps a second, so that seconds, frames and segments meet steps."""

    n_mels: int = 96
    mel_fmin_hz: float = 0.0
    mel_fmax_hz: float = 8000.0
    """Recordings end at 8 to 16 kHz depending on their codec; a network that saw above 8 kHz would learn the codec."""

    mel_floor_db: float = -80.0
    mel_step_db: float = 0.5
    """Log-mel values are kept as bytes: value = round((dB - floor) / step), 0..255, that is -80 to +47.5 dB."""

    n_mfcc: int = 20
    frame_s: int = 3
    frame_hop_s: int = 1
    key_stretch_s: int = 15
    """Key and mode look at this much around a frame's middle: three seconds seldom name a key."""

    tempo_stretch_s: int = 12
    """Tempo looks at this much around a frame's middle."""

    tempo_window_s: int = 8
    """The window under which the onset curve is correlated with itself: the slowest beat fits several times."""

    segment_s: int = 10
    segment_hop_s: int = 5
    min_duration_s: float = 3.0
    max_duration_s: float = 7200.0

    @property
    def steps_per_s(self) -> int:
        return self.sample_rate // self.hop_length

    @property
    def frame_steps(self) -> int:
        return self.frame_s * self.steps_per_s

    @property
    def frame_hop_steps(self) -> int:
        return self.frame_hop_s * self.steps_per_s

    @property
    def segment_steps(self) -> int:
        return self.segment_s * self.steps_per_s

    @property
    def segment_frames(self) -> int:
        """Feature frames that lie wholly inside a segment."""
        return (self.segment_s - self.frame_s) // self.frame_hop_s + 1

    @property
    def wide_frames(self) -> int:
        """Feature frames of a stretch three times as long as a segment, the segment in its middle."""
        return (3 * self.segment_s - self.frame_s) // self.frame_hop_s + 1

    def to_card(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_card(cls, values: dict[str, Any]) -> AudioSpec:
        """The spec that a card holds; MoodError("model_incompatible") when this code cannot honour it."""
        known = {field.name for field in fields(cls)}
        if set(values) != known:
            odd = ", ".join(sorted(set(values) ^ known))
            raise MoodError("model_incompatible", f"The model's audio spec and this program disagree on: {odd}.")
        return cls(**values)


SPEC = AudioSpec()
