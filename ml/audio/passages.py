"""Short passages of a song as WAV files, for playback and download.

FFmpeg seeks to the passage and decodes only that; pydub fades it and writes the WAV file. pydub only gets raw samples
and only writes WAV, which works without the ffmpeg program.
"""

from __future__ import annotations

import io
import math
import os
import warnings
from collections.abc import Iterator
from itertools import chain

import av.error
from av.audio.frame import AudioFrame
from av.container import InputContainer

from ml.audio.container import audio_stream, frames, open_audio
from ml.audio.mixing import Mixer
from ml.deadline import Deadline, DeadlineExceeded
from ml.errors import MoodError
from ml.spec import SPEC

with warnings.catch_warnings():
    # pydub warns about a missing ffmpeg program, which is not needed here, and on some Python versions about its own
    # regular expressions and about audioop.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment

MAX_PASSAGE_S = 60.0
"""Seconds. A longer passage is cut to this, so that a response stays below 12 MB."""

MAX_CUT_S = 30.0
"""Seconds to decode a passage. Most take a tenth; a late one of a format that cannot seek takes a few seconds."""

FADE_MS = 15
"""Long enough to remove the click at the cut, too short to be audible as a fade."""

MAX_RATE = 48_000
"""Hz. Every browser plays this; 96 kHz is converted to it."""

PREROLL_S = 0.6
"""Decoding starts this much earlier: mp3 uses bits of earlier frames, and Opus needs 80 ms to converge."""

CONTEXT_S = 0.02
"""Audio before the passage that the resampler gets, so that its filter does not start from silence."""


def cut(path: str | os.PathLike[str], start_s: float, end_s: float, *, fade_ms: int = FADE_MS) -> bytes:
    """The song from `start_s` to `end_s` as a WAV file: 16 bits, mono or stereo, its own rate up to 48 kHz.

    Times are in seconds from the first sample of `ml.audio.decoding.decode`, accurate to a few milliseconds in every
    format; damage before the passage shifts them by the missing duration. The passage ends with the song or after
    `MAX_PASSAGE_S`. `fade_ms` is the length of the fades at both ends, at most half of the passage.

    Raises MoodError: passage_outside_song, passage_too_slow after `MAX_CUT_S`, and audio_unreadable or audio_no_stream
    as in decoding.
    """
    if not (math.isfinite(start_s) and math.isfinite(end_s) and 0 <= start_s < end_s) or start_s > SPEC.max_duration_s:
        raise _outside(f"A passage from {start_s:g} s to {end_s:g} s does not exist")
    length_s = min(end_s - start_s, MAX_PASSAGE_S)
    deadline = Deadline.after(MAX_CUT_S)
    with open_audio(path) as container:
        stream = audio_stream(container)
        rate = min(stream.sample_rate or MAX_RATE, MAX_RATE)
        channels = 1 if stream.channels == 1 else 2
        try:
            pcm = _samples(container, path, start_s, length_s, rate, channels, deadline)
        except DeadlineExceeded:
            raise MoodError(
                "passage_too_slow",
                f"The passage takes more than {MAX_CUT_S:g} s to decode; download the song and play it there.",
            ) from None
    passage = AudioSegment(data=pcm, sample_width=2, frame_rate=rate, channels=channels)
    if not len(passage):
        raise _outside(f"The song ends before {start_s:g} s")
    if fade_ms := min(fade_ms, len(passage) // 2):  # pydub fails on a fade of length 0
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
    deadline: Deadline,
) -> bytes:
    """Interleaved 16-bit samples of the passage; fewer or none if the song ends before."""
    mixer = Mixer(sample_format="s16", layout="mono" if channels == 1 else "stereo", sample_rate=rate)
    pcm = bytearray()
    skip: int | None = None
    end = 0
    for time_s, frame in _timed_frames(container, path, start_s, deadline):
        if skip is None:
            if time_s + frame.samples / frame.sample_rate <= start_s - CONTEXT_S:
                continue
            skip = max(0, round((start_s - time_s) * rate)) * 2 * channels
            end = skip + round(length_s * rate) * 2 * channels
        for mixed in mixer.push(frame):
            pcm += bytes(mixed.planes[0])[: mixed.samples * 2 * channels]
        if len(pcm) >= end:
            break
    for mixed in mixer.drain():
        pcm += bytes(mixed.planes[0])[: mixed.samples * 2 * channels]
    return bytes(pcm[skip:end]) if skip is not None else b""


def _timed_frames(
    container: InputContainer, path: str | os.PathLike[str], start_s: float, deadline: Deadline
) -> Iterator[tuple[float, AudioFrame]]:
    """Frames from shortly before `start_s`, each with its time in seconds from the song's first sample."""
    first = next(frames(container, deadline=deadline), None)
    if first is None:
        raise MoodError("audio_unreadable", "No audio could be decoded; the file is damaged or incomplete.")
    after_seek = _frames_after_seek(container, first, start_s, deadline) if start_s > 2 * PREROLL_S else None
    if after_seek is not None:
        yield from after_seek
        return
    with open_audio(path) as reopened:  # from the beginning: slow for a late passage, but always exact
        yield from _counted(frames(reopened, deadline=deadline), 0.0)


def _frames_after_seek(
    container: InputContainer, first: AudioFrame, start_s: float, deadline: Deadline
) -> Iterator[tuple[float, AudioFrame]] | None:
    """The frames after a seek; None if the container cannot seek or lands after the target."""
    stream = audio_stream(container)
    if first.pts is None or first.time_base is None or stream.time_base is None:
        return None
    origin_s = float(first.pts * first.time_base)
    target_s = origin_s + start_s - PREROLL_S
    try:
        container.seek(int(target_s / stream.time_base), stream=stream, backward=True)
    except av.error.FFmpegError:
        return None
    rest = frames(container, deadline=deadline)
    frame = next(rest, None)
    if frame is None or frame.pts is None or frame.time_base is None:
        return None
    position_s = float(frame.pts * frame.time_base) - origin_s
    if position_s > start_s - CONTEXT_S:
        return None
    return _counted(chain([frame], rest), position_s)


def _counted(frames: Iterator[AudioFrame], time_s: float) -> Iterator[tuple[float, AudioFrame]]:
    """Times by counting samples, as in decoding: some containers round timestamps to milliseconds."""
    for frame in frames:
        yield time_s, frame
        time_s += frame.samples / frame.sample_rate


def _outside(problem: str) -> MoodError:
    return MoodError("passage_outside_song", f"{problem}; choose a start and a later end within the song.")
