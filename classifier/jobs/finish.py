"""The end of an analysis: the result is stored, or the reason why there is none."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from classifier import ml_gateway
from classifier.jobs.lease import RELEASED_LEASE, LeaseLost
from classifier.models import Analysis, AnalysisDetail, Song, Status
from classifier.monitoring.counters import count_song
from classifier.querysets import MOOD_FIELDS, SCORE_FIELDS

if TYPE_CHECKING:
    from classifier.ml_gateway import AnalysisResult


def song_finish(
    *,
    song: Song,
    result: AnalysisResult,
    spectrogram: str,
    playable: str,
    cover: str,
    warnings: list[dict[str, str]],
    now: datetime,
) -> None:
    """Store the whole result in one transaction. Its files are on the disk already. Raises LeaseLost."""
    with transaction.atomic():
        # First, since this locks the row: of this, a cancellation, a deletion and the sweep, the first to change the
        # row wins, and a lost lease leaves nothing written.
        finished = (
            Song.objects.with_lease(song.lease_token)
            .filter(id=song.id)
            .update(
                status=Status.DONE,
                duration_s=result.duration_s,
                spectrogram=spectrogram,
                playable=playable,
                tags=result.tags.texts(),
                cover=cover,
                warnings=warnings,
                error_code="",
                error_message="",
                finished_at=now,
                **RELEASED_LEASE,
            )
        )
        if not finished:
            raise LeaseLost
        # Read in this transaction, which has locked the row: the user may have edited the names at this moment.
        stored = Song.objects.get(id=song.id)
        title, artist = (stored.title, stored.artist) if stored.edited_at else (result.title, result.artist)
        Song.objects.filter(id=song.id).update(
            **song.name_columns(*((text or "")[:255] for text in (title, artist, result.tags.album)))
        )
        _store(song=song, result=result, now=now)


def song_fail(*, song_id: uuid.UUID, lease_token: uuid.UUID, code: str, message: str, now: datetime) -> bool:
    """End a song with an error; False if the lease is lost."""
    # Against a cancellation or the sweep, as in song_finish: the first to change the row wins.
    failed = (
        Song.objects.with_lease(lease_token)
        .filter(id=song_id)
        .update(**failure_fields(song_id, code, message), finished_at=now, **RELEASED_LEASE)
    )
    if failed:
        count_song("failed", code=code, now=now)
    return bool(failed)


def song_release(*, song_id: uuid.UUID, lease_token: uuid.UUID, now: datetime) -> bool:
    """Put a song back into the queue, as if this attempt had not been; False if the lease is lost.

    For what is neither the fault of the song nor of the worker, such as a storage that does not answer. Workers and
    sweep wait for REQUEUE_AFTER_S before they try the song again, and take others meanwhile.
    """
    # Against a cancellation or the sweep, as in song_finish.
    released = (
        Song.objects.with_lease(lease_token)
        .filter(id=song_id)
        .update(
            status=Status.QUEUED,
            attempts=F("attempts") - 1,
            enqueued_at=now,
            not_before=now + timedelta(seconds=settings.REQUEUE_AFTER_S),
            segments_done=0,
            segments_total=0,
            **RELEASED_LEASE,
        )
    )
    return bool(released)


def failure_fields(song_id: uuid.UUID, code: str, message: str) -> dict[str, Any]:
    """The columns of a song whose analysis failed: FAILED; or, where it has an earlier result, DONE with a warning."""
    earlier = Song.objects.filter(id=song_id, analyses__is_current=True).values_list("warnings", flat=True).first()
    if earlier is None:
        return {"status": Status.FAILED, "error_code": code, "error_message": message}
    warning = {
        "code": "not_heard_again",
        "message": f"The new analysis failed, so the earlier result stays. {message}",
    }
    others = [other for other in earlier if other["code"] != warning["code"]]
    return {"status": Status.DONE, "warnings": [*others, warning]}


def _store(*, song: Song, result: AnalysisResult, now: datetime) -> None:
    answer = dict(result.answer)
    segments = answer.pop("segments")
    # The older analyses first, since only one may be current.
    Analysis.objects.filter(song_id=song.id).exclude(model_version=result.model_version).update(is_current=False)
    analysis, _ = Analysis.objects.update_or_create(
        song_id=song.id,
        model_version=result.model_version,
        defaults={
            "is_current": True,
            "created_at": now,
            **{name: answer["mood"][name] for name in MOOD_FIELDS},
            **{side: ml_gateway.term_of(answer["mood"][side]) for side in ("primary", "secondary")},
            **{name: answer["scores"][name] for name in SCORE_FIELDS},
            "agreement": answer["agreement"],
        },
    )
    AnalysisDetail.objects.update_or_create(
        analysis=analysis, defaults={"answer": answer, "segments": segments, "waveform": result.waveform}
    )
