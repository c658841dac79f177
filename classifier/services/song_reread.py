"""A song as it is now, after a change that others may have raced."""

from http import HTTPStatus

from classifier.errors import ProductError
from classifier.models import Song


def reread(song: Song) -> Song:
    try:
        song.refresh_from_db()
    except Song.DoesNotExist:
        raise ProductError("not_found", "This song was deleted meanwhile.", HTTPStatus.NOT_FOUND) from None
    return song
