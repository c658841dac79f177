"""Sources and their songs as database rows, without folders and files, for tests."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.utils import timezone

from classifier.models import Person, Queue, Song, SongLocation, Source, SourceKind

_numbers = count()


def add_source(owner: Person, name: str = "Music", **fields: Any) -> Source:
    values = {"kind": SourceKind.FOLDER, "address": f"/music/{name}", "created_at": timezone.now()} | fields
    return Source.objects.create(owner=owner, name=name, **values)


def add_song(*sources: Source, **fields: Any) -> Song:
    """A song that lies in these sources, and waits for its turn unless `fields` say otherwise."""
    number = next(_numbers)
    song = Song.objects.create(
        **{
            "owner": sources[0].owner,
            "file_name": f"{number}.mp3",
            "size_bytes": 4_000_000,
            "queue": Queue.HELD,
            "created_at": timezone.now(),
            **fields,
        }
    )
    for source in sources:
        locate(song, source, f"Albums/{number}.mp3")
    return song


def locate(song: Song | None, source: Source, key: str, **fields: Any) -> SongLocation:
    return SongLocation.objects.create(song=song, source=source, key=key, path=key, **fields)


def add_songs(source: Source, number: int, **fields: Any) -> list[Song]:
    return [add_song(source, **fields) for _ in range(number)]
