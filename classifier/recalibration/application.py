"""Applies the recalibration that a user has switched on: to new results, and to stored ones, without any audio.

A song has one row for each model. The row of a recalibrated result is that of its model: its version says which
recalibration it is, and the answer keeps what the model itself says, so that switching off restores it exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils.dateparse import parse_datetime

from classifier import ml_gateway
from classifier.models import Analysis, AnalysisDetail, Recalibration, Song
from classifier.querysets import MOOD_FIELDS
from classifier.serializers import iso_timestamp
from classifier.sort_models import sort_values
from classifier.vocabularies.names import NO_NAMES, columns_of_owner

if TYPE_CHECKING:
    from django.db.models.query import QuerySet

    from classifier.querysets import AnalysisQuerySet

BATCH_SONGS = 50
"""In a transaction, so that none holds the database for long."""
SONGS_AT_ONCE = 2000
SETTLED_AFTER = timedelta(seconds=30)
"""So long after it was switched, results that a worker stored at that moment are in the database too."""
ANALYSED_AT = "analysed_at"
"""In the base of an answer: when the model gave it."""


def active_recalibration(owner_id: int, version: str) -> Recalibration | None:
    """The one that is switched on, if it belongs to the model of results of this version."""
    base = ml_gateway.base_version(version)
    return Recalibration.objects.filter(owner_id=owner_id, is_active=True, base_version=base).first()


def result_recalibrated(*, owner_id: int, version: str, answer: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Version and answer of a new result as they are stored for this user. The answer may have segments."""
    active = active_recalibration(owner_id, version)
    if active is None:
        return version, dict(answer)
    return active.version, _answer(answer, active)


def result_restored(version: str, answer: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Version and answer as the model itself gave them."""
    restored = ml_gateway.restored_answer(answer)
    restored.pop(ANALYSED_AT, None)
    return ml_gateway.base_version(version), restored


def of_model(version: str) -> Q:
    """Rows of results of this model, recalibrated or not."""
    base = ml_gateway.base_version(version)
    return Q(model_version=base) | Q(model_version__startswith=f"{base}{ml_gateway.OWN_VERSION_MARK}")


def recalibrations_due(now: datetime) -> QuerySet[Recalibration]:
    """Those after whose switching on or off stored results are read again; once more when all is settled."""
    settled = Q(switched_at__lte=now - SETTLED_AFTER) | Q(switched_at__gt=now)
    return Recalibration.objects.filter(Q(applied_at=None) | settled, is_applying=True).order_by("switched_at", "id")


def recalibrations_apply(now: datetime, *, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Bring the stored results of all users to the versions that they should have. Returns the number of results."""
    changed = 0
    for one in recalibrations_due(now):
        while ids := list(results_to_change(one).values_list("id", flat=True)[:SONGS_AT_ONCE]):
            for start in range(0, len(ids), BATCH_SONGS):
                if should_stop():
                    return changed
                changed += _batch_apply(one, ids[start : start + BATCH_SONGS], now)
        settled = not now - SETTLED_AFTER < one.switched_at <= now if one.switched_at else True
        # Not if it was switched again in the meantime: then there is more to do.
        Recalibration.objects.filter(id=one.id, switched_at=one.switched_at).update(
            applied_at=now, is_applying=not settled
        )
    return changed


def results_to_change(one: Recalibration) -> AnalysisQuerySet:
    """Results of this model that do not have the version that they should have now."""
    active = active_recalibration(one.owner_id, one.base_version)
    wanted = active.version if active else one.base_version
    return Analysis.objects.filter(of_model(one.base_version), song__owner_id=one.owner_id).exclude(
        model_version=wanted
    )


def _batch_apply(one: Recalibration, ids: Sequence[int], now: datetime) -> int:
    with transaction.atomic():
        # Songs first, as a worker that stores a result locks them; it may have replaced a row in the meantime.
        of_rows = Analysis.objects.filter(id__in=list(ids)).values("song_id")
        list(Song.objects.select_for_update().filter(id__in=of_rows).order_by("id").values_list("id", flat=True))
        active = active_recalibration(one.owner_id, one.base_version)
        rows = list(
            results_to_change(one).filter(id__in=list(ids)).select_related("detail", "song").defer("detail__segments")
        )
        for row in rows:
            _result_update(row, active, now)
    return len(rows)


def _result_update(row: Analysis, active: Recalibration | None, now: datetime) -> None:
    stored = row.detail.answer
    analysed_at = stored.get("base", {}).get(ANALYSED_AT)
    created_at = (parse_datetime(analysed_at) if analysed_at else None) or row.created_at
    if active is None:
        version, answer = result_restored(row.model_version, stored)
    else:
        version, answer = active.version, _answer(stored, active)
        if sides(answer) != sides(answer["base"]):
            # A rejection of the model's own name says nothing of this one.
            answer["base"][ANALYSED_AT] = iso_timestamp(created_at)
            created_at = now
    mood = answer["mood"]
    own = columns_of_owner(row.song.owner_id, answer, version) if row.is_current else NO_NAMES
    Analysis.objects.filter(id=row.id).update(
        model_version=version, created_at=created_at, **{name: mood[name] for name in MOOD_FIELDS}, **own
    )
    AnalysisDetail.objects.filter(analysis_id=row.id).update(answer=answer)
    if row.is_current:
        values = sort_values(answer, version)
        if own["own_confidence"] is not None:
            values["sort_confidence"] = own["own_confidence"]
        Song.objects.filter(id=row.song_id).update(**values)


def sides(answer: Mapping[str, Any]) -> set[str]:
    return {answer["mood"]["primary"], answer["mood"]["secondary"]}


def _answer(stored: Mapping[str, Any], active: Recalibration) -> dict[str, Any]:
    card = ml_gateway.card(active.base_version)
    _, answer = result_restored(active.version, stored)
    return ml_gateway.recalibrated_answer(answer, ml_gateway.Recalibration.from_json(active.parameters), card)
