"""The end of an analysis: the result is stored, or the reason why there is none."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.jobs.covers import PreparedCover, cover_store
from classifier.jobs.lease import RELEASED_LEASE, LeaseLost
from classifier.models import NAME_FIELDS, Analysis, AnalysisDetail, Song, Status, WebhookEvent
from classifier.monitoring.counters import count_song
from classifier.own_model_models import own_models_text
from classifier.querysets import MOOD_FIELDS, SCORE_FIELDS
from classifier.recalibration.application import of_model, result_recalibrated
from classifier.sort_models import sort_values, track_order
from classifier.vocabularies.names import columns_of_owner
from classifier.webhooks.outbox import song_event_record

if TYPE_CHECKING:
    from classifier.jobs.known_recording import KnownResult
    from classifier.ml_gateway import AnalysisResult, Tags


def song_finish(
    *,
    song: Song,
    result: AnalysisResult | KnownResult,
    spectrogram: str,
    playable: str,
    cover: PreparedCover | None,
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
                cover="",
                warnings=warnings,
                error_code="",
                error_message="",
                finished_at=now,
                **RELEASED_LEASE,
            )
        )
        if not finished:
            raise LeaseLost
        version, answer = result_recalibrated(
            owner_id=song.owner_id, version=result.model_version, answer=result.answer
        )
        # Read in this transaction, which has locked the row: the user may have edited the names at this moment.
        stored = Song.objects.get(id=song.id)
        own = columns_of_owner(stored.owner_id, answer, version)
        values = sort_values(answer, version)
        if own["own_confidence"] is not None:
            values["sort_confidence"] = own["own_confidence"]
        Song.objects.filter(id=song.id).update(
            **stored.name_columns(**names_from_tags(stored, result.tags)),
            **values,
            track_order=track_order(stored.tags),
            cover_image_id=cover_store(owner_id=stored.owner_id, cover=cover),
        )
        _store(song=song, result=result, version=version, answer=answer, own=own, now=now)
        song_event_record(song_id=song.id, event=WebhookEvent.SONG_DONE, now=now)


def names_from_tags(stored: Song, tags: Tags) -> dict[str, Any]:
    """What the tags say of NAME_FIELDS, except where the user edited it, or a source knows what the file does not."""
    names: dict[str, Any] = {
        "title": tags.title, "artist": tags.artist, "album": tags.album, "album_artist": tags.album_artist,
        "year": tags.year, "music_genre": tags.genre,
    }  # fmt: skip
    if stored.edited_at and stored.analyses.exists():
        return {}
    prefers_stored = bool(stored.edited_at)
    for name in NAME_FIELDS:
        kept = getattr(stored, name)
        if kept and (prefers_stored or not (names[name] or stored.file)):
            names[name] = kept
    return {name: value if name == "year" else (value or "")[:255] for name, value in names.items()}


def song_fail(*, song_id: uuid.UUID, lease_token: uuid.UUID, code: str, message: str, now: datetime) -> bool:
    """End a song with an error; False if the lease is lost."""
    # Against a cancellation or the sweep, as in song_finish: the first to change the row wins.
    with transaction.atomic():
        fields = failure_fields(song_id, code, message)
        mine = Song.objects.with_lease(lease_token).filter(id=song_id)
        failed = mine.update(**fields, finished_at=now, **RELEASED_LEASE)
        if failed and fields["status"] == Status.FAILED:
            song_event_record(song_id=song_id, event=WebhookEvent.SONG_FAILED, now=now)
    if failed:
        count_song("failed", code=code, now=now)
    return bool(failed)


def failure_fields(song_id: uuid.UUID, code: str, message: str) -> dict[str, Any]:
    """The columns of a song whose analysis failed: FAILED; or, where it has an earlier result, DONE with a warning."""
    earlier = Song.objects.filter(id=song_id, analyses__is_current=True).values_list("warnings", flat=True).first()
    if earlier is None:
        return {"status": Status.FAILED, "error_code": code, "error_message": message}
    warning = {
        "code": "not_heard_again",
        "message": gettext("The new analysis failed, so the earlier result stays. %(reason)s") % {"reason": message},
    }
    others = [other for other in earlier if other["code"] != warning["code"]]
    return {"status": Status.DONE, "warnings": [*others, warning]}


def _store(
    *,
    song: Song,
    result: AnalysisResult | KnownResult,
    version: str,
    answer: dict[str, Any],
    own: dict[str, Any],
    now: datetime,
) -> None:
    """`version` and `answer` are those of the result, or of a recalibration of it; `own` are the columns of its name by
    the vocabulary of the owner."""
    segments = answer.pop("segments")
    # One row for each model, whichever recalibration it has.
    Analysis.objects.filter(of_model(result.model_version), song_id=song.id).update(model_version=result.model_version)
    # The older analyses first, since only one may be current.
    Analysis.objects.filter(song_id=song.id).exclude(model_version=result.model_version).update(is_current=False)
    analysis, _ = Analysis.objects.update_or_create(
        song_id=song.id,
        model_version=result.model_version,
        defaults={
            "model_version": version,
            "is_current": True,
            "created_at": now,
            **{name: answer["mood"][name] for name in MOOD_FIELDS},
            **{side: ml_gateway.term_of(answer["mood"][side]) for side in ("primary", "secondary")},
            **{name: answer["scores"][name] for name in SCORE_FIELDS},
            "agreement": answer["agreement"],
            "own_models": own_models_text(answer),
            **own,
        },
    )
    AnalysisDetail.objects.update_or_create(
        analysis=analysis, defaults={"answer": answer, "segments": segments, "waveform": result.waveform}
    )
