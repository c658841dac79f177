"""Opening a file and decoding its audio frames despite damage; shared by all readers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import cast

import av
import av.error
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream

from ml.audio.padding import FRAME_SYNC, AudioFile, audio_start, is_junk, is_trailing_junk
from ml.audio.tag_blocks import hiding_patches
from ml.deadline import NEVER, Deadline
from ml.errors import MoodError

# The containers that an upload may have. Playlists, scripts and network protocols are excluded, so that a file can
# never make the decoder open another file or a socket.
FORMATS = (
    "mp3,wav,w64,flac,ogg,mov,mp4,m4a,3gp,3g2,mj2,aac,aiff,asf,matroska,webm,avi,mpeg,mpegts,caf,au,flv,ape,wv,tta,"
    "mp2,ac3,eac3,dts,amr,tak,oga,dsf,iff,mpc,mpc8,shn,rm,voc,vqf,oma,xwma"
)
PROTECTED = {"drms": "FairPlay", "aavd": "Audible", "enca": "encryption"}
"""The codec tags of protected audio in MP4, with the name of the protection."""

URL_PREFIX = "file:"
OPEN_OPTIONS = {"protocol_whitelist": "file", "format_whitelist": FORMATS}


def open_audio(path: str | os.PathLike[str], metadata_encoding: str = "utf-8") -> InputContainer:
    """Opens a file that FFmpeg can read and that has an audio stream; use it as a context manager.

    Tags that are too large for FFmpeg are hidden from it. Raises MoodError: audio_unreadable, audio_no_stream,
    audio_protected. Raises FileNotFoundError if the path does not exist.
    """
    start = audio_start(path)
    # Without the prefix, "a: b.mp3" would be read as a URL with the scheme "a".
    patches = hiding_patches(path, start)
    source = AudioFile(path, start, patches) if start or patches else f"{URL_PREFIX}{os.fspath(path)}"
    try:
        container = av.open(
            source, mode="r", options=OPEN_OPTIONS, metadata_encoding=metadata_encoding, metadata_errors="ignore"
        )
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise MoodError(
            "audio_unreadable",
            "The file cannot be read as audio: it is incomplete, damaged or in another format; upload a complete copy "
            "as mp3, wav, flac, ogg, opus, m4a, aac, aiff or wma.",
        ) from error
    if not container.streams.audio:
        container.close()
        raise MoodError("audio_no_stream", "The file has no audio; upload a song, or a video with audio.")
    codec: AudioCodecContext | None = audio_stream(container).codec_context  # None for an unknown codec
    if codec is None:
        container.close()
        raise MoodError("audio_unreadable", "The file's audio codec is unknown; upload the song as mp3 or flac.")
    if codec.codec_tag in PROTECTED:
        container.close()
        raise MoodError(
            "audio_protected",
            f"The file is protected by {PROTECTED[codec.codec_tag]}, so that only its owner's player can decode it; "
            "upload a copy without protection.",
        )
    codec.thread_count = 1  # a worker has one core per song
    return container


def audio_stream(container: InputContainer) -> AudioStream:
    """The audio stream that a player would choose if there are several."""
    best = container.streams.best("audio")
    return best if isinstance(best, AudioStream) else container.streams.audio[0]


def video_stream(container: InputContainer) -> VideoStream | None:
    """The video stream, if there is one. Cover art does not count, although FFmpeg calls it a video stream."""
    videos = container.streams.video
    return next((video for video in videos if not video.disposition & Disposition.attached_pic), None)


def frames(
    container: InputContainer, on_damage: Callable[[], None] = lambda: None, deadline: Deadline = NEVER
) -> Iterator[AudioFrame]:
    """Decodes from the current position to the end; yields only frames with samples.

    Packets that cannot be decoded are skipped, and `on_damage` is called for each of them, except for junk before the
    first frame and after the last one. If the container itself cannot be read any further, decoding ends there and the
    frames before it count. Raises DeadlineExceeded, also if there are many packets without a frame.
    """
    stream = audio_stream(container)
    codec = stream.codec_context.codec.canonical_name
    packets = container.demux(stream)
    junk = end = 0
    started = False
    while True:
        deadline.check()
        try:
            packet = next(packets)
        except StopIteration:
            return
        except IndexError:  # PyAV raises this at the end if streams appeared late, as in broadcasts: flush the decoder
            packet = cast("Packet[AudioStream]", Packet())
            packet.stream = stream
        except (av.error.FFmpegError, OSError):
            if not (codec in FRAME_SYNC and is_trailing_junk(container.name.removeprefix(URL_PREFIX), end)):
                on_damage()
            return
        if packet.pos is not None and packet.pos >= 0:
            end = packet.pos + packet.size
        try:
            decoded = packet.decode()
        except (av.error.FFmpegError, OSError):
            if is_junk(bytes(packet), codec):
                junk += started  # damage if audio follows, otherwise a tag or padding
            else:
                on_damage()
            continue
        for frame in decoded:
            if frame.samples and frame.sample_rate:
                for _ in range(junk):
                    on_damage()
                junk, started = 0, True
                yield frame
