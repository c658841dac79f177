"""Files of songs that are made on request: the spectrogram, and a copy that browsers play."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.jobs.analysis_files import COPY_BYTES_PER_S
from classifier.jobs.drawing_attempts import DrawingAttempts
from classifier.jobs.picture_cache import picture_keep
from classifier.jobs.queue import enqueue_made_file
from classifier.models import PictureKind, Song, Status, song_folder
from classifier.sources.audio_file import copied_bytes, song_audio_file
from classifier.uploads.disk_reserve import require_room
from classifier.uploads.song_storage import song_storage
from classifier.uploads.stored_files import delete_folder, file_exists, store_from_disk
from classifier.uploads.working_copies import working_folder

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class MadeFile:
    """What is made. It does not depend on the model, and its name differs from that of a stored one."""

    kind: PictureKind
    title: str
    """As messages name it."""
    name: str
    bytes_for: Callable[[float], int]
    """More than it takes for a song of so many seconds."""
    write: Callable[[Path, Path], object]
    """From the song's audio to a new file."""

    def path(self, song: Song) -> str:
        """In the storage of songs."""
        return f"{song_folder(song)}/{self.name}"

    def attempts(self, song: Song) -> DrawingAttempts:
        return DrawingAttempts(song, f"{Path(self.name).stem}-requested", self.title)


def _spectrogram(audio: Path, target: Path) -> None:
    target.write_bytes(ml_gateway.song_spectrogram(audio))


SPECTROGRAM = MadeFile(
    PictureKind.SPECTROGRAM, "spectrogram", "drawn-spectrogram.png", lambda duration_s: 1_000_000, _spectrogram
)
PLAYABLE = MadeFile(
    PictureKind.PLAYABLE,
    "copy that browsers play",
    "made-playable.mp3",
    lambda duration_s: 100_000 + int(COPY_BYTES_PER_S * duration_s),
    ml_gateway.make_playable,
)
MADE_FILES = {made.kind.value: made for made in (SPECTROGRAM, PLAYABLE)}


def file_request(made: MadeFile, *, song: Song, now: datetime) -> None:
    """Send a message to the workers, unless one was sent just now. Raises ProductError after too many attempts."""
    require_room(made.bytes_for(song.duration_s or 0.0))
    if made.attempts(song).request(now):
        enqueue_made_file(made.kind, song.id)


def file_make(made: MadeFile, *, song_id: uuid.UUID) -> None:
    """Make the file if it is missing. A second message about the same song changes nothing."""
    song = Song.objects.filter(id=song_id, status=Status.DONE).first()
    if song is None or _is_there(made, song):
        logger.info("There is no %s of song %s to make.", made.title, song_id)
        return
    attempts = made.attempts(song)
    try:
        require_room(made.bytes_for(song.duration_s or 0.0) + copied_bytes(song))
        attempts.begin(timezone.now())
        with song_audio_file(song) as audio, working_folder() as folder:
            target = folder / made.name
            made.write(audio, target)
            _store(made.path(song), target)
        picture_keep(song=song, kind=made.kind, files=[made.path(song)], now=timezone.now())
    except ml_gateway.DeadlineExceeded:
        file_abandon(made, song_id=song_id, now=timezone.now())
        raise
    except (ml_gateway.MoodError, ProductError) as error:
        logger.warning("The %s of song %s cannot be made: %s (%s)", made.title, song_id, error.message, error.code)
        attempts.fail(timezone.now())
    except Exception:
        attempts.fail(timezone.now())
        raise
    finally:
        # A deletion removes the row before the folder, so this sees either both or neither.
        if not Song.objects.filter(id=song.id).exists():
            delete_folder(song_folder(song))


def file_abandon(made: MadeFile, *, song_id: uuid.UUID, now: datetime) -> None:
    """It takes too long: no further attempt until the attempts are forgotten."""
    if (song := Song.objects.filter(id=song_id).first()) is not None:
        made.attempts(song).abandon(now)


def _is_there(made: MadeFile, song: Song) -> bool:
    return bool(made is SPECTROGRAM and song.spectrogram) or file_exists(made.path(song))


def _store(name: str, path: Path) -> None:
    stored = store_from_disk(name, path)
    if stored != name:
        # Another worker made it at this moment.
        song_storage().delete(stored)
