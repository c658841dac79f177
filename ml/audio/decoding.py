"""The decoder for training and serving: any format that FFmpeg reads, to mono float32, in bounded memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from av.container import InputContainer

from ml.audio.conditioning import OffsetFilter, SampleCheck, StereoDownmix
from ml.audio.container import audio_stream, frames, open_audio
from ml.audio.declared_duration import read_declared_duration
from ml.audio.level import LevelMeter
from ml.audio.mixing import Mixer
from ml.deadline import NEVER, Deadline
from ml.errors import MoodError
from ml.spec import SPEC, AudioSpec

MAX_SAMPLE = 4.0
"""Samples are clipped here. Codecs overshoot 1.0 a little; larger floats come from a damaged file."""

MIN_BYTES_PER_S, MIN_LOSSLESS_BYTES_PER_S = 900, 4_000
"""A file with fewer bytes per declared second does not contain that much audio: 7 kbit/s, and 32 kbit/s if lossless."""

SILENCE = 1e-4
"""A song with a peak below this (-80 dBFS) is silent."""


@dataclass
class DecodingInfo:
    """Facts about a decoded file; complete when all blocks are consumed."""

    declared_s: float | None = None
    """The duration that the file declares; None if it does not."""

    ended: bool = True
    """False if the file's end is missing, whatever its length."""

    samples: int = 0
    sample_rate: int = SPEC.sample_rate
    peak: float = 0.0
    """The largest absolute sample of the mono blocks, full scale 1.0."""

    gain_db: float = 0.0
    """The gain that brings the song to the level of training songs; see `LevelMeter`."""

    damaged_packets: int = 0
    opposed_channels: bool = False
    """Whether the left and right channels are in opposite phase in any part."""
    warnings: list[dict[str, str]] = field(default_factory=list)

    @property
    def duration_s(self) -> float:
        return self.samples / self.sample_rate


def decode(
    path: str | os.PathLike[str],
    info: DecodingInfo,
    spec: AudioSpec = SPEC,
    block_s: float = 10.0,
    deadline: Deadline = NEVER,
) -> Iterator[np.ndarray]:
    """Yields the song as mono float32 blocks (samples,) at `spec.sample_rate`, full scale 1.0, about `block_s` s each.

    Channels are mixed by FFmpeg's standard matrix, scaled so that no mix gets louder (unknown channel layouts: the
    mean); stereo as `StereoDownmix` does. They are resampled by FFmpeg's windowed-sinc filter. NaN and infinity become
    silence, and a DC offset is removed. `info` is updated with each block. Damaged parts are skipped and counted.

    Raises MoodError: audio_unreadable, audio_no_stream, audio_too_short, audio_too_long, audio_silent (the last three
    at the end of the file or at the limit). Raises DeadlineExceeded.
    """
    info.sample_rate = spec.sample_rate
    block = int(block_s * spec.sample_rate)
    with open_audio(path) as container:
        declared = read_declared_duration(path, container)
        info.declared_s, info.ended = declared.duration_s, declared.ended
        if (declared.duration_s or 0.0) > spec.max_duration_s + 0.5 and _is_credible(declared.duration_s, container):
            raise _too_long(info, spec)  # before decoding hours of audio for nothing
        check, offset_filter, meter = SampleCheck(), OffsetFilter(spec.sample_rate), LevelMeter()
        for samples in offset_filter(_mono_blocks(container, info, check, spec, block, deadline)):
            info.peak = max(info.peak, float(np.abs(samples).max(initial=0.0)))
            meter.add(samples)
            yield samples
    info.damaged_packets += check.invalid_runs
    info.gain_db = meter.gain_db
    _check(info, spec)


def _mono_blocks(
    container: InputContainer,
    info: DecodingInfo,
    check: SampleCheck,
    spec: AudioSpec,
    block: int,
    deadline: Deadline,
) -> Iterator[np.ndarray]:
    downmix = StereoDownmix(spec.sample_rate)
    for channels in _channel_blocks(container, info, check, spec, block, deadline):
        info.samples += channels.shape[1]
        if info.duration_s > spec.max_duration_s + 0.5:
            raise _too_long(info, spec)
        samples = np.clip(channels, -MAX_SAMPLE, MAX_SAMPLE)
        if len(samples) == 2:
            yield from downmix.push(samples)
        else:
            yield from downmix.drain()
            yield samples[0]
    yield from downmix.drain()
    info.opposed_channels = downmix.was_opposed


