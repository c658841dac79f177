"""Saliency images: where in the spectrogram the 2D network found each side of a song's mood.

A page asks for them, a worker draws both sides at once, and they stay beside the song.
"""

from __future__ import annotations

import json
import logging
import os
import uuid
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.jobs.queue import enqueue_saliency
from classifier.models import Analysis, Song, song_folder
from classifier.uploads.stored_files import delete_folder, disk_full_as_error, folder_path

logger = logging.getLogger(__name__)

SIDES = ("primary", "secondary")
RESEND_AFTER = timedelta(seconds=60)
"""A worker that has drawn nothing by then has died, is busy, or lost the message. A minute of music adds a second."""
MAX_ATTEMPTS = 3
FORGET_ATTEMPTS_AFTER = timedelta(hours=1)


def saliency_draw(*, song_id: uuid.UUID) -> None:
    """Draw the images that are missing. A second message about the same song changes nothing."""
    song = Song.objects.filter(id=song_id).first()
    analysis = song.analysis if song else None
    if song is None or analysis is None or all(saliency_image_path(song, analysis, side).is_file() for side in SIDES):
        logger.info("There is no saliency image of song %s to draw.", song_id)
        return
    try:
        saliency_attempt_begin(song=song, analysis=analysis, now=timezone.now())
        _draw(song, analysis)
    except ml_gateway.MoodError as error:
        logger.warning("The saliency of song %s cannot be drawn: %s (%s)", song_id, error.message, error.code)
        saliency_attempt_fail(song=song, analysis=analysis, now=timezone.now())
    except Exception:
        saliency_attempt_fail(song=song, analysis=analysis, now=timezone.now())
        raise
    finally:
        # A deletion removes the row before the folder, so this sees either both or neither.
        if not Song.objects.filter(id=song.id).exists():
            delete_folder(song_folder(song))


def saliency_request(*, song: Song, analysis: Analysis, now: datetime) -> None:
    """Send a message to the workers, unless one was sent just now. Raises ProductError after too many attempts.

    A marker file beside the image stores the state, so that all web processes share it and it is deleted with the song:
    its size is the number of attempts, its modification time that of the last request or attempt.
    """
    marker = saliency_marker_path(song, analysis)
    with disk_full_as_error():
        attempts, age = _attempts(marker, now)
        if age >= FORGET_ATTEMPTS_AFTER:
            marker.unlink(missing_ok=True)
        elif age < _resend_after(song):
            return
        elif attempts >= MAX_ATTEMPTS:
            raise ProductError(
                "looking_failed",
                f"The saliency image could not be drawn in {MAX_ATTEMPTS} attempts: "
                "see the worker’s log, try again in an hour, or analyse the song again.",
                HTTPStatus.SERVICE_UNAVAILABLE,
            )
        # Of two requests at once both may send a message; the second task finds the image drawn and does nothing.
        marker.touch(mode=settings.FILE_UPLOAD_PERMISSIONS)
        _set_time(marker, now)
    enqueue_saliency(song.id)


def saliency_attempt_begin(*, song: Song, analysis: Analysis, now: datetime) -> None:
    """Count the attempt before it starts, since a killed worker cannot count it afterwards."""
    marker = saliency_marker_path(song, analysis)
    marker.touch(mode=settings.FILE_UPLOAD_PERMISSIONS)
    with marker.open("ab") as file:
        file.write(b".")
    _set_time(marker, now)


def saliency_attempt_fail(*, song: Song, analysis: Analysis, now: datetime) -> None:
    """The attempt stays counted, but the next request does not wait for this one."""
    marker = saliency_marker_path(song, analysis)
    if marker.exists():
        _set_time(marker, now - _resend_after(song))


def saliency_image_path(song: Song, analysis: Analysis, side: str) -> Path:
    """A PNG of the spectrogram's size, to lie over it."""
    return _path(song, analysis, f"{side}.png")


def saliency_places_path(song: Song, analysis: Analysis, side: str) -> Path:
    """The strongest places of the image as JSON."""
    return _path(song, analysis, f"{side}.json")


def saliency_marker_path(song: Song, analysis: Analysis) -> Path:
    """The state of the request; see `saliency_request`."""
    return _path(song, analysis, "requested")


def _path(song: Song, analysis: Analysis, name: str) -> Path:
    return folder_path(song_folder(song)) / f"saliency-{analysis.model_version}-{name}"


def _draw(song: Song, analysis: Analysis) -> None:
    moods = dict(zip(SIDES, (analysis.primary, analysis.secondary), strict=True))
    saliency = ml_gateway.mood_saliency(Path(song.file.path), moods.values(), analysis.model_version)
    for side, mood in moods.items():
        _write(saliency_places_path(song, analysis, side), json.dumps(saliency[mood].details).encode())
        _write(saliency_image_path(song, analysis, side), saliency[mood].png)


def _write(path: Path, content: bytes) -> None:
    """Under its final name only when complete, since requests serve the file as soon as it exists."""
    draft = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}.draft")
    try:
        draft.touch(mode=settings.FILE_UPLOAD_PERMISSIONS)
        draft.write_bytes(content)
        os.replace(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def _resend_after(song: Song) -> timedelta:
    return RESEND_AFTER + timedelta(seconds=(song.duration_s or 0.0) / 60)


def _attempts(marker: Path, now: datetime) -> tuple[int, timedelta]:
    """The number of attempts, and the time since the last request or attempt; `timedelta.max` without any."""
    try:
        state = marker.stat()
    except FileNotFoundError:
        return 0, timedelta.max
    return state.st_size, timedelta(seconds=now.timestamp() - state.st_mtime)


def _set_time(marker: Path, moment: datetime) -> None:
    os.utime(marker, (moment.timestamp(), moment.timestamp()))
