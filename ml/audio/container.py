"""Opening a file and walking through its sound, whatever is wrong with it: shared by all readers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import av
import av.error
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream

from ml.errors import MoodError

# Containers that an upload may be. Playlists, scripts and network protocols are not among them, so that a
# file can never make the decoder open another file or a socket.
FORMATS = (
    "mp3,wav,w64,flac,ogg,mov,mp4,m4a,3gp,3g2,mj2,aac,aiff,asf,matroska,webm,avi,mpeg,mpegts,caf,au,flv,ape,wv,tta,"
    "mp2,ac3,eac3,dts,amr,tak,oga"
)
OPEN_OPTIONS = {"protocol_whitelist": "file", "format_whitelist": FORMATS}


def open_audio(path: str | os.PathLike[str]) -> InputContainer:
    """Opens a file that FFmpeg can read and that has sound; use it as a context manager.

    Raises MoodError: audio_unreadable, audio_no_stream. A path that does not exist is FileNotFoundError.
    """
    os.stat(path)
    address = f"file:{os.fspath(path)}"  # without it, a song "a: b.mp3" would be taken for a protocol "a"
    try:
        container = av.open(address, mode="r", options=OPEN_OPTIONS, metadata_errors="ignore")
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise MoodError(
            "audio_unreadable",
            "The file could not be read as audio: it is incomplete, damaged or of another kind; send it again whole, "
            "as mp3, wav, flac, ogg, opus, m4a, aac, aiff or wma.",
        ) from error
    if not container.streams.audio:
        container.close()
        raise MoodError("audio_no_stream", "The file holds no sound; send a song, or a video that has sound.")
    codec = audio_stream(container).codec_context
    if codec is None:
        container.close()
        raise MoodError("audio_unreadable", "The file's sound has an unknown coding; send it as mp3 or flac.")
    codec.thread_count = 1  # a worker has one core for each song
    return container


def audio_stream(container: InputContainer) -> AudioStream:
    """The stream that a player would choose, where there are several."""
    best = container.streams.best("audio")
    return best if isinstance(best, AudioStream) else container.streams.audio[0]


def moving_picture(container: InputContainer) -> VideoStream | None:
    """The film, if it is one; cover art, which FFmpeg also calls a video stream, is none."""
    videos = container.streams.video
    return next((video for video in videos if not video.disposition & Disposition.attached_pic), None)


def frames(container: InputContainer, on_damage: Callable[[], None] = lambda: None) -> Iterator[AudioFrame]:
    """Decodes from where the container stands to its end; yields only frames that hold samples.

    Packets that cannot be decoded are left out, and `on_damage` is called for each. A container that breaks
    off ends the walk: what came before it counts.
    """
    stream = audio_stream(container)
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except IndexError:  # PyAV stumbles at the very end over streams that turned up late, as in broadcasts
            packet = Packet()
            packet.stream = stream
        except (av.error.FFmpegError, OSError):
            on_damage()
            return
        try:
            decoded = packet.decode()
        except (av.error.FFmpegError, OSError):
            on_damage()
            continue
        yield from (frame for frame in decoded if frame.samples and frame.sample_rate)
