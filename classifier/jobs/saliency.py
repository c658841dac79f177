"""Saliency images: where in the spectrogram the 2D network found each side of a song's mood.

A page asks for them, a worker draws both sides at once, and they stay beside the song.
"""

from __future__ import annotations

import json
import logging
import uuid
from datetime import datetime, timedelta
from http import HTTPStatus

from django.utils import timezone

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.jobs.queue import enqueue_saliency
from classifier.models import Analysis, Song, song_folder
from classifier.uploads.disk_reserve import require_room
from classifier.uploads.song_storage import song_storage
from classifier.uploads.stored_files import delete_folder, disk_full_as_error, file_exists

logger = logging.getLogger(__name__)

SIDES = ("primary", "secondary")
RESEND_AFTER = timedelta(seconds=60)
"""A worker that has drawn nothing by then has died, is busy, or lost the message. A minute of music adds a second."""
MAX_ATTEMPTS = 3
FORGET_ATTEMPTS_AFTER = timedelta(hours=1)
MARKER = "requested"
IMAGES_BYTES = 1_000_000
"""More than both images of a song take."""


def saliency_draw(*, song_id: uuid.UUID) -> None:
    """Draw the images that are missing. A second message about the same song changes nothing."""
    song = Song.objects.filter(id=song_id).first()
    analysis = song.analysis if song else None
    if song is None or analysis is None or _is_drawn(song, analysis):
        logger.info("There is no saliency image of song %s to draw.", song_id)
        return
    try:
        require_room(IMAGES_BYTES)
        saliency_attempt_begin(song=song, analysis=analysis, now=timezone.now())
        _draw(song, analysis)
    except ml_gateway.DeadlineExceeded:
        saliency_abandon(song_id=song_id, now=timezone.now())
        raise
    except (ml_gateway.MoodError, ProductError) as error:
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
    the number of attempts, and the time of the last request or attempt.
    """
    require_room(IMAGES_BYTES)
    with disk_full_as_error():
        attempts, age = _attempts(song, analysis, now)
        if age >= FORGET_ATTEMPTS_AFTER:
            attempts = 0
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
        _write_marker(song, analysis, attempts, now)
    enqueue_saliency(song.id)


def saliency_attempt_begin(*, song: Song, analysis: Analysis, now: datetime) -> None:
    """Count the attempt before it starts, since a killed worker cannot count it afterwards."""
    attempts, _ = _attempts(song, analysis, now)
    _write_marker(song, analysis, attempts + 1, now)


def saliency_attempt_fail(*, song: Song, analysis: Analysis, now: datetime) -> None:
    """The attempt stays counted, but the next request does not wait for this one."""
    attempts, age = _attempts(song, analysis, now)
    if age != timedelta.max:
        _write_marker(song, analysis, attempts, now - _resend_after(song))


def saliency_abandon(*, song_id: uuid.UUID, now: datetime) -> None:
    """It takes too long: no further attempt until the attempts are forgotten."""
    song = Song.objects.filter(id=song_id).first()
    analysis = song.analysis if song else None
    if song is not None and analysis is not None:
        _write_marker(song, analysis, MAX_ATTEMPTS, now - _resend_after(song))


def saliency_image_name(song: Song, analysis: Analysis, side: str) -> str:
    """A PNG of the spectrogram's size, to lie over it."""
    return _name(song, analysis, f"{side}.png")


def saliency_places_name(song: Song, analysis: Analysis, side: str) -> str:
    """The strongest places of the image as JSON."""
    return _name(song, analysis, f"{side}.json")


def _name(song: Song, analysis: Analysis, name: str) -> str:
    return f"{song_folder(song)}/saliency-{analysis.model_version}-{name}"


def _is_drawn(song: Song, analysis: Analysis) -> bool:
    return all(file_exists(saliency_image_name(song, analysis, side)) for side in SIDES)


def _draw(song: Song, analysis: Analysis) -> None:
    moods = dict(zip(SIDES, (analysis.primary, analysis.secondary), strict=True))
    storage = song_storage()
    with storage.on_disk(str(song.file.name)) as source:
        saliency = ml_gateway.mood_saliency(source, moods.values(), analysis.model_version)
    for side, mood in moods.items():
        storage.write(saliency_places_name(song, analysis, side), json.dumps(saliency[mood].details).encode())
        storage.write(saliency_image_name(song, analysis, side), saliency[mood].png)


def _resend_after(song: Song) -> timedelta:
    return RESEND_AFTER + timedelta(seconds=(song.duration_s or 0.0) / 60)


def _attempts(song: Song, analysis: Analysis, now: datetime) -> tuple[int, timedelta]:
    """The number of attempts, and the time since the last request or attempt; `timedelta.max` without any."""
    try:
        marker = b"".join(song_storage().read(_name(song, analysis, MARKER)))
    except FileNotFoundError:
        return 0, timedelta.max
    try:
        attempts, moment = marker.decode("ascii").split()
        age = now - datetime.fromisoformat(moment)
    except ValueError:
        return 0, timedelta.max  # one dot for each attempt, of an earlier version
    # In the future where the clock was set back since.
    return int(attempts), age if age > -timedelta(seconds=1) else timedelta.max


def _write_marker(song: Song, analysis: Analysis, attempts: int, moment: datetime) -> None:
    song_storage().write(_name(song, analysis, MARKER), f"{attempts} {moment.isoformat()}".encode("ascii"))
