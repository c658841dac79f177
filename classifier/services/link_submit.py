"""Add a song from a link to an audio file, like an upload of the file."""

from __future__ import annotations

from datetime import datetime

from classifier.accounts.quotas import quota_check
from classifier.models import Person, Song
from classifier.services.link_download import TIME_LIMIT_S, link_download
from classifier.services.song_submit import song_submit
from classifier.uploads.stored_files import FileOnDisk, disk_full_as_error
from classifier.uploads.working_copies import working_folder


def link_submit(*, owner: Person, link: str, now: datetime, time_limit_s: float = TIME_LIMIT_S) -> tuple[Song, bool]:
    """Returns the song, and whether it is new. Raises ProductError and MoodError."""
    quota_check(owner=owner, added_bytes=0, now=now, with_uploads=True)  # before anything is downloaded
    with disk_full_as_error(), working_folder() as folder:
        downloaded = link_download(owner=owner, link=link, folder=folder, time_limit_s=time_limit_s)
        with downloaded.path.open("rb") as stream:
            file = FileOnDisk(stream, downloaded.path)
            file.name = downloaded.name
            file.sha256 = downloaded.sha256  # type: ignore[attr-defined]  # `checksum` reads it
            return song_submit(owner=owner, upload=file, now=now)
