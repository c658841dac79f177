"""All audio parameters in one place.

Training writes the spec into a bundle's card and serving reads it from there, so that a bundle always gets the input
it was trained on.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from ml.errors import MoodError


@dataclass(frozen=True)
class AudioSpec:
    """How audio is decoded, segmented and transformed. Times are in seconds, lengths in samples unless noted.

    A *step* is one hop of the STFT (32 per second). A *frame* is the 3 s that one row of the 57 features describes. A
    *segment* is the 10 s that the networks read at once.
    """

    sample_rate: int = 16_000
    """Hz. The Nyquist frequency, 8 kHz, is below the bandwidth of every training collection: see `mel_fmax_hz`."""

    n_fft: int = 2048
    """Window length: 128 ms, 7.8 Hz per bin, which resolves neighbouring notes from 130 Hz up."""

    hop_length: int = 500
    """Samples between windows: exactly 32 steps per second, so that seconds, frames and segments align with steps."""

    n_mels: int = 96
    mel_fmin_hz: float = 0.0
    mel_fmax_hz: float = 8000.0
    """Codecs cut off at 8 to 16 kHz; a network that saw frequencies above 8 kHz would learn the codec."""

    mel_floor_db: float = -80.0
    mel_step_db: float = 0.5
    """Log-mel values are stored as bytes: round((dB - floor) / step), 0..255, which is -80 to +47.5 dB."""

    n_mfcc: int = 20
    frame_s: int = 3
    frame_hop_s: int = 1
    key_stretch_s: int = 15
    """Context of key and mode around a frame's middle: three seconds rarely establish a key."""

    tempo_stretch_s: int = 12
    """Context of the tempo around a frame's middle."""

    tempo_window_s: int = 8
    """Window of the onset autocorrelation: several periods of the slowest beat."""

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
        """Feature frames that lie completely inside a segment."""
        return (self.segment_s - self.frame_s) // self.frame_hop_s + 1

    @property
    def wide_frames(self) -> int:
        """Feature frames of three segment lengths, with the segment in the middle."""
        return (3 * self.segment_s - self.frame_s) // self.frame_hop_s + 1

    def to_card(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_card(cls, values: dict[str, Any]) -> AudioSpec:
        """The spec in a card. Raises MoodError("model_incompatible") if its fields are not those of this class."""
        names = {field.name for field in fields(cls)}
        if set(values) != names:
            different = ", ".join(sorted(set(values) ^ names))
            raise MoodError("model_incompatible", f"The model's audio spec and this program differ in: {different}.")
        return cls(**values)


SPEC = AudioSpec()
