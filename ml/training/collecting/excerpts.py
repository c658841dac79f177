"""Cuts a passage of a recording into a FLAC file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import av.error
import numpy as np
from av.audio.frame import AudioFrame
from av.container import InputContainer

from ml.audio.container import audio_stream, frames, open_audio
from ml.audio.mixing import Mixer
from ml.errors import MoodError
from ml.spec import SPEC
from ml.training.collecting.atomic_files import DISK_FULL_ERRORS

MAX_SAMPLE_RATE = 48_000
"""Hz. Analysis uses 16,000; more than 48,000 only takes space."""

BLOCK = 4096
"""Samples per frame; FFmpeg's FLAC encoder accepts up to 65,535."""

TOLERANCE_S = 0.05
"""Codecs pad and trim, so a passage may end this much after its recording."""


@dataclass(frozen=True)
class Cut:
    """The requested part of a recording."""

    start_s: float | None = None
    end_s: float | None = None
    length_s: float | None = None
    """Used without `end_s`; without `start_s`, the position is `at`."""

    at: str = "middle"
    """middle or start."""

    def passage(self, duration_s: float) -> tuple[float, float] | None:
        """Start and end in seconds, in a recording of this length; None for all of it.

        Raises MoodError("passage_outside_song") if it is too short for training.
        """
        start_s, end_s = self._requested(duration_s)
        if end_s - start_s < SPEC.min_duration_s - TOLERANCE_S:
            raise MoodError(
                "passage_outside_song",
                f"Only {max(0.0, end_s - start_s):.1f} s after {start_s:g} s are inside the recording of "
                f"{duration_s:.1f} s; at least {SPEC.min_duration_s:g} s are needed.",
            )
        return (start_s, end_s) if start_s > 0 or end_s < duration_s - TOLERANCE_S else None

    def _requested(self, duration_s: float) -> tuple[float, float]:
        if self.end_s is not None:
            return self.start_s or 0.0, min(self.end_s, duration_s)
        if self.length_s is None:
            return self.start_s or 0.0, duration_s
        start_s = self.start_s
        if start_s is None:
            start_s = max(0.0, (duration_s - self.length_s) / 2) if self.at == "middle" else 0.0
        return start_s, min(start_s + self.length_s, duration_s)


def write_passage(path: Path, target: Path, start_s: float, end_s: float) -> None:
    """Writes `path` from `start_s` to `end_s` as FLAC: 16 bits, mono or stereo, its own rate up to 48 kHz.

    Times in seconds from the first sample that `ml.audio.decoding.decode` gives. The recording is decoded from
    its beginning, which works for every format, in bounded memory. The same passage always gives the same bytes.

    Raises MoodError: audio_unreadable, audio_no_stream, and passage_outside_song if the passage is empty.
    """
    with open_audio(path) as source:
        stream = audio_stream(source)
        rate = min(stream.sample_rate or MAX_SAMPLE_RATE, MAX_SAMPLE_RATE)
        layout = "mono" if stream.channels == 1 else "stereo"
        mixer = Mixer(sample_format="s16", layout=layout, sample_rate=rate, block=BLOCK)
        passage = _between(_mixed(source, mixer), round(start_s * rate), round(end_s * rate))
        try:
            written = _write_flac(target, passage, rate, layout)
        except av.error.FFmpegError as error:
            if error.errno in DISK_FULL_ERRORS:
                raise OSError(error.errno, error.strerror, os.fspath(target)) from error
            raise MoodError(
                "audio_unreadable", "The recording could not be cut. It is damaged, or not audio."
            ) from error
    if not written:
        raise MoodError("passage_outside_song", f"The recording ends before {start_s:g} s. Choose another part.")


def _mixed(source: InputContainer, mixer: Mixer) -> Iterator[AudioFrame]:
    for frame in frames(source):
        yield from mixer.push(frame)
    yield from mixer.drain()


def _write_flac(target: Path, passage: Iterable[np.ndarray], rate: int, layout: str) -> int:
    """Returns the number of samples written for each channel."""
    written = 0
    # Without the encoder's version, so that FFmpeg versions write the same bytes.
    with av.open(os.fspath(target), "w", format="flac", options={"fflags": "+bitexact"}) as output:
        flac = output.add_stream("flac", rate=rate, layout=layout)
        flac.codec_context.format = "s16"
        for samples in passage:
            frame = AudioFrame.from_ndarray(samples, format="s16", layout=layout)
            frame.sample_rate, frame.pts = rate, written
            written += frame.samples
            output.mux(flac.encode(frame))
        if written:
            output.mux(flac.encode(None))
    return written


def _between(frames: Iterator[AudioFrame], start: int, end: int) -> Iterator[np.ndarray]:
    """int16 (1, samples * channels), interleaved, of the samples from `start` to `end`."""
    position = 0
    for frame in frames:
        channels = frame.layout.nb_channels
        first, last = max(start - position, 0), min(end - position, frame.samples)
        if first < last:
            yield np.ascontiguousarray(frame.to_ndarray()[:, first * channels : last * channels])
        position += frame.samples
        if position >= end:
            return
