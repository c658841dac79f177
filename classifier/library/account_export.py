"""Everything of an account as one zip: songs, results, filters, tokens, sessions and events; on request the audio too.

It is made while it is sent, so that its size needs neither memory nor disk.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest

from classifier.accounts.client_address import device_name
from classifier.accounts.security_log import Kind, record_event
from classifier.accounts.sessions import sessions_of
from classifier.library.export import csv_lines, json_lines
from classifier.models import ApiToken, Person, SavedFilter, SecurityEvent, Song
from classifier.serializers import iso_timestamp
from classifier.uploads.disk_reserve import require_room
from classifier.uploads.song_storage import song_storage
from classifier.uploads.stored_files import disk_full_as_error

# A guess for what is not audio: 100 KB of results for each song.
BYTES_FOR_EACH_SONG = 100_000
MAX_EVENTS = 10_000
# Zip cannot store earlier times.
EPOCH = (1980, 1, 1, 0, 0, 0)


def archive_name(person: Person, *, now: datetime) -> str:
    name = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in person.username)
    return f"countermood-{name[:60]}-{now:%Y%m%d-%H%M%S}.zip"


def account_archive(person: Person, *, with_audio: bool, now: datetime) -> Iterator[bytes]:
    """The bytes of the zip, in blocks."""
    sink = _Sink()
    with zipfile.ZipFile(cast(IO[bytes], sink), "w") as archive:
        stamp = max(now.timetuple()[:6], EPOCH)
        songs = Song.objects.for_owner(person).newest_first()
        texts: dict[str, Iterable[str]] = {
            "account.json": [json.dumps(_account(person, now), ensure_ascii=False, indent=2)],
            "songs.csv": csv_lines(songs),
            "songs.jsonl": json_lines(songs),
        }
        for name, lines in texts.items():
            with archive.open(_entry(name, stamp, zipfile.ZIP_DEFLATED), "w", force_zip64=True) as target:
                for line in lines:
                    target.write(line.encode())
                    if len(sink.blocks) > 8:
                        yield sink.take()
        if with_audio:
            for song in songs.only("id", "file", "file_name").iterator(chunk_size=200):
                yield from _audio(archive, sink, song, stamp)
    yield sink.take()


def person_export_store(*, person: Person, with_audio: bool, now: datetime, request: HttpRequest | None = None) -> Path:
    """Write the zip to exports/ in DATA_DIR, where whoever runs the server finds it. Never a part of one."""
    sizes = Song.objects.for_owner(person).aggregate(total=Sum("size_bytes"))
    needed = Song.objects.for_owner(person).count() * BYTES_FOR_EACH_SONG
    needed += (sizes["total"] or 0) if with_audio else 0
    require_room(needed)
    folder: Path = settings.DATA_DIR / "exports"
    path = folder / archive_name(person, now=now)
    unfinished = path.with_suffix(".part")
    with disk_full_as_error():
        folder.mkdir(mode=0o700, exist_ok=True)
        try:
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                for block in account_archive(person, with_audio=with_audio, now=now):
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    what = "account with audio" if with_audio else "account"
    record_event(Kind.EXPORTED, person, request, what=what, file=path.name)
    return path


def _audio(archive: zipfile.ZipFile, sink: _Sink, song: Song, stamp: Any) -> Iterator[bytes]:
    """The uploaded file, unchanged. One that is missing is left out: the tables still name the song."""
    blocks = song_storage().read(song.file.name or "")
    try:
        block = next(blocks, b"")
    except (OSError, ValueError):
        return
    name = Path(song.file_name).name.replace("\\", "_") or "song"
    entry = _entry(f"audio/{song.id}/{name}", stamp, zipfile.ZIP_STORED)
    with archive.open(entry, "w", force_zip64=True) as target:
        while block:
            target.write(block)
            yield sink.take()
            block = next(blocks, b"")


def _account(person: Person, now: datetime) -> dict[str, Any]:
    """Without passwords, keys and hashes."""
    return {
        "exported_at": iso_timestamp(now),
        "user_name": person.username,
        "email": person.email,
        "is_owner": person.is_owner,
        "created_at": iso_timestamp(person.date_joined),
        "last_seen_at": iso_timestamp(person.last_seen_at),
        "songs": Song.objects.for_owner(person).count(),
        "saved_filters": [
            {"name": one.name, "query": one.query, "created_at": iso_timestamp(one.created_at)}
            for one in SavedFilter.objects.for_owner(person)
        ],
        "api_tokens": [
            {
                "name": token.name,
                "starts_with": token.prefix,
                "scopes": token.scopes.split(),
                "created_at": iso_timestamp(token.created_at),
                "expires_at": iso_timestamp(token.expires_at),
                "last_used_at": iso_timestamp(token.last_used_at),
            }
            for token in ApiToken.objects.for_owner(person)
        ],
        "sessions": [
            {
                "device": device_name(session.user_agent),
                "address": session.address,
                "created_at": iso_timestamp(session.created_at),
                "last_seen_at": iso_timestamp(session.last_seen_at),
            }
            for session in sessions_of(person, now=now)
        ],
        "security_events": [
            {
                "kind": event.kind,
                "at": iso_timestamp(event.at),
                "by": event.by_name,
                "address": event.address,
                "device": event.device,
                "details": event.details,
            }
            for event in SecurityEvent.objects.filter(person=person)[:MAX_EVENTS]
        ],
    }


def _entry(name: str, stamp: Any, compression: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, stamp)
    entry.compress_type = compression
    entry.external_attr = 0o600 << 16
    return entry


class _Sink:
    """A file that cannot seek, and that gives away what was written to it."""

    def __init__(self) -> None:
        self.blocks: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.blocks.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        data = b"".join(self.blocks)
        self.blocks.clear()
        return data
