"""Playlists that are due: each night, and when somebody asked for it. The process `sources` calls this."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, time, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.models import Playlist
from classifier.playlists.stored import playlist_refresh
from classifier.playlists.sync import playlist_sync

logger = logging.getLogger(__name__)

NIGHT = time(3)
"""In TIME_ZONE."""
LONGEST_UPDATE = timedelta(minutes=15)
"""One that was asked for and takes longer was killed, and is done again."""
CLOCK_TOLERANCE = timedelta(minutes=1)


def last_night(now: datetime) -> datetime:
    """The last time that it was NIGHT."""
    local = timezone.localtime(now)
    today = timezone.make_aware(datetime.combine(local.date(), NIGHT))
    if today <= now:
        return today
    return timezone.make_aware(datetime.combine(local.date() - timedelta(days=1), NIGHT))


def playlists_due(now: datetime) -> QuerySet[Playlist]:
    """Not tried since the last night, or asked for. A failure is tried again the next night."""
    # In the future where the clock was set back since.
    not_tried = Q(tried_at=None) | Q(tried_at__lt=last_night(now)) | Q(tried_at__gt=now + CLOCK_TOLERANCE)
    not_begun = Q(tried_at=None) | Q(tried_at__lte=F("asked_at")) | Q(tried_at__lt=now - LONGEST_UPDATE)
    due = Q(is_nightly=True) & not_tried | Q(asked_at__isnull=False) & not_begun
    playlists = Playlist.objects.filter(due, owner__is_active=True)
    return playlists.select_related("owner", "source__owner").order_by("tried_at", "id")


def playlists_update(clock: Callable[[], datetime], should_stop: Callable[[], bool] = lambda: False) -> int:
    """All that are due now, one after the other. Returns their number."""
    count = 0
    for playlist in list(playlists_due(clock())):
        if should_stop():
            break
        count += playlist_update(playlist, clock())
    return count


def playlist_update(playlist: Playlist, now: datetime) -> bool:
    """Refresh a playlist and its copy on a server. What fails stands in its row. False if another process does it."""
    rows = Playlist.objects.filter(id=playlist.id)
    # Several processes may try: the first one changes the row.
    if not rows.filter(tried_at=playlist.tried_at, asked_at=playlist.asked_at).update(tried_at=now):
        return False
    asked_at, error = playlist.asked_at, None
    try:
        playlist_refresh(playlist=playlist, now=now, by_schedule=True)
        playlist_sync(playlist, now)
    except ProductError as reason:
        error = reason
        logger.warning("Playlist %s was not refreshed: %s (%s)", playlist.id, error.message, error.code)
    except Exception:
        error = ProductError(
            "internal_error", gettext("Internal error; the server’s log has the details: refresh it again.")
        )
        logger.exception("Playlist %s was not refreshed.", playlist.id)
    if error is not None:
        rows.update(error_code=error.code, error_message=error.message)
    # Unless it was asked for again meanwhile.
    rows.filter(asked_at=asked_at).update(asked_at=None)
    return True
