"""Saliency images: where in the spectrogram the 2D network found each side of a song's mood.

A page asks for them, a worker draws both sides at once, and they stay beside the song.
"""

from __future__ import annotations

import json
import logging
import uuid
from datetime import datetime

from django.utils import timezone

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.jobs.drawing_attempts import DrawingAttempts
from classifier.jobs.picture_cache import picture_keep
from classifier.jobs.queue import enqueue_saliency
from classifier.models import Analysis, PictureKind, Song, song_folder
from classifier.sources.audio_file import song_audio_file
from classifier.uploads.disk_reserve import require_room
from classifier.uploads.song_storage import song_storage
from classifier.uploads.stored_files import delete_folder, file_exists

logger = logging.getLogger(__name__)

SIDES = ("primary", "secondary")
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
        saliency_attempts(song, analysis).begin(timezone.now())
        _draw(song, analysis)
    except ml_gateway.DeadlineExceeded:
        saliency_abandon(song_id=song_id, now=timezone.now())
        raise
    except (ml_gateway.MoodError, ProductError) as error:
        logger.warning("The saliency of song %s cannot be drawn: %s (%s)", song_id, error.message, error.code)
        saliency_attempts(song, analysis).fail(timezone.now())
    except Exception:
        saliency_attempts(song, analysis).fail(timezone.now())
        raise
    finally:
        # A deletion removes the row before the folder, so this sees either both or neither.
        if not Song.objects.filter(id=song.id).exists():
            delete_folder(song_folder(song))


def saliency_request(*, song: Song, analysis: Analysis, now: datetime) -> None:
    """Send a message to the workers, unless one was sent just now. Raises ProductError after too many attempts."""
    require_room(IMAGES_BYTES)
    if saliency_attempts(song, analysis).request(now):
        enqueue_saliency(song.id)


def saliency_abandon(*, song_id: uuid.UUID, now: datetime) -> None:
    """It takes too long: no further attempt until the attempts are forgotten."""
    song = Song.objects.filter(id=song_id).first()
    analysis = song.analysis if song else None
    if song is not None and analysis is not None:
        saliency_attempts(song, analysis).abandon(now)


def saliency_attempts(song: Song, analysis: Analysis) -> DrawingAttempts:
    return DrawingAttempts(song, f"saliency-{analysis.model_version}-{MARKER}", "saliency image")


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
    with song_audio_file(song) as source:
        saliency = ml_gateway.mood_saliency(source, moods.values(), analysis.model_version)
    for side, mood in moods.items():
        storage.write(saliency_places_name(song, analysis, side), json.dumps(saliency[mood].details).encode())
        storage.write(saliency_image_name(song, analysis, side), saliency[mood].png)
    if not song.file:
        names = [name(song, analysis, side) for side in SIDES for name in (saliency_image_name, saliency_places_name)]
        picture_keep(song=song, kind=PictureKind.SALIENCY, files=names, now=timezone.now())
