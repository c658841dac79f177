"""Files of songs that are made when a page asks for them, and deleted when others need their space."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class PictureKind(models.TextChoices):
    SPECTROGRAM = "spectrogram"
    SALIENCY = "saliency"
    PLAYABLE = "playable"


class Picture(models.Model):
    """The files of one kind of a song: pictures, or a copy that browsers play. Those of an upload have no row: they
    stay as long as the song."""

    song = models.ForeignKey("classifier.Song", on_delete=models.CASCADE, related_name="pictures")
    kind = models.CharField(max_length=16, choices=PictureKind.choices)
    # Their names in the storage of songs.
    files = models.JSONField(default=list)
    size_bytes = models.BigIntegerField()
    # Exact to an hour, so that looking at a picture seldom writes.
    used_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["song", "kind"], name="picture_once_for_each_kind")]
        indexes: ClassVar = [models.Index(fields=["used_at", "id"], name="picture_least_recently_used")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.song_id}"
