"""Covers for songs that were analysed before covers had sizes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from classifier.jobs.covers import cover_prepare, cover_store
from classifier.models import Song
from classifier.uploads.song_storage import song_storage


class Command(BaseCommand):
    help = (
        "Make the covers of songs that were analysed by earlier versions, and delete the embedded pictures that those "
        "have stored in full size. Runs beside the server, and continues where it was stopped."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        made = missing = 0
        for song in Song.objects.exclude(cover="").only("id", "owner_id", "cover").iterator(chunk_size=200):
            name = str(song.cover.name)
            try:
                data = b"".join(song_storage().read(name))
            except FileNotFoundError:
                data = b""
            prepared = cover_prepare(owner_id=song.owner_id, data=data)
            with transaction.atomic():
                image_id = cover_store(owner_id=song.owner_id, cover=prepared)
                # Against another analysis, which has its own cover then: the first to change the row wins.
                changed = Song.objects.filter(id=song.id, cover=name).update(cover="", cover_image_id=image_id)
            if changed:
                song_storage().delete(name)
            made += bool(changed and image_id)
            missing += bool(changed and not image_id)
        self.stdout.write(f"{made} covers made, {missing} pictures could not be read.")
