"""Where songs come from that were not uploaded: folders of the server and music servers."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy

from classifier.fields import uuid7

LIKED = models.Q(is_favourite=True) | models.Q(rating__gt=0)


class SourceKind(models.TextChoices):
    FOLDER = "folder", gettext_lazy("Folder")
    OPENSUBSONIC = "opensubsonic", gettext_lazy("OpenSubsonic server")
    JELLYFIN = "jellyfin", gettext_lazy("Jellyfin server")
    PLEX = "plex", gettext_lazy("Plex server")


class ScanStatus(models.TextChoices):
    NEVER = "never"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    REMOVING = "removing"
    """The user has removed the source, and its songs are being deleted."""


class Source(models.Model):
    """A folder or a music server of one user. Its songs are read where they are; nothing is copied.

    A scan compares the source with its locations. One scan at a time: it holds a lease (`scan_token`), which expires.

        WAITING --> RUNNING --> DONE, FAILED        NEVER: not scanned yet
           ^                        |
           +------------------------+  asked for by the user, by the schedule, or by the file system

    From each of them --> REMOVING, and then the row is deleted.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sources")
    kind = models.CharField(max_length=16, choices=SourceKind.choices)
    name = models.CharField(max_length=80)
    # The absolute path of a folder, or the URL of a server.
    address = models.CharField(max_length=1000)
    username = models.CharField(max_length=150, blank=True, default="")
    # A password or an API key, encrypted with a key that is not in the database: see `classifier/sources/secrets.py`.
    encrypted_secret = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()

    # Analyses of its songs. Hours are those of TIME_ZONE, from the first to before the second; equal ones mean all day.
    is_paused = models.BooleanField(default=False)
    hours_from = models.PositiveSmallIntegerField(default=0)
    hours_to = models.PositiveSmallIntegerField(default=0)
    # The largest share of the workers' time, in percent.
    share = models.PositiveSmallIntegerField(default=100)

    scan_status = models.CharField(max_length=16, choices=ScanStatus.choices, default=ScanStatus.NEVER)
    scan_token = models.UUIDField(null=True, blank=True)
    scan_expires_at = models.DateTimeField(null=True, blank=True)
    scan_started_at = models.DateTimeField(null=True, blank=True)
    scan_finished_at = models.DateTimeField(null=True, blank=True)
    # Of the running or the last scan: numbers by name, such as {"files": 200, "new": 3}.
    scan_counts = models.JSONField(default=dict, blank=True)
    scan_error_code = models.CharField(max_length=64, blank=True, default="")
    scan_error_message = models.TextField(blank=True, default="")

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "kind", "address", "username"], name="source_once_for_each_owner"),
        ]

    def __str__(self) -> str:
        return self.name


class SongLocation(models.Model):
    """A file of a folder, or an item of a music server. Several locations may have the same song."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="locations")
    # NULL: not identified yet, unreadable (`error_code`), or a song that the user deleted (`is_ignored`).
    song = models.ForeignKey(
        "classifier.Song", on_delete=models.SET_NULL, null=True, blank=True, related_name="locations"
    )
    # The path relative to the folder (bytes that are not UTF-8 escaped), or the server's identifier of the item.
    key = models.TextField()
    # The path as the server tells it, to show.
    path = models.TextField(blank=True, default="")
    size_bytes = models.BigIntegerField(default=0)
    # Nanoseconds since 1970 of a file's last change; of an item, what tells that it changed.
    modified_ns = models.BigIntegerField(default=0)
    # Device and inode of a file, which stay when it is renamed.
    file_id = models.CharField(max_length=64, blank=True, default="")
    # Since when scans do not find it any more.
    missing_since = models.DateTimeField(null=True, blank=True)
    is_ignored = models.BooleanField(default=False)
    # As the user marked the item on the server: a favourite, and 1 to 5 stars, 0 without a rating.
    is_favourite = models.BooleanField(default=False)
    rating = models.PositiveSmallIntegerField(default=0)
    error_code = models.CharField(max_length=64, blank=True, default="")
    error_message = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "key"], name="location_once_for_each_source")
        ]
        indexes: ClassVar = [
            # The numbers of a source and its songs, without reading paths.
            models.Index(fields=["song", "source", "is_ignored", "missing_since"], name="location_of_song"),
            models.Index(fields=["source", "is_ignored", "missing_since", "song"], name="location_of_source"),
            # For files that were moved.
            models.Index(fields=["source", "file_id"], name="location_file_of_source", condition=~models.Q(file_id="")),
            # What playlists of favourites and ratings read: few, and without looking at each song.
            models.Index(
                fields=["source", "song", "is_favourite", "rating", "is_ignored", "missing_since"],
                name="location_liked",
                condition=LIKED,
            ),
            # For the clean-up.
            models.Index(
                fields=["missing_since"], name="location_missing", condition=models.Q(missing_since__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.path or self.key
