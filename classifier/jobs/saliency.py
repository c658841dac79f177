"""Drawing what the 2D network looked at in a song, for both sides at once, in the process that listens."""

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


def saliency_draw(*, song_id: uuid.UUID) -> None:
    """Being told twice of the same song changes nothing; where it fails, whoever asks next has it tried again."""
    song = Song.objects.filter(id=song_id).first()
    analysis = song.analysis if song else None
    if song is None or analysis is None or all(saliency_image_path(song, analysis, side).is_file() for side in SIDES):
        logger.info("There is nothing to draw of song %s.", song_id)
        return
    try:
        saliency_attempt_begin(song=song, analysis=analysis, now=timezone.now())
        _draw(song, analysis)
    except ml_gateway.MoodError as error:
        logger.warning("What was looked at in song %s cannot be drawn: %s (%s)", song_id, error.message, error.code)
        saliency_attempt_fail(song=song, analysis=analysis, now=timezone.now())
    except Exception:
        saliency_attempt_fail(song=song, analysis=analysis, now=timezone.now())
        raise
    finally:
        # The row goes before the folder where a song is deleted, so this sees either both or neither.
        if not Song.objects.filter(id=song.id).exists():
            delete_folder(song_folder(song))


def _draw(song: Song, analysis: Analysis) -> None:
    moods = dict(zip(SIDES, (analysis.primary, analysis.secondary), strict=True))
    saliency = ml_gateway.mood_saliency(Path(song.file.path), moods.values(), analysis.model_version)
    for side, mood in moods.items():
        _keep(saliency_places_path(song, analysis, side), json.dumps(saliency[mood].details).encode())
        _keep(saliency_image_path(song, analysis, side), saliency[mood].png)


def _keep(place: Path, content: bytes) -> None:
    """Under its name only when it is whole, since whoever asks takes what is there."""
    draft = place.with_name(f"{place.name}.{uuid.uuid4().hex[:8]}.draft")
    try:
        draft.touch(mode=settings.FILE_UPLOAD_PERMISSIONS)
        draft.write_bytes(content)
        os.replace(draft, place)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


ASK_AGAIN_AFTER = timedelta(seconds=60)
"""A worker that has not drawn by then has died, or is busy, or never heard of it. Long songs get a second a minute."""
TRIES = 3
FORGOTTEN_AFTER = timedelta(hours=1)
"""Then it is tried anew, whatever happened before."""


def saliency_request(*, song: Song, analysis: Analysis, now: datetime) -> None:
    """Tell the workers, unless they were told a moment ago; ProductError where they have tried too often in vain.

    What was asked is a file beside the picture, so that every web process knows of it, and it goes with the song. It
    has a byte for each time that a worker began, and its time is when somebody last asked or began.
    """
    marker = saliency_marker_path(song, analysis)
    with disk_full_as_error():
        tries, age = _tries(marker, now)
        if age >= FORGOTTEN_AFTER:
            marker.unlink(missing_ok=True)
        elif age < _patience(song):
            return
        elif tries >= TRIES:
            raise ProductError(
                "looking_failed",
                f"What the network looked at could not be drawn in {TRIES} tries: "
                "the worker's log says why; ask again in an hour, or have the song heard again.",
                HTTPStatus.SERVICE_UNAVAILABLE,
            )
        # Of two who ask at once both may send a message; the second finds the picture drawn, and does nothing.
        marker.touch(mode=settings.FILE_UPLOAD_PERMISSIONS)
        _date(marker, now)
    enqueue_saliency(song.id)


def saliency_attempt_begin(*, song: Song, analysis: Analysis, now: datetime) -> None:
    """Counted before anything is done, since a worker that is killed says nothing afterwards."""
    marker = saliency_marker_path(song, analysis)
    marker.touch(mode=settings.FILE_UPLOAD_PERMISSIONS)
    with marker.open("ab") as file:
        file.write(b".")
    _date(marker, now)


def saliency_attempt_fail(*, song: Song, analysis: Analysis, now: datetime) -> None:
    """The try stays counted, but nobody has to wait for a worker that says itself that it failed."""
    marker = saliency_marker_path(song, analysis)
    if marker.exists():
        _date(marker, now - _patience(song))


def _patience(song: Song) -> timedelta:
    return ASK_AGAIN_AFTER + timedelta(seconds=(song.duration_s or 0.0) / 60)


def _tries(marker: Path, now: datetime) -> tuple[int, timedelta]:
    """How often a worker began, and how long ago that or the last question was: never, an age ago."""
    try:
        found = marker.stat()
    except FileNotFoundError:
        return 0, timedelta.max
    return found.st_size, timedelta(seconds=now.timestamp() - found.st_mtime)


def _date(marker: Path, moment: datetime) -> None:
    os.utime(marker, (moment.timestamp(), moment.timestamp()))


SIDES = ("primary", "secondary")


def saliency_image_path(song: Song, analysis: Analysis, side: str) -> Path:
    """Lies over the spectrogram; drawn when somebody asks for it."""
    return _place(song, analysis, f"{side}.png")


def saliency_places_path(song: Song, analysis: Analysis, side: str) -> Path:
    """The same in words and figures, as JSON."""
    return _place(song, analysis, f"{side}.json")


def saliency_marker_path(song: Song, analysis: Analysis) -> Path:
    """Says when a worker was last asked to draw, and how often it was."""
    return _place(song, analysis, "asked")


def _place(song: Song, analysis: Analysis, name: str) -> Path:
    return folder_path(song_folder(song)) / f"saliency-{analysis.model_version}-{name}"
