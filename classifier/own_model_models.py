"""Models that the operator trained on own data and added. Their networks lie in DATA_DIR/models of every host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.db import models
from django.db.models import Q

from classifier.fields import OrderedJSONField

OWN_MODELS = "own_models"
"""The key of a stored answer, a list: name, version, moods and chances of each own model that has read the song."""
MAX_USED = 4
"""Each costs time for every song."""


@dataclass(frozen=True)
class OwnModelVersion:
    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name}:{self.version}"


class OwnModelQuerySet(models.QuerySet["OwnModel"]):
    def used(self) -> Self:
        """Those that read new songs."""
        return self.filter(is_used=True)

    def versions(self) -> list[OwnModelVersion]:
        return [OwnModelVersion(*row) for row in self.order_by("name").values_list("name", "version")]


class OwnModel(models.Model):
    """One added model. Another network under the same name is another version."""

    name = models.CharField(max_length=32, unique=True)
    version = models.CharField(max_length=16)
    # Checked when it was added: see `ml/models/own_card.py`.
    card = OrderedJSONField()
    is_used = models.BooleanField(default=False)
    added_at = models.DateTimeField()

    objects = OwnModelQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.version})"

    @property
    def moods(self) -> list[str]:
        moods: list[str] = self.card["moods"]
        return moods


def own_models_text(answer: Mapping[str, Any]) -> str:
    """The column `own_models` of an analysis: which own models have read the song, each between two commas."""
    names = [str(OwnModelVersion(one["name"], one["version"])) for one in answer.get(OWN_MODELS, ())]
    return f",{','.join(names)}," if names else ""


def without_own_models(used: Sequence[OwnModelVersion], column: str) -> Q:
    """Analyses that one of these models has not read. `column` is their column `own_models`."""
    missing = Q(pk__in=[])
    for one in used:
        missing |= ~Q(**{f"{column}__contains": f",{one},"})
    return missing
