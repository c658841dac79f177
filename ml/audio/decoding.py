"""The one decoder, for training and serving: what FFmpeg reads, to mono float32, in bounded memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from av.audio.frame import AudioFrame
from av.container import InputContainer

from ml.audio.container import frames, open_audio
from ml.audio.declared_duration import read_extent
from ml.audio.mixing import Mixer
from ml.errors import MoodError
from ml.spec import SPEC, AudioSpec

LOUDEST = 4.0
"""Samples are cut here. Codecs overshoot 1.0 a little; floats far above it are a broken file."""

SILENCE = 1e-4
"""A song whose every sample is below this (-80 dBFS) holds nothing to hear."""


@dataclass
class DecodingInfo:
    """What became known while decoding; complete once the blocks are used up."""

    declared_s: float | None = None
    """What the file itself says; None where it does not say."""

    ended: bool = True
    """False where the file's end is known to be missing, though not how much of it."""

    samples: int = 0
    sample_rate: int = SPEC.sample_rate
    peak: float = 0.0
    damaged_packets: int = 0
    warnings: list[dict[str, str]] = field(default_factory=list)

    @property
    def duration_s(self) -> float:
        return self.samples / self.sample_rate


def decode(
    path: str | os.PathLike[str], facts: DecodingInfo, spec: AudioSpec = SPEC, block_s: float = 10.0
) -> Iterator[np.ndarray]:
    """Yields the song as mono float32 blocks at `spec.sample_rate`, about `block_s` seconds each.

    Shape (samples,), full scale 1.0. Channels are mixed by FFmpeg's standard matrix, scaled so that no mix
    gets louder (stereo: the mean; an arrangement that FFmpeg does not know: the mean), and resampled by its
    windowed-sinc filter. `facts` is filled as the blocks come. Damaged packets are left out and counted.

    Raises MoodError: audio_unreadable, audio_no_stream, audio_too_short, audio_too_long, audio_silent (the
    last three when the end, or the limit, is reached).
    """
    facts.sample_rate = spec.sample_rate
    block = int(block_s * spec.sample_rate)
    with open_audio(path) as container:
        extent = read_extent(path, container)
        facts.declared_s, facts.ended = extent.duration_s, extent.ended
        if (extent.duration_s or 0.0) > spec.max_duration_s + 0.5:
            raise _too_long(facts, spec)  # at once, not after hours of music have been decoded in vain
        for samples in _blocks(container, facts, spec, block):
            facts.samples += len(samples)
            facts.peak = max(facts.peak, float(np.abs(samples).max(initial=0.0)))
            if facts.duration_s > spec.max_duration_s + 0.5:
                raise _too_long(facts, spec)
            yield samples
    _judge(facts, spec)


def _blocks(container: InputContainer, facts: DecodingInfo, spec: AudioSpec, block: int) -> Iterator[np.ndarray]:
    """Decodes, mixes, resamples, and hands on whole blocks; the last one is what is left."""
    mixer = Mixer(sample_format="flt", layout="mono", sample_rate=spec.sample_rate, block=block)

    def count_damage() -> None:
        facts.damaged_packets += 1

    for frame in frames(container, count_damage):
        yield from map(_samples, mixer.push(frame))
    yield from map(_samples, mixer.drain())


def _samples(frame: AudioFrame) -> np.ndarray:
    samples = frame.to_ndarray().reshape(-1).astype(np.float32, copy=False)
    return np.clip(np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0), -LOUDEST, LOUDEST)


def _too_long(facts: DecodingInfo, spec: AudioSpec) -> MoodError:
    allowed = f"{spec.max_duration_s / 3600:g} h"
    declared = facts.declared_s or 0.0
    found = f"{declared / 3600:.1f} h long" if declared > spec.max_duration_s else f"longer than {allowed}"
    return MoodError("audio_too_long", f"The song is {found}; up to {allowed} is allowed; send it in parts.")


def _judge(facts: DecodingInfo, spec: AudioSpec) -> None:
    if facts.samples == 0:
        raise MoodError("audio_unreadable", "No sound could be decoded; the file is damaged or incomplete.")
    # Codecs trim and pad by some milliseconds: a song that was made 3 s long must not fail for them.
    if facts.duration_s < spec.min_duration_s - 0.1:
        raise MoodError(
            "audio_too_short",
            f"Only {facts.duration_s:.1f} s of sound could be decoded; at least {spec.min_duration_s:g} s are needed.",
        )
    if facts.peak < SILENCE:
        found = f"All {facts.duration_s:.0f} s of the file are silent"
        raise MoodError("audio_silent", f"{found}; send one with sound.")
    facts.warnings += _damage(facts)


def _damage(facts: DecodingInfo) -> list[dict[str, str]]:
    """A warning, where part of the song is missing."""
    declared_s = facts.declared_s or 0.0
    if declared_s - facts.duration_s > max(1.0, 0.02 * declared_s):
        found = f"Only {facts.duration_s:.0f} s of the {declared_s:.0f} s in the file could be read"
    elif not facts.ended:
        found = f"The file breaks off after {facts.duration_s:.0f} s"
    elif facts.damaged_packets:
        places = "A damaged place" if facts.damaged_packets == 1 else f"{facts.damaged_packets} damaged places"
        return [{"code": "audio_damaged", "message": f"{places} in the file had to be left out."}]
    else:
        return []
    return [{"code": "audio_truncated", "message": f"{found}; the mood is that of this part."}]
