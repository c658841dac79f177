"""Delete a song permanently, with all of its files. `song_bin` can be undone."""

from __future__ import annotations

from classifier.models import Song
from classifier.uploads.song_deletion import songs_delete


def song_delete(*, song: Song) -> None:
    """Whether its row is there or not, and on a full disk too: see `songs_delete`."""
    songs_delete(ids=[song.id])
