"""The passages that people hear and download: a few seconds of a song as WAV.

FFmpeg seeks and decodes no more than the passage; pydub cuts, fades and packs it. pydub is only ever given
raw samples and only ever asked for WAV, the two things it does without an ffmpeg program.
"""

from __future__ import annotations

import io
import math
import os
import warnings
from collections.abc import Iterator

import av.error
from av.audio.frame import AudioFrame
from av.container import InputContainer

from ml.audio.container import audio_stream, frames, open_audio
from ml.audio.mixing import Mixer
from ml.errors import MoodError
from ml.spec import SPEC

with warnings.catch_warnings():
    # pydub warns that it finds no ffmpeg, which it does not need here, and, on some versions of Python, of
    # its own regular expressions and of audioop's age.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment

LONGEST_S = 60.0
"""Seconds; a longer passage is cut to this, so that an answer stays below 12 MB."""

FADE_MS = 15
"""Enough to take the click out of a cut, too short to be heard as a fade."""

HIGHEST_RATE = 48_000
"""Hz. Every browser plays this; 96 kHz is halved."""

RUN_UP_S = 0.6
"""Decoding begins this much earlier: mp3 borrows bits from earlier frames, Opus needs 80 ms to settle."""

CONTEXT_S = 0.02
"""What the resampler sees before the passage begins, so that its filter is filled with music."""


def cut(path: str | os.PathLike[str], start_s: float, end_s: float, *, fade_ms: int = FADE_MS) -> bytes:
    """The song from `start_s` to `end_s` as a WAV file: 16 bits, mono or stereo, its own rate up to 48 kHz.

    Times in seconds from the first sample that `ml.audio.decoding.decode` gives, exact to a few milliseconds
    for every format; in a file that is damaged before the passage they are off by what is missing there. The
    passage ends with the song, and after `LONGEST_S` at the latest. `fade_ms` is the length of the fades at
    both ends, at most half of the passage.

    Raises MoodError: passage_outside_song, and audio_unreadable or audio_no_stream as in decoding.
    """
    if not (math.isfinite(start_s) and math.isfinite(end_s) and 0 <= start_s < end_s) or start_s > SPEC.max_duration_s:
        raise _outside(f"A passage from {start_s:g} s to {end_s:g} s does not exist")
    length_s = min(end_s - start_s, LONGEST_S)
    with open_audio(path) as container:
        stream = audio_stream(container)
        rate = min(stream.sample_rate or HIGHEST_RATE, HIGHEST_RATE)
        channels = 1 if stream.channels == 1 else 2
        pcm = _samples(container, path, start_s, length_s, rate, channels)
    passage = AudioSegment(data=pcm, sample_width=2, frame_rate=rate, channels=channels)
    if not len(passage):
        raise _outside(f"The song ends before {start_s:g} s")
    if fade_ms := min(fade_ms, len(passage) // 2):  # pydub stumbles over a fade of nothing
        passage = passage.fade_in(fade_ms).fade_out(fade_ms)
    wav = io.BytesIO()
    passage.export(wav, format="wav")
    return wav.getvalue()


def _samples(
    container: InputContainer,
    path: str | os.PathLike[str],
    start_s: float,
    length_s: float,
    rate: int,
    channels: int,
) -> bytes:
    """Interleaved 16-bit samples of the passage; fewer, or none, where the song ends before."""
    mixer = Mixer(sample_format="s16", layout="mono" if channels == 1 else "stereo", sample_rate=rate)
    pcm = bytearray()
    skip = wanted = None
    for time_s, frame in _timed_frames(container, path, start_s):
        if skip is None:
            if time_s + frame.samples / frame.sample_rate <= start_s - CONTEXT_S:
                continue
            skip = max(0, round((start_s - time_s) * rate)) * 2 * channels
            wanted = skip + round(length_s * rate) * 2 * channels
        for mixed in mixer.push(frame):
            pcm += bytes(mixed.planes[0])[: mixed.samples * 2 * channels]
        if len(pcm) >= wanted:
            break
    for mixed in mixer.drain():
        pcm += bytes(mixed.planes[0])[: mixed.samples * 2 * channels]
    return bytes(pcm[skip:wanted]) if skip is not None else b""


def _timed_frames(
    container: InputContainer, path: str | os.PathLike[str], start_s: float
) -> Iterator[tuple[float, AudioFrame]]:
    """Frames from somewhat before `start_s` on, each with its time, counted from the song's first sample."""
    first = next(frames(container), None)
    if first is None:
        raise MoodError("audio_unreadable", "No sound could be decoded; the file is damaged or incomplete.")
    sought = _sought(container, first, start_s) if start_s > 2 * RUN_UP_S else None
    if sought is not None:
        yield from sought
        return
    with open_audio(path) as afresh:  # from the beginning: slow for what lies late, but always right
        yield from _counted(frames(afresh), 0.0)


def _sought(container: InputContainer, first: AudioFrame, start_s: float) -> Iterator[tuple[float, AudioFrame]] | None:
    """The frames after a seek; None if the container cannot seek, or lands behind the goal."""
    stream = audio_stream(container)
    if first.pts is None or first.time_base is None or stream.time_base is None:
        return None
    origin_s = float(first.pts * first.time_base)
    goal_s = origin_s + start_s - RUN_UP_S
    try:
        container.seek(int(goal_s / stream.time_base), stream=stream, backward=True)
    except av.error.FFmpegError:
        return None
    landed = frames(container)
    frame = next(landed, None)
    if frame is None or frame.pts is None:
        return None
    landed_s = float(frame.pts * frame.time_base) - origin_s
    if landed_s > start_s - CONTEXT_S:
        return None
    return _counted(_chained(frame, landed), landed_s)


def _chained(first: AudioFrame, rest: Iterator[AudioFrame]) -> Iterator[AudioFrame]:
    yield first
    yield from rest


def _counted(walk: Iterator[AudioFrame], time_s: float) -> Iterator[tuple[float, AudioFrame]]:
    """Times by counting samples, as decoding does: some containers round theirs to milliseconds."""
    for frame in walk:
        yield time_s, frame
        time_s += frame.samples / frame.sample_rate


def _outside(found: str) -> MoodError:
    return MoodError("passage_outside_song", f"{found}; choose times within the song, the beginning first.")
