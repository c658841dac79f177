"""Synthetic signals with known properties, and audio files of them.

Samples are float32, full scale 1.0, of shape (samples,) for one channel or (channels, samples). Files are
written by PyAV's encoders (Vorbis by libsndfile, since FFmpeg's encoder only supports stereo).
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import av
import mutagen
import mutagen.flac
import mutagen.id3
import mutagen.mp4
import numpy as np
import soundfile
from PIL import Image

from tests.synthesis import RATE, Samples, chord, music, noise, note_hz, silence, spread, sweep, tone

__all__ = [
    "FORMS",
    "RATE",
    "Form",
    "Samples",
    "attach_cover",
    "chord",
    "damage",
    "image",
    "music",
    "noise",
    "note_hz",
    "silence",
    "spread",
    "sweep",
    "tone",
    "truncate",
    "write",
    "write_long",
    "write_video",
]

Pathlike = str | os.PathLike[str]

LONG_FRAME_BYTES = 72
"""One 72 ms frame of the mp3 from `write_long`: 1000 bytes per second."""

LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}


@dataclass(frozen=True)
class Form:
    """How a file of this format is encoded; `channels` is the maximum."""

    suffix: str
    container: str
    codec: str
    sample_format: str | None = None
    channels: int = 6
    lossless: bool = False
    channel_bit_rate: int | None = 64_000
    highest_rate: int = 192_000
    options: Mapping[str, str] = field(default_factory=dict)


FORMS = {
    "mp3": Form(".mp3", "mp3", "libmp3lame", channels=2),
    "mp3-vbr": Form(".mp3", "mp3", "libmp3lame", channels=2, channel_bit_rate=None, options={"q": "4"}),
    "wav": Form(".wav", "wav", "pcm_s16le", lossless=True),
    "wav8": Form(".wav", "wav", "pcm_u8"),
    "wav24": Form(".wav", "wav", "pcm_s24le", lossless=True),
    "wav32": Form(".wav", "wav", "pcm_s32le", lossless=True),
    "wav-float": Form(".wav", "wav", "pcm_f32le", lossless=True),
    "wav-mulaw": Form(".wav", "wav", "pcm_mulaw"),
    "flac": Form(".flac", "flac", "flac", "s16", lossless=True),
    "flac24": Form(".flac", "flac", "flac", "s32", lossless=True),
    "ogg": Form(".ogg", "ogg", "vorbis"),
    "opus": Form(".opus", "ogg", "libopus"),
    "m4a": Form(".m4a", "ipod", "aac"),
    "alac": Form(".m4a", "ipod", "alac", "s16p", lossless=True),
    "aac": Form(".aac", "adts", "aac"),
    "aiff": Form(".aiff", "aiff", "pcm_s16be", lossless=True),
    "aiff24": Form(".aiff", "aiff", "pcm_s24be", lossless=True),
    "wma": Form(".wma", "asf", "wmav2", channels=2, highest_rate=48_000),
    "webm": Form(".webm", "webm", "libopus"),
    "matroska": Form(".mka", "matroska", "ac3", channel_bit_rate=96_000),
    "mpegts": Form(".ts", "mpegts", "mp2", channels=2),
    "caf": Form(".caf", "caf", "pcm_s16be", lossless=True),
    "au": Form(".au", "au", "pcm_s16be", lossless=True),
    "wavpack": Form(".wv", "wv", "wavpack", "s16p", channels=2, lossless=True),
}
"""The formats of `write`. A suffix alone selects the first format that has it: .m4a is AAC, .ogg is Vorbis."""


def write(
    path: Pathlike,
    samples: Samples | Iterable[Samples],
    sample_rate: int = RATE,
    form: str | None = None,
    *,
    tags: Mapping[str, str] | None = None,
    cover: bytes | None = None,
) -> Path:
    """Encodes to `path` as `form` (a name in FORMS; by default chosen by suffix), and returns the path.

    A list or generator of blocks is encoded block by block, so that a long file needs little memory. A rate that the
    codec does not support is converted to the next supported one. Tags are FFmpeg's names: title, artist, album.
    """
    path = Path(path)
    kind = FORMS[form] if form else next(kind for kind in FORMS.values() if kind.suffix == path.suffix.lower())
    blocks = [samples] if isinstance(samples, np.ndarray) else samples
    if kind.codec == "vorbis":
        _write_vorbis(path, blocks, sample_rate, tags or {})
    else:
        _write_by_ffmpeg(path, blocks, sample_rate, kind, tags or {})
    if cover is not None:
        attach_cover(path, cover)
    return path


def write_video(
    path: Pathlike,
    samples: Samples | None,
    sample_rate: int = RATE,
    container: str = "mp4",
    video_s: float | None = None,
) -> Path:
    """A video of grey images, as long as its audio `samples`; None gives a video without an audio stream."""
    path = Path(path)
    duration_s = video_s or (5.0 if samples is None else samples.shape[-1] / sample_rate)
    with av.open(os.fspath(path), "w", format=container) as output:
        video = output.add_stream("mpeg4", rate=5)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        sound = None
        if samples is not None:
            layout = LAYOUTS[np.atleast_2d(samples).shape[0]]
            sound = output.add_stream("aac", rate=sample_rate, layout=layout, bit_rate=96_000)
        for index in range(round(duration_s * 5)):
            grey = np.full((48, 64, 3), index % 256, np.uint8)
            output.mux(video.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        output.mux(video.encode(None))
        if sound is not None and samples is not None:
            for frame in _frames([samples], sample_rate):
                output.mux(sound.encode(frame))
            output.mux(sound.encode(None))
    return path


def write_long(path: Pathlike, duration_s: float) -> Path:
    """A mono mp3 of any length, made quickly: a minute of music at 8 kbit/s, repeated. 3.6 MB per hour."""
    minute = io.BytesIO()
    quiet = {"write_xing": "0", "id3v2_version": "0"}
    with av.open(minute, "w", format="mp3", options=quiet) as output:
        stream = output.add_stream("libmp3lame", rate=8000, layout="mono", bit_rate=8000)
        for frame in _frames([music(60.0, 8000)], 8000):
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    frames = minute.getvalue()[: 60_000 // LONG_FRAME_BYTES * LONG_FRAME_BYTES]
    path = Path(path)
    with path.open("wb") as file:
        whole, rest = divmod(round(duration_s * 1000), len(frames))
        for _ in range(whole):
            file.write(frames)
        file.write(frames[:rest])
    return path


def truncate(path: Path, share: float) -> Path:
    """Truncates the file to its first `share` (0 to 1), like an interrupted download."""
    os.truncate(path, int(path.stat().st_size * share))
    return path


def damage(path: Path, at: float = 0.5, size: int = 4000, seed: int = 0) -> Path:
    """Overwrites `size` bytes with noise, from the fraction `at` of the file."""
    with path.open("r+b") as file:
        file.seek(int(path.stat().st_size * at))
        file.write(np.random.default_rng(seed).bytes(size))
    return path


def image(kind: str = "PNG", width: int = 64, height: int = 64) -> bytes:
    """An image file; `kind` is a Pillow format name: PNG, JPEG, GIF, WEBP, BMP, TIFF."""
    noise_pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise_pixels).save(buffer, kind)
    return buffer.getvalue()


def attach_cover(path: Path, image: bytes) -> None:
    """Adds a front cover to an mp3, aiff, wav, flac or m4a file."""
    file = mutagen.File(path)
    if isinstance(file, mutagen.flac.FLAC):
        cover = mutagen.flac.Picture()
        cover.type, cover.mime, cover.data = 3, "image/png", image
        file.add_picture(cover)
    elif isinstance(file, mutagen.mp4.MP4):
        file["covr"] = [mutagen.mp4.MP4Cover(image, mutagen.mp4.MP4Cover.FORMAT_PNG)]
    else:
        if file.tags is None:
            file.add_tags()
        file.tags.add(mutagen.id3.APIC(encoding=3, mime="image/png", type=3, desc="Cover", data=image))
    file.save()


def _frames(blocks: Iterable[Samples], sample_rate: int) -> Iterator[av.AudioFrame]:
    position = 0
    for block in blocks:
        planes = np.atleast_2d(block)
        for start in range(0, planes.shape[1], sample_rate):  # one second at a time, like a real encoder
            part = np.ascontiguousarray(planes[:, start : start + sample_rate], np.float32)
            frame = av.AudioFrame.from_ndarray(part, format="fltp", layout=LAYOUTS[part.shape[0]])
            frame.sample_rate, frame.pts = sample_rate, position
            position += part.shape[1]
            yield frame


def _write_by_ffmpeg(
    path: Path, blocks: Iterable[Samples], sample_rate: int, kind: Form, tags: Mapping[str, str]
) -> None:
    wants_id3 = {"write_id3v2": "1"} if kind.container in ("aiff", "adts") else {}
    rates = sorted(av.codec.Codec(kind.codec, "w").audio_rates or [sample_rate])
    rate = min(next((rate for rate in rates if rate >= sample_rate), rates[-1]), kind.highest_rate)
    with av.open(os.fspath(path), "w", format=kind.container, options=wants_id3) as output:
        output.metadata.update(tags)
        stream = None
        for frame in _frames(blocks, sample_rate):
            if stream is None:
                stream = output.add_stream(kind.codec, rate=rate, layout=frame.layout.name, options=dict(kind.options))
                if kind.sample_format:
                    stream.codec_context.format = kind.sample_format
                if kind.channel_bit_rate and not kind.lossless:
                    stream.bit_rate = kind.channel_bit_rate * len(frame.layout.channels)
            output.mux(stream.encode(frame))
        if stream is not None:
            output.mux(stream.encode(None))


def _write_vorbis(path: Path, blocks: Iterable[Samples], sample_rate: int, tags: Mapping[str, str]) -> None:
    file = None
    for frame in _frames(blocks, sample_rate):
        if file is None:
            channels = len(frame.layout.channels)
            file = soundfile.SoundFile(path, "w", sample_rate, channels, format="OGG", subtype="VORBIS")
            for name, value in tags.items():
                setattr(file, name, value)
        file.write(frame.to_ndarray().T)
    if file is not None:
        file.close()
