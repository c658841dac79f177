"""One song of an archive becomes a song of this installation, in a transaction of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from classifier import ml_gateway
from classifier.account_import.archive_reading import AccountArchive
from classifier.account_import.checked_values import CheckedResult, CheckedSong
from classifier.accounts.quotas import quota_check
from classifier.errors import ProductError
from classifier.jobs.queue import enqueue, queued_now
from classifier.models import Analysis, AnalysisDetail, Person, Queue, Song, Status, Verdict, song_folder
from classifier.own_model_models import own_models_text
from classifier.querysets import MOOD_FIELDS, SCORE_FIELDS
from classifier.recordings.copies import recording_assign
from classifier.sort_models import sort_values, track_order
from classifier.uploads.disk_reserve import require_room
from classifier.uploads.file_names import storage_name
from classifier.uploads.limits import max_upload_bytes
from classifier.uploads.stored_files import delete_folder, disk_full_as_error, file_sync, store_from_disk
from classifier.uploads.working_copies import working_folder

VERDICT = ("verdict", "verdict_at", "actual_primary", "actual_secondary")


class Outcome(StrEnum):
    ADDED = "added"
    ADDED_WITHOUT_AUDIO = "added_without_audio"
    """Its result is here. An upload of the file, or a source that has it, gives it its audio again."""
    KNOWN = "known"
    """The library has the recording already: it keeps its own."""
    EMPTY = "empty"
    """It has neither audio nor a result."""


def song_import(
    *, owner: Person, song: CheckedSong, archive: AccountArchive, covers: Mapping[str, UUID], now: datetime
) -> tuple[Outcome, UUID | None]:
    """Returns what became of it, and the id of the song here. Raises ProductError, such as `quota_exceeded`."""
    known = _known(owner, song)
    if known is not None:
        return Outcome.KNOWN, _verdict_add(known, song)
    has_audio = archive.has_audio(song.old_id)
    if not has_audio and not song.results:
        return Outcome.EMPTY, None
    row = _row(owner, song, covers, has_audio, now)
    try:
        if has_audio:
            _files_store(row, song, archive)
        with transaction.atomic():
            if row.deleted_at is None:  # the bin is trimmed to the quota afterwards
                added_bytes = row.size_bytes if has_audio else 0
                waits = row.status == Status.QUEUED
                quota_check(owner=owner, added_bytes=added_bytes, now=now, with_minutes=waits)
            # Here, since this holds against an upload of the same file, and the same archive sent twice.
            known = _known(owner, song)
            if known is None:
                row.save(force_insert=True)
                for result in song.results:
                    _result_store(row, result)
                    if result.is_current:
                        recording_assign(song_id=row.id, features=result.answer["features"])
    except BaseException:
        delete_folder(song_folder(row))  # without its row, the files would never be deleted
        raise
    if known is not None:
        delete_folder(song_folder(row))
        return Outcome.KNOWN, _verdict_add(known, song)
    if row.status == Status.QUEUED and row.deleted_at is None:
        transaction.on_commit(partial(enqueue, row.id, now=now), robust=True)
    return (Outcome.ADDED if has_audio else Outcome.ADDED_WITHOUT_AUDIO), row.id


def _known(owner: Person, song: CheckedSong) -> Song | None:
    """The song of this library with the same file or the same sound, also where it is in the bin."""
    same = Q()
    if song.columns["sha256"]:
        same |= Q(sha256=song.columns["sha256"])
    if song.columns["audio_hash"]:
        same |= Q(audio_hash=song.columns["audio_hash"])
    return Song.objects.stored_by(owner).filter(same).first() if same else None


def _verdict_add(known: Song, song: CheckedSong) -> UUID:
    """The verdict of the archive, where the user has given none here."""
    if song.columns["verdict"]:
        Song.objects.filter(id=known.id, verdict=Verdict.NONE).update(**{name: song.columns[name] for name in VERDICT})
    return known.id


def _row(owner: Person, song: CheckedSong, covers: Mapping[str, UUID], has_audio: bool, now: datetime) -> Song:
    """Under a new id: that of the archive says nothing here."""
    row = Song(owner=owner, **song.columns, cover_image_id=covers.get(song.cover), track_order=None)
    row.track_order = track_order(song.columns["tags"])
    current = next((one for one in song.results if one.is_current), None)
    if current is not None:
        row.status, row.error_code, row.error_message = Status.DONE, "", ""
        for name, value in sort_values(current.answer, current.model_version).items():
            setattr(row, name, value)
    elif song.status in (Status.FAILED, Status.CANCELLED):
        row.status = song.status
    elif has_audio:
        row.status, row.queue, row.finished_at = Status.QUEUED, Queue.BULK, None
        row.error_code = row.error_message = ""
        for name, value in queued_now(now).items():
            setattr(row, name, value)
    else:
        row.status = Status.CANCELLED
    return row


def _files_store(row: Song, song: CheckedSong, archive: AccountArchive) -> None:
    """The audio, which has to be the file that the archive names, and the copy that browsers play."""
    require_room(row.size_bytes)
    with disk_full_as_error(), working_folder() as folder:
        path = folder / "source"
        digest = _write(path, archive.audio(song.old_id, max_upload_bytes()))
        if digest != row.sha256:
            raise ProductError("archive_malformed", "The audio is not the file that the archive names.")
        with path.open("rb") as file:
            ml_gateway.recognise(ml_gateway.read_head(file))
        row.size_bytes = path.stat().st_size
        row.file.name = store_from_disk(f"{song_folder(row)}/{storage_name(row.file_name)}", path)
        file_sync(row.file.name)
        blocks = archive.playable(song.old_id, max_upload_bytes())
        if blocks is not None:
            copy = folder / "playable"
            _write(copy, blocks)
            with copy.open("rb") as file:
                head = ml_gateway.read_head(file)
            suffix = ml_gateway.recognise(head)
            row.playable.name = store_from_disk(f"{song_folder(row)}/playable.{suffix}", copy)


def _write(path: Path, blocks: Iterator[bytes]) -> str:
    """Returns the SHA-256 of the file."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for block in blocks:
            file.write(block)
            digest.update(block)
    return digest.hexdigest()


def _result_store(row: Song, result: CheckedResult) -> None:
    mood: dict[str, Any] = result.answer["mood"]
    columns: dict[str, Any] = {name: mood[name] for name in MOOD_FIELDS}
    columns |= {side: ml_gateway.term_of(mood[side]) for side in ("primary", "secondary")}
    analysis = Analysis.objects.create(
        song=row,
        model_version=result.model_version,
        is_current=result.is_current,
        created_at=result.created_at,
        **columns,
        **{name: result.answer["scores"][name] for name in SCORE_FIELDS},
        agreement=result.answer["agreement"],
        own_models=own_models_text(result.answer),
    )
    AnalysisDetail.objects.create(
        analysis=analysis, answer=result.answer, segments=result.segments, waveform=result.waveform
    )
