"""Playlists: a rule, and the songs that it chose last."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from classifier.fields import uuid7


class Playlist(models.Model):
    """A list of songs by a rule (`classifier/playlists/rule.py`). Only its owner sees it.

    With a source it is on that music server too, always under the same id. `asked_at` says that it has to be refreshed
    as soon as possible; with `is_nightly` that happens each night.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="playlists")
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=300, blank=True, default="")
    rule = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    is_nightly = models.BooleanField(default=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    # The last refresh that was tried, and the last one that changed the songs here.
    tried_at = models.DateTimeField(null=True, blank=True)
    refreshed_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=64, blank=True, default="")
    error_message = models.TextField(blank=True, default="")

    # The music server that has a copy of the list.
    source = models.ForeignKey(
        "classifier.Source", on_delete=models.SET_NULL, null=True, blank=True, related_name="playlists"
    )
    server_playlist_id = models.CharField(max_length=255, blank=True, default="")
    synced_at = models.DateTimeField(null=True, blank=True)
    # Songs that do not lie on that server.
    left_out = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "name"], name="playlist_named_once_for_each_owner"),
        ]

    def __str__(self) -> str:
        return self.name


class PlaylistSong(models.Model):
    """A song that the rule chose, and why. Songs in the bin stay in the table until the next refresh."""

    playlist: Any = models.ForeignKey(Playlist, on_delete=models.CASCADE, related_name="entries")
    song = models.ForeignKey("classifier.Song", on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()
    reason = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["playlist", "song"], name="song_once_in_each_playlist"),
        ]
        indexes: ClassVar = [models.Index(fields=["playlist", "position"], name="playlist_in_order")]

    def __str__(self) -> str:
        return f"{self.position}: {self.song_id}"
