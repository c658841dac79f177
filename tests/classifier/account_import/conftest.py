"""Archives of accounts, and a library from which they are made."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db.models import Model
from django.utils import timezone

from classifier.account_import.run import ImportReport, account_import
from classifier.errors import ProductError
from classifier.jobs.analyse import song_analyse
from classifier.library.account_export import account_archive
from classifier.models import (
    Analysis,
    Person,
    Playlist,
    PlaylistSong,
    SavedFilter,
    Song,
    SongLocation,
    Source,
    Status,
)
from classifier.serializers import song_json
from tests.classifier.conftest import Submit
from tests.classifier.fake_analysis import FakeAnalyser
from tests.shelf import shelve

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def exported(person: Person, *, audio: bool = True) -> io.BytesIO:
    return io.BytesIO(b"".join(account_archive(person, with_audio=audio, now=timezone.now())))


def imported(owner: Person, stream: io.BytesIO, **options: Any) -> ImportReport:
    stream.seek(0)
    return account_import(owner=owner, stream=stream, now=timezone.now(), **options)


def changed(stream: io.BytesIO, **contents: Any) -> io.BytesIO:
    """The archive with other content for the members of these names (with _ for / and .)."""
    result = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(result, "w") as new:
        for info in old.infolist():
            key = info.filename.replace("/", "_").replace(".", "_")
            content = contents.get(key, old.read(info))
            if content is not None:
                new.writestr(info.filename, content)
    return result


def first_song(stream: io.BytesIO) -> dict[str, Any]:
    with zipfile.ZipFile(stream) as archive:
        return json.loads(archive.read("library/songs.jsonl").splitlines()[0])


def with_song(stream: io.BytesIO, song: Any) -> io.BytesIO:
    return changed(stream, library_songs_jsonl=json.dumps(song))


def code_of(call: Callable[[], Any]) -> str:
    with pytest.raises(ProductError) as caught:
        call()
    return caught.value.code


def seen(person: Person) -> list[dict[str, Any]]:
    """The songs of a person as the API shows them, without what another installation has anew."""
    songs = Song.objects.stored_by(person).order_by("created_at", "title").prefetch_related("analyses__detail")
    anew = ("id", "progress")
    return [{name: value for name, value in song_json(song).items() if name not in anew} for song in songs]


def columns(row: Model, *without: str) -> dict[str, Any]:
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.attname not in {"id", "owner_id", *without}
    }


@pytest.fixture
def library(anna: Person, submit: Submit, analyser: FakeAnalyser, transactional_db: None) -> dict[str, Song]:
    """Of Anna: an upload with a result, one that failed, one in the queue, one in the bin, and a song of a folder."""
    done = submit(1, name="done.wav")
    song_analyse(song_id=done.id)
    Song.objects.filter(id=done.id).update(
        verdict="corrected", verdict_at=NOON, actual_primary="sad", actual_secondary="tender", audio_hash="d" * 64
    )
    failed, queued, binned = (submit(mark, name=f"{mark}.wav") for mark in (2, 3, 4))
    Song.objects.filter(id=failed.id).update(
        status=Status.FAILED, error_code="audio_silent", error_message="The audio is silent.", finished_at=NOON
    )
    Song.objects.filter(id=binned.id).update(status=Status.CANCELLED, deleted_at=timezone.now())
    referenced = shelve(anna, "Nocturne", artist="Field", sha256="5" * 64, audio_hash="a" * 64, created_at=NOON)
    older = Analysis.objects.create(
        song=referenced, is_current=False, created_at=NOON,
        **columns(referenced.analysis, "model_version", "song_id", "is_current", "created_at"), model_version="mood-4",
    )  # fmt: skip
    detail = referenced.analysis.detail
    type(detail).objects.create(analysis=older, answer=detail.answer, segments=detail.segments)
    folder = Source.objects.create(owner=anna, kind="folder", name="M", address="/srv/music", created_at=NOON)
    SongLocation.objects.create(source=folder, song=referenced, key="Field/n.flac")
    saved = SavedFilter.objects.create(owner=anna, name="Calm ones", query="mood=calm", created_at=NOON)
    playlist = Playlist.objects.create(
        owner=anna, name="Like it", created_at=NOON,
        rule={"order": "similar", "seeds": [str(referenced.id)], "saved_filter": saved.id},
    )  # fmt: skip
    PlaylistSong.objects.create(playlist=playlist, song=referenced, position=0, reason="calm too")
    return {"done": done, "failed": failed, "queued": queued, "binned": binned, "referenced": referenced}
