"""A user's recalibration: asked for, fitted by a worker, switched on and off."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.jobs.queue import enqueue_recalibration
from classifier.models import Analysis, Person, Recalibration, RecalibrationKind, RecalibrationState, Song, Verdict
from classifier.querysets import SongQuerySet
from classifier.recalibration.application import of_model, result_restored

logger = logging.getLogger(__name__)

LEAST_SONGS = {RecalibrationKind.TERMS: 50, RecalibrationKind.READOUT: 200}
"""Judged songs that a fit needs."""
MOST_SONGS = 2000
"""Those that were judged last; more of them would take the worker too long."""
SEND_AGAIN_AFTER = timedelta(seconds=60)
KEPT = 20
"""Rows of a user: old fits that were never switched on are forgotten."""


def recalibration_request(*, owner: Person, kind: str, now: datetime) -> Recalibration:
    """Have a worker fit one to the songs that the user has judged. Raises ProductError where these are too few."""
    base = settings.MODEL_BUNDLE
    judged, least = fitting_songs(owner, base).count(), LEAST_SONGS[RecalibrationKind(kind)]
    if judged < least:
        raise ProductError(
            "recalibration_too_few",
            gettext(
                "Songs with a result of %(model)s for which you have stated moods: %(judged)s, and %(least)s are "
                "needed. Judge more songs first."
            )
            % {"model": base, "judged": judged, "least": least},
            HTTPStatus.CONFLICT,
        )
    with transaction.atomic():
        recalibrations_lock(owner)
        mine = Recalibration.objects.filter(owner=owner)
        waiting = mine.filter(state=RecalibrationState.WAITING, kind=kind, base_version=base).first()
        if waiting is not None:
            return waiting
        number = (mine.aggregate(most=Max("number"))["most"] or 0) + 1
        one = Recalibration.objects.create(
            owner=owner, number=number, base_version=base, kind=kind, created_at=now, sent_at=now
        )
        old = mine.filter(is_active=False, is_applying=False).values_list("id", flat=True)[KEPT:]
        mine.filter(id__in=list(old)).delete()
        transaction.on_commit(partial(enqueue_recalibration, one.id), robust=True)
    return one


def recalibration_fit(*, recalibration_id: int, now: datetime) -> None:
    """In a worker. A second message about the same one changes nothing."""
    waiting = Recalibration.objects.filter(id=recalibration_id, state=RecalibrationState.WAITING)
    one = waiting.select_related("owner").first()
    if one is None:
        logger.info("Recalibration %s does not wait: nothing to do.", recalibration_id)
        return
    songs = judged_songs_read(one.owner, one.base_version)
    try:
        parameters, figures = ml_gateway.recalibration_trial(
            songs, one.base_version, with_readout=one.kind == RecalibrationKind.READOUT
        )
    except ml_gateway.MoodError as error:
        logger.warning("Recalibration %s failed: %s (%s)", recalibration_id, error.message, error.code)
        waiting.update(state=RecalibrationState.FAILED, message=error.message, fitted_at=now)
        return
    state = RecalibrationState.BETTER if figures["better"] else RecalibrationState.NOT_BETTER
    waiting.update(state=state, parameters=parameters, figures=figures, fitted_at=now)


def recalibrations_send_again(now: datetime) -> None:
    """Whose message was lost, or whose worker has died."""
    for one in Recalibration.objects.filter(state=RecalibrationState.WAITING).exclude(
        sent_at__gt=now - SEND_AGAIN_AFTER, sent_at__lte=now
    ):
        Recalibration.objects.filter(id=one.id, sent_at=one.sent_at).update(sent_at=now)
        if not enqueue_recalibration(one.id):
            return


def recalibration_switch_on(*, owner: Person, number: int, now: datetime) -> Recalibration:
    """From now on, results of its model are recalibrated; stored ones are, one after the other."""
    with transaction.atomic():
        recalibrations_lock(owner)
        one = Recalibration.objects.filter(owner=owner, number=number).first()
        if one is None:
            raise ProductError("not_found", gettext("There is no such recalibration."), HTTPStatus.NOT_FOUND)
        if one.state != RecalibrationState.BETTER:
            raise ProductError(
                "recalibration_not_offered",
                gettext("%(version)s is not better than the model as it is, so it cannot be switched on.")
                % {"version": one.version},
                HTTPStatus.CONFLICT,
            )
        if not one.is_active:
            _switch_off(owner, now)
            Recalibration.objects.filter(id=one.id).update(is_active=True, **_switched(now))
    one.refresh_from_db()
    return one


def recalibration_switch_off(*, owner: Person, now: datetime) -> None:
    """Results say again what the model says. Nothing changes where none is switched on."""
    with transaction.atomic():
        recalibrations_lock(owner)
        _switch_off(owner, now)


def recalibrations_lock(owner: Person) -> None:
    """Against two requests at the same moment, until the end of the transaction."""
    Person.objects.select_for_update(no_key=True).filter(pk=owner.pk).values_list("pk", flat=True).first()


def fitting_songs(owner: Person, version: str) -> SongQuerySet:
    """Songs for which the user states moods, with a current result of this model, the last judged first.

    One song of each recording: copies would be the same judgement twice.
    """
    current = Analysis.objects.current().filter(of_model(version), song__owner=owner)
    stated = Song.objects.for_owner(owner).without_copies().filter(verdict__in=(Verdict.AGREED, Verdict.CORRECTED))
    stated = stated.exclude(actual_primary="").filter(id__in=current.values("song_id"))
    return stated.order_by("-verdict_at", "-id")


def judged_songs_read(owner: Person, version: str) -> list[ml_gateway.JudgedSong]:
    """What a fit reads of them. Always what the model itself says, whether or not a recalibration is switched on."""
    songs = fitting_songs(owner, version).with_analysis(detail=True)[:MOST_SONGS]
    judged = []
    for song in songs.iterator(chunk_size=200):
        if song.analysis is None or "moods" not in song.analysis.detail.answer["scores"]:
            continue
        _, answer = result_restored(song.analysis.model_version, song.analysis.detail.answer)
        stated = tuple(filter(None, (song.actual_primary, song.actual_secondary)))
        group = song.sort_artist or str(song.id)
        judged.append(ml_gateway.JudgedSong(answer["scores"], answer["models"], stated, group))
    return judged


def _switch_off(owner: Person, now: datetime) -> None:
    Recalibration.objects.filter(owner=owner, is_active=True).update(is_active=False, **_switched(now))


def _switched(now: datetime) -> dict[str, object]:
    return {"switched_at": now, "is_applying": True, "applied_at": None}
