"""What browsers can play as it is, and the copy that is made of what they cannot."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import av
import av.error
from av.packet import Packet

from ml.audio.container import audio_stream, frames, moving_picture, open_audio
from ml.audio.mixing import Mixer
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
"""Container to codecs that Chrome, Firefox and Safari all play in an <audio> element.

Safari plays Ogg from 18.4 (spring 2025) on; before, it stays silent, and the passages, which are WAV, remain.
ALAC plays in Safari alone; AIFF in none but Safari; WMA in none.
"""

AAC_PROFILES = {None, "LC", "HE-AAC", "HE-AACv2"}
"""What the platforms' decoders know. Main, LTP, SSR and USAC play here and there."""

CONTAINERS = {"mov": "mp4", "aac": "adts", "mpegts": "mpeg-ts", "mpeg": "mpeg-ps", "wv": "wavpack"}
"""FFmpeg's first name of a container to the name that `ml.audio.sniffing` uses, where they differ."""

BIT_RATES = {1: 96_000, 2: 192_000}
"""bit/s by channels; constant, so that players find a place exactly. 0.72 MB a minute, 1.44 in stereo."""


@dataclass(frozen=True)
class Probe:
    """What a file's sound is, as its headers say."""

    container: str
    """As in `ml.audio.sniffing.recognise`."""

    codec: str
    """FFmpeg's name: mp3, aac, alac, flac, vorbis, opus, wmav2, pcm_s16le..."""

    profile: str | None
    channels: int
    sample_rate: int
    """Hz."""

    film: bool
    """Whether there is a moving picture, other than cover art."""

    @property
    def plays(self) -> bool:
        """Whether browsers play the file as it is, and no film would be sent along with it."""
        return (
            browser_plays(self.container, self.codec)
            and not self.film
            and self.channels in (1, 2)
            and (self.codec != "aac" or self.profile in AAC_PROFILES)
        )


def browser_plays(container: str, codec: str) -> bool:
    """Whether Chrome, Firefox and Safari all play this codec (FFmpeg's name) in this container (ours)."""
    return codec in PLAYED.get(container, ())


def probe(path: str | os.PathLike[str]) -> Probe:
    """Reads the headers of a file. Raises MoodError: audio_unreadable, audio_no_stream."""
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
            film=moving_picture(container) is not None,
        )


def make_playable(path: str | os.PathLike[str], target: str | os.PathLike[str]) -> None:
    """Writes the song as an mp3 that every browser plays: mono or stereo, 44.1 or 48 kHz.

    Its time begins with the first sample that `ml.audio.decoding.decode` gives, so that the two agree on when
    something is heard. The sound is decoded and encoded piece by piece: memory does not grow with the song,
    and a minute of it takes about a second. The copy appears under `target` when it is whole; what fails
    leaves nothing there, nor beside it.

    Raises MoodError: audio_unreadable, audio_no_stream. What is damaged is left out, as in decoding. OSError
    where the disk is full or the folder is missing.
    """
    target = Path(target)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        _write_mp3(path, part)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _write_mp3(path: str | os.PathLike[str], target: Path) -> None:
    with open_audio(path) as source, target.open("wb") as file, av.open(file, "w", format="mp3") as copy:
        rate = 48_000 if audio_stream(source).sample_rate % 48_000 == 0 else 44_100
        channels = 1 if audio_stream(source).channels == 1 else 2
        layout = "mono" if channels == 1 else "stereo"
        mixer = Mixer(sample_format="s16p", layout=layout, sample_rate=rate)
        stream = copy.add_stream("libmp3lame", rate=rate, layout=layout, bit_rate=BIT_RATES[channels])
        written = 0

        def mux(packets: Iterable[Packet]) -> None:
            for packet in packets:
                copy.mux(packet)

        for frame in frames(source):
            for mixed in mixer.push(frame):
                mixed.pts = written
                written += mixed.samples
                mux(stream.encode(mixed))
        for mixed in mixer.drain():
            mixed.pts = written
            written += mixed.samples
            mux(stream.encode(mixed))
        if not written:
            raise MoodError("audio_unreadable", "No sound could be decoded; the file is damaged or incomplete.")
        mux(stream.encode(None))


def _is_webm(path: str | os.PathLike[str]) -> bool:
    with open(path, "rb") as file:
        return b"webm" in file.read(64)
