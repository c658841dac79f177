"""Everything of an account as one zip: songs, results, playlists, filters, tokens, sessions and events; on request the
audio too.

It is made while it is sent, so that its size needs neither memory nor disk.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest

from classifier import ml_gateway
from classifier.accounts.client_address import device_name
from classifier.accounts.quotas import stored_here
from classifier.accounts.security_log import Kind, record_event
from classifier.accounts.sessions import sessions_of
from classifier.library.account_library import (
    ACCOUNT,
    AUDIO,
    COVERS,
    FORMAT,
    PLAYABLE,
    PLAYLISTS,
    RECALIBRATIONS,
    SONGS,
    correction_lines,
    cover_lines,
    member_name,
    playlist_lines,
    recalibration_lines,
    song_lines,
)
from classifier.library.exports.formats import csv_lines, json_lines
from classifier.library.zip_stream import ZipStream
from classifier.models import ApiToken, Person, SavedFilter, SecurityEvent, Song, Source, TagChange, WebhookEndpoint
from classifier.serializers import iso_timestamp
from classifier.uploads.disk_reserve import require_room
from classifier.uploads.song_storage import song_storage
from classifier.uploads.stored_files import disk_full_as_error
from classifier.vocabularies.stored import vocabulary_of
from mmc import __version__

# A guess for what is not audio: 100 KB of results for each song.
BYTES_FOR_EACH_SONG = 100_000
MAX_EVENTS = 10_000


def archive_name(person: Person, *, now: datetime) -> str:
    name = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in person.username)
    return f"countermood-{name[:60]}-{now:%Y%m%d-%H%M%S}.zip"


def account_archive(person: Person, *, with_audio: bool, now: datetime) -> Iterator[bytes]:
    """The bytes of the zip, in blocks."""
    archive = ZipStream(now)
    songs = Song.objects.for_owner(person).newest_first()
    texts: dict[str, Iterable[str]] = {
        ACCOUNT: [json.dumps(_account(person, now), ensure_ascii=False, indent=2)],
        "songs.csv": csv_lines(songs),
        "songs.jsonl": json_lines(songs),
        "corrections.csv": correction_lines(person),
        SONGS: song_lines(person),
        COVERS: cover_lines(person),
        PLAYLISTS: playlist_lines(person),
        RECALIBRATIONS: recalibration_lines(person),
    }
    for name, lines in texts.items():
        yield from archive.add(name, (line.encode() for line in lines), compressed=True)
    if with_audio:
        # Songs of sources stay where they are.
        stored = stored_here(Song.objects.stored_by(person)).newest_first()
        for song in stored.only("id", "file", "playable", "file_name").iterator(chunk_size=200):
            yield from _file(archive, str(song.file.name), member_name(AUDIO, song))
            if song.playable:
                yield from _file(archive, str(song.playable.name), member_name(PLAYABLE, song))
    yield archive.finish()


def person_export_store(*, person: Person, with_audio: bool, now: datetime, request: HttpRequest | None = None) -> Path:
    """Write the zip to exports/ in DATA_DIR, where the operator of the server finds it. It is complete or absent."""
    sizes = stored_here(Song.objects.stored_by(person)).aggregate(total=Sum("size_bytes"))
    needed = Song.objects.stored_by(person).count() * BYTES_FOR_EACH_SONG
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


def _file(archive: ZipStream, stored: str, name: str) -> Iterator[bytes]:
    """A stored file, unchanged. One that is missing is left out: the tables still name the song."""
    blocks = song_storage().read(stored)
    try:
        first = next(blocks, b"")
    except (OSError, ValueError):
        return
    yield from archive.add(name, chain([first], blocks), compressed=False)


def _account(person: Person, now: datetime) -> dict[str, Any]:
    """Without passwords, keys and hashes."""
    return {
        "format": FORMAT,
        "version": __version__,
        "exported_at": iso_timestamp(now),
        "user_name": person.username,
        "email": person.email,
        "is_owner": person.is_owner,
        "created_at": iso_timestamp(person.date_joined),
        "last_seen_at": iso_timestamp(person.last_seen_at),
        "songs": Song.objects.for_owner(person).count(),
        "sources": [
            {
                "id": str(source.id),
                "kind": source.kind,
                "name": source.name,
                "address": source.address,
                "user_name": source.username,
                "is_paused": source.is_paused,
                "hours_from": source.hours_from,
                "hours_to": source.hours_to,
                "share": source.share,
                "created_at": iso_timestamp(source.created_at),
            }
            for source in Source.objects.filter(owner=person)
        ],
        "written_tags": [
            {
                "file": change.path,
                "before": change.before,
                "after": change.after,
                "written_at": iso_timestamp(change.written_at),
            }
            for change in TagChange.objects.filter(job__owner=person, state="written").order_by("id").iterator()
        ],
        "vocabulary": ml_gateway.vocabulary_to_json(vocabulary_of(person)) if person.vocabulary_version else None,
        "saved_filters": [
            {"id": one.id, "name": one.name, "query": one.query, "created_at": iso_timestamp(one.created_at)}
            for one in SavedFilter.objects.for_owner(person)
        ],
        "webhooks": [
            {"url": one.url, "events": one.events, "created_at": iso_timestamp(one.created_at)}
            for one in WebhookEndpoint.objects.filter(owner=person)
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
