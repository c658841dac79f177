"""Vocabularies: users' own words for moods."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Vocabulary(models.Model):
    """The house vocabulary of a person; see `ml.moods.house`. `Person.vocabulary_version` says whether it is in use.

    A row stays when the person goes back to the shipped words, so that no version is ever given twice.
    """

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="vocabulary"
    )
    version = models.PositiveIntegerField(default=0)
    # As `ml_gateway.vocabulary_to_json` gives it.
    content = models.JSONField(default=dict, blank=True)
    updated_at = models.DateTimeField()
    # Whether the songs of the owner have the names of this version; until then the process `sources` works on it.
    is_applied = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "vocabularies"
        indexes = [models.Index(fields=["is_applied"], name="vocabulary_to_apply", condition=Q(is_applied=False))]

    def __str__(self) -> str:
        return f"vocabulary {self.version} of {self.owner_id}"
