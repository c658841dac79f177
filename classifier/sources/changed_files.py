"""Files that changed where they are: retagged, replaced by another recording, or damaged."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.models import Song, SongLocation, Source, Status
from classifier.recordings.copies import copies_choose
from classifier.sort_models import track_order
from classifier.sources.audio_file import location_audio_file
from classifier.sources.items import SourceItem
from classifier.sources.new_songs import QUEUED_AGAIN, location_fields, new_song
from classifier.sources.scan_lease import ScanLease

logger = logging.getLogger(__name__)

REPLACED = "//replaced/"
"""The beginning of the key of a location whose file is another recording now. No listing has such a key."""


def changed_file_read(source: Source, location: SongLocation, item: SourceItem, lease: ScanLease) -> None:
    """The same sound: only the tags are read anew. Another sound: another song. Raises ScanLost and ScanStopped."""
    song = location.song
    if song is None:
        return
    if not song.audio_hash or (song.status != Status.DONE and not song.analyses.exists()):
        # It was not analysed yet, or could not be; perhaps it can be now.
        with transaction.atomic():
            lease.lock()
            SongLocation.objects.filter(id=location.id).update(**location_fields(item))
            Song.objects.filter(id=song.id).update(size_bytes=item.size_bytes)
            Song.objects.filter(id=song.id, status=Status.FAILED).update(**QUEUED_AGAIN, queued_at=lease.clock())
        return
    try:
        with location_audio_file(location, lease.renew) as path:
            audio_hash = ml_gateway.audio_hash_limited(path)
            tags = ml_gateway.read_tags(path) if audio_hash == song.audio_hash else None
    except (ml_gateway.MoodError, ProductError, OSError) as error:
        # It is looked at again by the next scan, since its old size stays.
        logger.warning("The changed file %s cannot be read: %s", location.path, error)
        return
    with transaction.atomic():
        lease.lock()
        if tags is not None:
            SongLocation.objects.filter(id=location.id).update(**location_fields(item))
            song_retag(song, tags, item)
        else:
            _give_to_other_song(source, song, location, item, audio_hash, lease)


def song_retag(song: Song, tags: Any, item: SourceItem) -> None:
    """Names from the tags, unless the user edited them. In a transaction."""
    stored = Song.objects.select_for_update().filter(id=song.id).first()
    if stored is None:
        return
    changed: dict[str, Any] = {"tags": tags.texts()}
    if not stored.file:
        # Of other bytes than before: it is computed again by the next analysis, and until then not needed.
        changed |= {"size_bytes": item.size_bytes, "sha256": ""}
    if stored.edited_at is None:
        names = {
            "title": tags.title or item.title,
            "artist": tags.artist or item.artist,
            "album": tags.album or item.album,
            "album_artist": tags.album_artist or item.album_artist,
            "music_genre": tags.genre or item.music_genre,
        }
        changed |= stored.name_columns(**{name: text[:255] for name, text in names.items()}, year=tags.year)
        changed["track_order"] = track_order(changed["tags"])
    Song.objects.filter(id=song.id).update(**changed)
    copies_choose([stored.recording])


def _give_to_other_song(
    source: Source, song: Song, location: SongLocation, item: SourceItem, audio_hash: str, lease: ScanLease
) -> None:
    """The song that has this sound already, or a new one. What the user said of the earlier song stays with it."""
    earlier = song.id
    other = Song.objects.filter(owner_id=source.owner_id, audio_hash=audio_hash).exclude(id=earlier).first()
    if other is None:
        other = new_song(source, item, lease.clock())
        other.save(force_insert=True)
    is_in_bin = other.deleted_at is not None  # then this place of it is ignored too
    SongLocation.objects.filter(id=location.id).update(song=other, is_ignored=is_in_bin, **location_fields(item))
    left = SongLocation.objects.filter(song_id=earlier).exists()
    if not left and Song.objects.filter(id=earlier, file="").exists():
        # Missing like a song whose file was deleted, so that it goes the same way, or comes back with its file.
        SongLocation.objects.update_or_create(
            source=source,
            key=f"{REPLACED}{earlier}",
            defaults={"song_id": earlier, "path": location.path, "missing_since": lease.clock()},
        )