def _channel_blocks(
    container: InputContainer,
    info: DecodingInfo,
    check: SampleCheck,
    spec: AudioSpec,
    block: int,
    deadline: Deadline,
) -> Iterator[np.ndarray]:
    """Resampled float32 blocks (channels, `block`): two channels for stereo, otherwise one. The last one is shorter."""
    mixers = {
        layout: Mixer(sample_format="fltp", layout=layout, sample_rate=spec.sample_rate, block=block)
        for layout in ("mono", "stereo")
    }

    def count_damage() -> None:
        info.damaged_packets += 1

    current = "mono"
    for frame in check.checked(frames(container, count_damage, deadline)):
        layout = "stereo" if frame.layout.nb_channels == 2 else "mono"
        if layout != current:
            yield from (mixed.to_ndarray() for mixed in mixers[current].drain())
            current = layout
        yield from (mixed.to_ndarray() for mixed in mixers[current].push(frame))
    yield from (mixed.to_ndarray() for mixed in mixers[current].drain())


def _is_credible(declared_s: float | None, container: InputContainer) -> bool:
    """Whether the file has enough bytes for the declared duration: some headers lie."""
    codec = audio_stream(container).codec_context.codec
    bytes_per_s = MIN_LOSSLESS_BYTES_PER_S if codec.lossless and not codec.lossy else MIN_BYTES_PER_S
    return container.size >= (declared_s or 0.0) * bytes_per_s


def _too_long(info: DecodingInfo, spec: AudioSpec) -> MoodError:
    allowed, declared_s = length_text(spec.max_duration_s), info.declared_s or 0.0
    if info.duration_s <= spec.max_duration_s < declared_s:
        problem = f"The song is {length_text(declared_s, spec.max_duration_s)} long, but up to {allowed} is allowed"
    else:
        problem = f"The song is longer than the allowed {allowed}"
    return MoodError("audio_too_long", f"{problem}; upload it in parts.")


def length_text(seconds: float, different_from_s: float | None = None) -> str:
    """A duration such as "2 h", "1 h 30 min" or "45 s".

    Above a minute the seconds are left out, unless the text would be that of `different_from_s`.
    """
    total = round(seconds)
    hours, minutes, rest = total // 3600, total // 60 % 60, total % 60
    parts = [f"{number} {unit}" for number, unit in ((hours, "h"), (minutes, "min")) if number]
    short = " ".join(parts) or f"{total} s"
    if different_from_s is None or short != length_text(different_from_s):
        return short
    return " ".join([*parts, f"{max(rest, 1)} s"])


def _check(info: DecodingInfo, spec: AudioSpec) -> None:
    if info.samples == 0:
        raise MoodError("audio_unreadable", "No audio could be decoded; the file is damaged or incomplete.")
    # Codecs trim and pad by some milliseconds: a song of exactly 3 s must not fail because of that.
    if info.duration_s < spec.min_duration_s - 0.1:
        raise MoodError(
            "audio_too_short",
            f"The file has only {info.duration_s:.1f} s of audio; at least {spec.min_duration_s:g} s are required.",
        )
    if info.peak < SILENCE:
        raise silent_file(info)
    info.warnings += _damage_warnings(info)
    if info.opposed_channels:
        message = "The left and right channels are in opposite phase, so one of them was inverted before mixing."
        info.warnings.append({"code": "audio_phase_inverted", "message": message})


def silent_file(info: DecodingInfo) -> MoodError:
    """The error for a file without any sound."""
    message = f"All {info.duration_s:.0f} s of the file are silent; upload a song that is not silent."
    return MoodError("audio_silent", message)


def _damage_warnings(info: DecodingInfo) -> list[dict[str, str]]:
    """A warning if part of the song is missing."""
    declared_s = info.declared_s or 0.0
    if declared_s - info.duration_s > max(1.0, 0.02 * declared_s):
        problem = f"Only {info.duration_s:.0f} s of the {declared_s:.0f} s in the file can be decoded"
    elif not info.ended:
        problem = f"The file ends unexpectedly after {info.duration_s:.0f} s"
    elif info.damaged_packets:
        parts = "1 damaged part" if info.damaged_packets == 1 else f"{info.damaged_packets} damaged parts"
        return [{"code": "audio_damaged", "message": f"Skipped {parts} of the file."}]
    else:
        return []
    return [{"code": "audio_truncated", "message": f"{problem}; the mood is that of this part."}]
