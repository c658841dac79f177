"""Computes the audio hash of songs that earlier versions analysed without one."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator

from classifier import ml_gateway
from classifier.models import Song
from classifier.uploads.song_storage import song_storage

logger = logging.getLogger(__name__)

BATCH_SONGS = 200
MAX_SECONDS = 120.0
"""For one song. Most take a tenth of a second, and one of several gigabytes some seconds."""


def audio_hashes_backfill() -> Iterator[bool]:
    """Hash all uploaded songs without a hash, oldest first; yields for each whether it has one now.

    It can be stopped at any time and be run again: it finds what is left. Songs of sources get theirs when they are
    analysed.
    """
    after = uuid.UUID(int=0)
    while songs := _without_hash(after):
        for song_id, file in songs:
            after = song_id
            yield _hash(song_id, file)


def _without_hash(after: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    songs = Song.objects.filter(audio_hash="", id__gt=after).exclude(file="").order_by("id")
    return list(songs.values_list("id", "file")[:BATCH_SONGS])


def _hash(song_id: uuid.UUID, file: str) -> bool:
    try:
        with song_storage().on_disk(file) as path, ml_gateway.time_limit(MAX_SECONDS):
            audio_hash = ml_gateway.audio_hash(path)
    except (OSError, ml_gateway.DeadlineExceeded) as error:
        logger.warning("The song %s has no hash of its audio: %s", song_id, error or "it takes too long")
        return False
    # An analysis may have stored the hash meanwhile: then this changes nothing.
    Song.objects.filter(id=song_id, audio_hash="").update(audio_hash=audio_hash)
    return True
