"""Recalibrations: how the chances of a model become those of one user."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from classifier import ml_gateway


class RecalibrationState(models.TextChoices):
    WAITING = "waiting"
    """A worker will fit it."""
    BETTER = "better"
    """On songs that it was not fitted to: it can be switched on."""
    NOT_BETTER = "not_better"
    FAILED = "failed"
    """See `message`."""


class RecalibrationKind(models.TextChoices):
    TERMS = "terms"
    """A bias and a temperature for each term."""
    READOUT = "readout"
    """The same, and a readout of the scores of both networks."""


class Recalibration(models.Model):
    """One fit to a user's judgements, with what it gains. At most one of a user is switched on."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recalibrations")
    # Counts up for each user, and is part of the version of results: `mood-5+me-3`.
    number = models.PositiveIntegerField()
    base_version = models.CharField(max_length=48)
    kind = models.CharField(max_length=16, choices=RecalibrationKind.choices, default=RecalibrationKind.TERMS)
    state = models.CharField(max_length=16, choices=RecalibrationState.choices, default=RecalibrationState.WAITING)
    message = models.TextField(blank=True, default="")
    is_active = models.BooleanField(default=False)
    # Stored results may still be of another version than they should be: see `classifier/recalibration/application.py`.
    is_applying = models.BooleanField(default=False)
    parameters = models.JSONField(default=dict, blank=True)
    figures = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    fitted_at = models.DateTimeField(null=True, blank=True)
    # When stored results were read again since it was switched; NULL until then.
    applied_at = models.DateTimeField(null=True, blank=True)
    switched_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "number"], name="recalibration_number_of_owner"),
            models.UniqueConstraint(
                fields=["owner"], condition=Q(is_active=True), name="recalibration_one_active_of_owner"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["is_applying"], condition=Q(is_applying=True), name="recalibration_applying")
        ]

    def __str__(self) -> str:
        return self.version

    @property
    def version(self) -> str:
        return ml_gateway.own_version(self.base_version, self.number)
