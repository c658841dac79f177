"""Mixing and resampling of audio frames with FFmpeg's filters."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import av.error
from av.audio.frame import AudioFrame
from av.filter import Graph
from av.filter.context import FilterContext

from ml.errors import MoodError

MIN_RATE, MAX_RATE = 1_000, 768_000
"""Hz. Rates outside come from a damaged header; at 5 Hz a small file would last for days."""


class Mixer:
    """Converts frames to `sample_format`, `layout` ("mono" or "stereo") and `sample_rate` (Hz).

    Channels are mixed by FFmpeg's standard matrix, scaled so that no mix gets louder (stereo to mono: the mean).
    Channel layouts that FFmpeg does not know (9, 11, 13 channels...) are averaged. `block` is the number of samples of
    each output frame except the last one. Timestamps are ignored: each frame follows the previous one. Format, layout
    and rate may change between frames, as in radio recordings.

    `push` raises MoodError("audio_unreadable") for an impossible sample rate or channel layout.
    """

    def __init__(self, *, sample_format: str, layout: str, sample_rate: int, block: int | None = None) -> None:
        self._sample_format = sample_format
        self._layout = layout
        self._sample_rate = sample_rate
        self._block = block
        self._graph: Graph | None = None
        self._kind: tuple[str, str, int] | None = None

    def push(self, frame: AudioFrame) -> Iterator[AudioFrame]:
        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        if kind != self._kind:
            yield from self.drain()
            self._graph, self._kind = self._configured(frame), kind
        assert self._graph is not None
        frame.pts = None  # gaps in timestamps must not become silence
        self._graph.push(frame)
        yield from self._pulled()

    def drain(self) -> Iterator[AudioFrame]:
        """The remaining output; the mixer can be used again afterwards."""
        if self._graph is not None:
            self._graph.push(None)
            yield from self._pulled()
            self._graph = self._kind = None

    def _configured(self, frame: AudioFrame) -> Graph:
        if not MIN_RATE <= frame.sample_rate <= MAX_RATE:
            raise _unsupported(frame)
        try:
            return self._linked(frame, averaged=False)
        except av.error.FFmpegError:  # FFmpeg has no mixing matrix for this layout
            pass
        try:
            return self._linked(frame, averaged=True)
        except av.error.FFmpegError as error:
            raise _unsupported(frame) from error

    def _linked(self, frame: AudioFrame, *, averaged: bool) -> Graph:
        graph = Graph()
        nodes = [
            graph.add_abuffer(
                format=frame.format.name,
                sample_rate=frame.sample_rate,
                layout=frame.layout.name,
                time_base=Fraction(1, frame.sample_rate),
            )
        ]
        if averaged:
            count = frame.layout.nb_channels
            mean = "+".join(f"{1 / count:.6f}*c{channel}" for channel in range(count))
            nodes.append(graph.add("pan", f"mono|c0={mean}"))
        nodes += self._outlet(graph)
        graph.link_nodes(*nodes).configure()
        return graph

    def _outlet(self, graph: Graph) -> list[FilterContext]:
        kind = f"out_chlayout={self._layout}:out_sample_fmt={self._sample_format}"
        nodes = [
            graph.add("aresample", f"{self._sample_rate}:{kind}:rematrix_maxval=1"),
            graph.add(
                "aformat",
                f"sample_fmts={self._sample_format}:channel_layouts={self._layout}:sample_rates={self._sample_rate}",
            ),
        ]
        if self._block:
            nodes.append(graph.add("asetnsamples", f"n={self._block}:p=0"))
        nodes.append(graph.add("abuffersink"))
        return nodes

    def _pulled(self) -> Iterator[AudioFrame]:
        assert self._graph is not None
        while True:
            try:
                frame = self._graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            if isinstance(frame, AudioFrame):
                yield frame


def _unsupported(frame: AudioFrame) -> MoodError:
    declared = f"{frame.layout.nb_channels} channels at {frame.sample_rate} Hz"
    return MoodError("audio_unreadable", f"The file declares {declared}; it is damaged or is not music.")
