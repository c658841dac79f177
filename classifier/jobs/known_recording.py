"""Whether a recording is known already, by its sound: then it is not analysed again.

A song that only lies in sources is merged into the other one: the places of both are the places of that one. A song
that was uploaded keeps its row, and gets a copy of the result.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, When

from classifier.jobs.lease import LeaseLost
from classifier.models import Analysis, OwnModelVersion, Person, Song, SongLocation, Status, Verdict
from classifier.own_model_models import without_own_models
from classifier.recalibration.application import of_model, result_restored
from classifier.recordings.copies import copies_choose
from classifier.sources.new_songs import songs_queue_again

if TYPE_CHECKING:
    from classifier.ml_gateway import Tags


class SongMerged(Exception):
    """The recording is that of another song, which has the places of this one now. The row of this one is gone."""


@dataclass(frozen=True)
class KnownResult:
    """The stored result of the same recording, in the shape of an `AnalysisResult`."""

    model_version: str
    duration_s: float
    tags: Tags
    answer: dict[str, Any]
    waveform: list[int]
    warnings: list[dict[str, str]] = field(default_factory=list)
    spectrogram_png: bytes = b""

    @property
    def title(self) -> str | None:
        return self.tags.title

    @property
    def artist(self) -> str | None:
        return self.tags.artist


def file_sha256(path: Path) -> str:
    with path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, hashlib.sha256).hexdigest()


def song_identify(*, song: Song, lease_token: uuid.UUID, audio_hash: str, sha256: str, now: datetime) -> Song | None:
    """Store what the file of a running song is. Returns the other song that has a result for it, if that can be copied.

    Raises SongMerged and LeaseLost.
    """
    with transaction.atomic():
        # Two workers may hold songs with the same sound: the second waits here until the first has stored its hash,
        # finds that song, and is the one to be merged. (SQLite lets one transaction after the other in anyway.)
        Person.objects.select_for_update(no_key=True).filter(pk=song.owner_id).values_list("pk", flat=True).first()
        mine = Song.objects.with_lease(lease_token).filter(id=song.id)
        other = _same_recording(song, audio_hash, sha256)
        is_merged = other is not None and not song.file
        columns = {"audio_hash": audio_hash}
        if not song.file and not is_merged:
            columns["sha256"] = sha256
        # Against a cancellation or a deletion, as everywhere: only with the lease.
        if not mine.update(**columns):
            raise LeaseLost
        if other is not None and is_merged:
            _merge(song, other, audio_hash, now)
    if is_merged:
        raise SongMerged
    # Of a song that has a result of this model, somebody wants another one.
    if other is None or song.analyses.filter(of_model(settings.MODEL_BUNDLE)).exists():
        return None
    return other if other.analyses.filter(_current_result()).exists() else None


def known_result(other: Song, tags: Tags, used: Sequence[OwnModelVersion] = ()) -> KnownResult | None:
    """The result of the other song with the tags of this one; None if it was deleted at this moment, or one of the
    own models in use has not read that song."""
    complete = Analysis.objects.filter(_current_result(), song=other)
    if used:
        complete = complete.exclude(without_own_models(used, "own_models"))
    analysis = complete.select_related("detail").first()
    if analysis is None:
        return None
    # As the model gave it: a recalibration of the user is applied to every result as it is stored.
    version, answer = result_restored(analysis.model_version, analysis.detail.answer)
    return KnownResult(
        model_version=version,
        duration_s=other.duration_s or 0.0,
        tags=tags,
        answer={**answer, "segments": analysis.detail.segments},
        waveform=analysis.detail.waveform,
    )


def _current_result() -> Q:
    return Q(of_model(settings.MODEL_BUNDLE), is_current=True)


def _same_recording(song: Song, audio_hash: str, sha256: str) -> Song | None:
    """The best of the other songs of this owner with the same sound: one with a result, then one on its way.
    One in the bin only where there is no other."""
    same = Q(audio_hash=audio_hash)
    if sha256:  # songs from before there were audio hashes
        same |= Q(sha256=sha256)
    has_result = Exists(Analysis.objects.filter(_current_result(), song=OuterRef("pk")))
    rank = Case(
        When(deleted_at__isnull=False, then=3),
        When(has_result, then=0),
        When(status=Status.RUNNING, then=1),
        default=2,
        output_field=IntegerField(),
    )
    others = Song.objects.filter(same, owner_id=song.owner_id).exclude(id=song.id)
    return others.order_by(rank, "created_at", "id").first()


def _merge(song: Song, other: Song, audio_hash: str, now: datetime) -> None:
    """In a transaction that has locked both owner and song."""
    # A recording that the owner has deleted stays deleted, wherever it lies, until it is restored from the bin.
    SongLocation.objects.filter(song=song).update(song=other, is_ignored=other.deleted_at is not None)
    if not other.audio_hash:
        Song.objects.filter(id=other.id, audio_hash="").update(audio_hash=audio_hash)
    if song.verdict:
        stated = {name: getattr(song, name) for name in ("verdict", "verdict_at", "actual_primary", "actual_secondary")}
        Song.objects.filter(id=other.id, verdict=Verdict.NONE).update(**stated)
    songs_queue_again([other.id], now=now)
    Song.objects.filter(id=song.id).delete()
    copies_choose([song.recording])
