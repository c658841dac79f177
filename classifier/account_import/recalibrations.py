"""Recalibrations of an archive, under new numbers. One that the account has already stays as it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from classifier import ml_gateway
from classifier.account_import.checked_values import checked_figures, checked_time, malformed
from classifier.errors import ProductError
from classifier.models import Person, Recalibration, RecalibrationKind, RecalibrationState

MAX_RECALIBRATIONS = 100
FITTED = (RecalibrationState.BETTER, RecalibrationState.NOT_BETTER)


def checked_recalibration(value: Any, now: datetime) -> dict[str, Any] | None:
    """The columns of a row; None for one that was never fitted. Raises ProductError."""
    if not isinstance(value, dict):
        raise malformed("A recalibration is not an object")
    if value.get("state") not in FITTED:
        return None
    base = value.get("base_version")
    if value.get("kind") not in RecalibrationKind.values or not isinstance(base, str) or len(base) > 48:
        raise malformed("A recalibration is of an unknown kind")
    if not ml_gateway.VERSION.fullmatch(base):
        raise malformed("The name of the model is invalid")
    try:
        parameters = ml_gateway.Recalibration.from_json(value.get("parameters")).to_json()
    except ml_gateway.MoodError:
        raise malformed("The parameters of a recalibration are incomplete") from None
    return {
        "base_version": base,
        "kind": value["kind"],
        "state": value["state"],
        "is_active": value.get("is_active") is True and value["state"] == RecalibrationState.BETTER,
        "parameters": parameters,
        "figures": checked_figures(value.get("figures")),
        "created_at": checked_time(value.get("created_at"), now) or now,
        "fitted_at": checked_time(value.get("fitted_at"), now),
    }


def recalibrations_import(*, owner: Person, values: Iterable[Any], now: datetime) -> None:
    """The one that was switched on is so here, unless another one is already. Stored results are read again then."""
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).filter(pk=owner.pk).values_list("pk", flat=True).first()
        mine = Recalibration.objects.filter(owner=owner)
        known = [(one.base_version, one.kind, one.parameters) for one in mine]
        number = mine.aggregate(most=Max("number"))["most"] or 0
        has_active = mine.filter(is_active=True).exists()
        for value in values:
            columns = checked_recalibration(value, now)
            if columns is None or (columns["base_version"], columns["kind"], columns["parameters"]) in known:
                continue
            number += 1
            columns["is_active"] = columns["is_active"] and not has_active
            has_active = has_active or columns["is_active"]
            Recalibration.objects.create(owner=owner, number=number, **columns)
        # Imported results are what the model itself says.
        mine.filter(is_active=True).update(switched_at=now, is_applying=True, applied_at=None)


def recalibrations_check(values: Iterable[Any], now: datetime) -> None:
    """Raises ProductError."""
    for number, value in enumerate(values, start=1):
        if number > MAX_RECALIBRATIONS:
            raise ProductError("archive_malformed", f"The archive has more than {MAX_RECALIBRATIONS} recalibrations.")
        checked_recalibration(value, now)
