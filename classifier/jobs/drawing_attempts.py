"""Requests of pages that a picture is drawn, and the attempts to do so.

A marker file beside the picture stores the number of attempts, and the time of the last request or attempt. So all
processes share the state, and it is deleted with the song.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.models import Song, song_folder
from classifier.uploads.song_storage import song_storage
from classifier.uploads.stored_files import disk_full_as_error

RESEND_AFTER = timedelta(seconds=60)
"""A worker that has drawn nothing by then has died, is busy, or lost the message. A minute of music adds a second."""
MAX_ATTEMPTS = 3
FORGET_ATTEMPTS_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class DrawingAttempts:
    song: Song
    marker: str
    """The last part of the name of the marker file."""
    picture: str
    """As messages name it."""

    def request(self, now: datetime) -> bool:
        """Whether to send a message to the workers: not if one was sent just now. Raises ProductError after too many
        attempts."""
        with disk_full_as_error():
            attempts, age = self._read(now)
            if age >= FORGET_ATTEMPTS_AFTER:
                attempts = 0
            elif age < self.resend_after:
                return False
            elif attempts >= MAX_ATTEMPTS:
                raise ProductError(
                    "looking_failed",
                    gettext(
                        "The %(picture)s could not be drawn in %(max_attempts)s attempts: see the worker’s log, try "
                        "again in an hour, or analyse the song again."
                    )
                    % {"picture": gettext(self.picture), "max_attempts": MAX_ATTEMPTS},
                    HTTPStatus.SERVICE_UNAVAILABLE,
                )
            # Of two requests at once both may send a message; the second task finds the picture drawn and does nothing.
            self._write(attempts, now)
        return True

    def begin(self, now: datetime) -> None:
        """Count the attempt before it starts, since a killed worker cannot count it afterwards."""
        attempts, _ = self._read(now)
        self._write(attempts + 1, now)

    def fail(self, now: datetime) -> None:
        """The attempt stays counted, but the next request does not wait for this one."""
        attempts, age = self._read(now)
        if age != timedelta.max:
            self._write(attempts, now - self.resend_after)

    def abandon(self, now: datetime) -> None:
        """It takes too long: no further attempt until the attempts are forgotten."""
        self._write(MAX_ATTEMPTS, now - self.resend_after)

    @property
    def resend_after(self) -> timedelta:
        return RESEND_AFTER + timedelta(seconds=(self.song.duration_s or 0.0) / 60)

    def _read(self, now: datetime) -> tuple[int, timedelta]:
        """The number of attempts, and the time since the last request or attempt; `timedelta.max` without any."""
        try:
            marker = b"".join(song_storage().read(self._name))
        except FileNotFoundError:
            return 0, timedelta.max
        try:
            attempts, moment = marker.decode("ascii").split()
            age = now - datetime.fromisoformat(moment)
        except ValueError:
            return 0, timedelta.max  # one dot for each attempt, of an earlier version
        # In the future where the clock was set back since.
        return int(attempts), age if age > -timedelta(seconds=1) else timedelta.max

    def _write(self, attempts: int, moment: datetime) -> None:
        if not self.song.file:
            # Songs of sources have no folder yet. If the song was deleted at this moment, the clean-up removes it.
            song_storage().make_folder(song_folder(self.song))
        song_storage().write(self._name, f"{attempts} {moment.isoformat()}".encode("ascii"))

    @property
    def _name(self) -> str:
        return f"{song_folder(self.song)}/{self.marker}"
