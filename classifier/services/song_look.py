"""Drawing what the 2D network looked at in a song, for both sides at once, in the process that listens."""

from __future__ import annotations

import json
import logging
import os
import uuid
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from classifier import door
from classifier.files import folder_discard
from classifier.looked import SIDES, looked_picture, looked_places
from classifier.models import Analysis, Song, song_folder
from classifier.services.song_look_ask import looking_began, looking_gave_up

logger = logging.getLogger(__name__)


def song_look(*, song_id: uuid.UUID) -> None:
    """Being told twice of the same song changes nothing; where it fails, whoever asks next has it tried again."""
    song = Song.objects.filter(id=song_id).first()
    analysis = song.analysis if song else None
    if song is None or analysis is None or all(looked_picture(song, analysis, side).is_file() for side in SIDES):
        logger.info("There is nothing to draw of song %s.", song_id)
        return
    try:
        looking_began(song=song, analysis=analysis, now=timezone.now())
        _draw(song, analysis)
    except door.MoodError as error:
        logger.warning("What was looked at in song %s cannot be drawn: %s (%s)", song_id, error.message, error.code)
        looking_gave_up(song=song, analysis=analysis, now=timezone.now())
    except Exception:
        looking_gave_up(song=song, analysis=analysis, now=timezone.now())
        raise
    finally:
        # The row goes before the folder where a song is deleted, so this sees either both or neither.
        if not Song.objects.filter(id=song.id).exists():
            folder_discard(song_folder(song))


def _draw(song: Song, analysis: Analysis) -> None:
    moods = dict(zip(SIDES, (analysis.primary, analysis.secondary), strict=True))
    looked = door.look(Path(song.file.path), moods.values(), analysis.model_version)
    for side, mood in moods.items():
        _keep(looked_places(song, analysis, side), json.dumps(looked[mood].told).encode())
        _keep(looked_picture(song, analysis, side), looked[mood].png)


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
