"""Somebody without music at hand is given the demo songs."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

from django.core.files import File

from classifier.models import Person, Song
from classifier.services.demo_render import demo_songs
from classifier.services.song_submit import song_submit


def demo_add(*, owner: Person, now: datetime) -> list[Song]:
    """From here on they are songs like all others. Returns those that were not there yet."""
    added = []
    with tempfile.TemporaryDirectory(prefix="demo-songs-") as folder:
        for path in demo_songs(Path(folder)):
            with path.open("rb") as file:
                song, created = song_submit(owner=owner, upload=File(file, name=path.name), now=now)
            if created:
                added.append(song)
    return added
