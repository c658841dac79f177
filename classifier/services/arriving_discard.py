"""A file that shall not go on arriving, or need not: it is a song now."""

from __future__ import annotations

from datetime import datetime, timedelta

from classifier.arriving import remove
from classifier.models import ArrivingFile

KEPT_FOR = timedelta(days=1)


def arriving_discard(*, file: ArrivingFile) -> None:
    # By its id, so that two who discard at once both succeed.
    ArrivingFile.objects.filter(id=file.id).delete()
    remove(file.id)


def arriving_sweep(*, now: datetime) -> int:
    """Remove what nobody has gone on with for a day."""
    given_up = list(ArrivingFile.objects.given_up(now - KEPT_FOR))
    for file in given_up:
        arriving_discard(file=file)
    return len(given_up)
