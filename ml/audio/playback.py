"""Which files browsers play directly, and mp3 copies of all others."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import av
import av.error
from av.audio.stream import AudioStream
from av.packet import Packet

from ml.audio.container import audio_stream, frames, open_audio, video_stream
from ml.audio.mixing import Mixer
from ml.audio.padding import audio_start
from ml.deadline import NEVER, Deadline
from ml.errors import MoodError

PLAYED = {
    "mp3": {"mp3"},
    "wav": {"pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_f32le"},
    "flac": {"flac"},
    "ogg": {"vorbis", "opus"},
    "mp4": {"aac"},
    "adts": {"aac"},
    "webm": {"vorbis", "opus"},
}
"""Container to the codecs that Chrome, Firefox and Safari all play in an <audio> element.

Safari plays Ogg from version 18.4 (spring 2025); older versions only play the passages, which are WAV. Only Safari
plays ALAC and AIFF; no browser plays WMA.
"""

AAC_PROFILES = {None, "LC", "HE-AAC", "HE-AACv2"}
"""Profiles that all platforms decode. Main, LTP, SSR and USAC work only on some."""

CONTAINERS = {
    "mov": "mp4",
    "aac": "adts",
    "mpegts": "mpeg-ts",
    "mpeg": "mpeg-ps",
    "wv": "wavpack",
    "iff": "dsdiff",
    "mpc": "musepack",
    "mpc8": "musepack",
    "shn": "shorten",
    "rm": "realmedia",
}
"""FFmpeg's first container name to the name in `ml.audio.sniffing`, where they differ."""

BIT_RATES = {1: 96_000, 2: 192_000}
"""bit/s by number of channels; constant, so that players seek exactly. 0.72 MB per minute, 1.44 MB in stereo."""


@dataclass(frozen=True)
class Probe:
    """The audio format of a file according to its headers."""

    container: str
    """As in `ml.audio.sniffing.recognise`."""

    codec: str
    """FFmpeg's codec name: mp3, aac, alac, flac, vorbis, opus, wmav2, pcm_s16le..."""

    profile: str | None
    channels: int
    sample_rate: int
    """Hz."""

    has_video: bool
    """Whether there is a video stream other than cover art."""

    has_padding: bool = False
    """Whether there are bytes before the audio that only our decoder skips, such as an ID3 tag before a WAV."""

    @property
    def plays(self) -> bool:
        """Whether browsers play the file directly, and it has neither video nor padding."""
        return (
            browser_plays(self.container, self.codec)
            and not self.has_video
            and not self.has_padding
            and self.channels in (1, 2)
            and (self.codec != "aac" or self.profile in AAC_PROFILES)
        )


def browser_plays(container: str, codec: str) -> bool:
    """Whether Chrome, Firefox and Safari all play this codec (FFmpeg's name) in this container (our name)."""
    return codec in PLAYED.get(container, ())


def probe(path: str | os.PathLike[str]) -> Probe:
    """Reads a file's headers. Raises MoodError: audio_unreadable, audio_no_stream."""
    with open_audio(path) as container:
        stream = audio_stream(container)
        names = container.format.name.split(",")
        name = CONTAINERS.get(names[0], names[0])
        if name == "matroska" and _is_webm(path):
            name = "webm"
        return Probe(
            container=name,
            codec=stream.codec_context.codec.canonical_name,
            profile=stream.codec_context.profile,
            channels=stream.channels,
            sample_rate=stream.sample_rate,
            has_video=video_stream(container) is not None,
            has_padding=audio_start(path) > 0,
        )


def make_playable(path: str | os.PathLike[str], target: str | os.PathLike[str], deadline: Deadline = NEVER) -> None:
    """Writes an mp3 copy that every browser plays: mono or stereo, 44.1 or 48 kHz.

    Its time starts at the first sample of `ml.audio.decoding.decode`, so that playback and analysis have the same
    times. Frames are decoded and encoded one by one: memory does not grow with the song, and a minute of audio takes
    about a second. The file appears at `target` when it is complete; after an error there is no file.

    Damaged packets are skipped, as in decoding. Raises MoodError: audio_unreadable, audio_no_stream. Raises OSError if
    the disk is full or the folder is missing. Raises DeadlineExceeded.
    """
    target = Path(target)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        _write_mp3(path, part, deadline)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _write_mp3(path: str | os.PathLike[str], target: Path, deadline: Deadline) -> None:
    with open_audio(path) as source, target.open("wb") as file, av.open(file, "w", format="mp3") as copy:
        rate = 48_000 if audio_stream(source).sample_rate % 48_000 == 0 else 44_100
        channels = 1 if audio_stream(source).channels == 1 else 2
        layout = "mono" if channels == 1 else "stereo"
        mixer = Mixer(sample_format="s16p", layout=layout, sample_rate=rate)
        stream = copy.add_stream("libmp3lame", rate=rate, layout=layout, bit_rate=BIT_RATES[channels])
        written = 0

        def mux(packets: Iterable[Packet[AudioStream]]) -> None:
            for packet in packets:
                copy.mux(packet)

        for frame in frames(source, deadline=deadline):
            for mixed in mixer.push(frame):
                mixed.pts = written
                written += mixed.samples
                mux(stream.encode(mixed))
        for mixed in mixer.drain():
            mixed.pts = written
            written += mixed.samples
            mux(stream.encode(mixed))
        if not written:
            raise MoodError("audio_unreadable", "No audio could be decoded; the file is damaged or incomplete.")
        mux(stream.encode(None))


def _is_webm(path: str | os.PathLike[str]) -> bool:
    with open(path, "rb") as file:
        return b"webm" in file.read(64)
