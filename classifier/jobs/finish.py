"""The end of listening: an answer, or a reason why there is none."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from classifier.jobs.lease import LeaseLost
from classifier.models import MOOD_FIELDS, SCORE_FIELDS, Analysis, AnalysisDetail, Song, Stage, Status

if TYPE_CHECKING:
    from ml.inference.analysis import AnalysisResult as Heard

RELEASED_LEASE: dict[str, Any] = {"stage": Stage.NONE, "lease_token": None, "lease_expires_at": None}


def song_finish(
    *,
    song: Song,
    heard: Heard,
    spectrogram: str,
    playable: str,
    warnings: list[dict[str, str]],
    now: datetime,
) -> None:
    """Write the whole answer in one transaction, or nothing of it; the files are on the disk by then."""
    with transaction.atomic():
        # First of all, since it also locks the row: against a cancellation, a deletion or the sweep, whoever changes
        # the row first wins, and a lost lease leaves nothing written.
        kept = (
            Song.objects.with_lease(song.lease_token)
            .filter(id=song.id)
            .update(
                status=Status.DONE,
                duration_s=heard.duration_s,
                spectrogram=spectrogram,
                playable=playable,
                warnings=warnings,
                error_code="",
                error_message="",
                finished_at=now,
                **RELEASED_LEASE,
            )
        )
        if not kept:
            raise LeaseLost
        # The tags speak only where the person has not, who may be editing at this moment.
        Song.objects.filter(id=song.id, edited_at__isnull=True).update(
            **song.name_columns((heard.title or "")[:255], (heard.artist or "")[:255])
        )
        _answer_keep(song=song, heard=heard, now=now)


def song_fail(*, song_id: uuid.UUID, lease_token: uuid.UUID, code: str, message: str, now: datetime) -> bool:
    """End a song with a reason; False if it was no longer the caller's to end."""
    # Against a cancellation or the sweep: as in song_finish, whoever changes the row first wins.
    failed = (
        Song.objects.with_lease(lease_token)
        .filter(id=song_id)
        .update(**failure_fields(song_id, code, message), finished_at=now, **RELEASED_LEASE)
    )
    return bool(failed)


def failure_fields(song_id: uuid.UUID, code: str, message: str) -> dict[str, Any]:
    """How a song ends that was not heard: as failed; or, if it was only to be heard again, with the answer it had."""
    earlier = Song.objects.filter(id=song_id, analyses__is_current=True).values_list("warnings", flat=True).first()
    if earlier is None:
        return {"status": Status.FAILED, "error_code": code, "error_message": message}
    warning = {
        "code": "not_heard_again",
        "message": f"It was to be heard again and was not, so that the earlier answer stands. {message}",
    }
    others = [other for other in earlier if other["code"] != warning["code"]]
    return {"status": Status.DONE, "warnings": [*others, warning]}


def _answer_keep(*, song: Song, heard: Heard, now: datetime) -> None:
    answer = dict(heard.answer)
    segments = answer.pop("segments")
    # The older answers step back before the new one steps forward, since only one may be current.
    Analysis.objects.filter(song_id=song.id).exclude(model_version=heard.model_version).update(is_current=False)
    analysis, _ = Analysis.objects.update_or_create(
        song_id=song.id,
        model_version=heard.model_version,
        defaults={
            "is_current": True,
            "created_at": now,
            **{name: answer["mood"][name] for name in MOOD_FIELDS},
            **{name: answer["scores"][name] for name in SCORE_FIELDS},
            "agreement": answer["agreement"],
        },
    )
    AnalysisDetail.objects.update_or_create(
        analysis=analysis, defaults={"answer": answer, "segments": segments, "waveform": heard.waveform}
    )
