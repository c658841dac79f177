"""What lists filter and sort by, and show beside each song: columns of the current analysis, and covers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from classifier import ml_gateway
from classifier.fields import uuid7


class SortValues(models.Model):
    """The current analysis in the row of the song, so that an index of one table gives any filter and any order of a
    large library. NULL where there is no analysis, or an older model gave no such score.

    `sort_<term>` is the chance of a mood term, one for each of `ml_gateway.MOODS`.
    """

    # Those of its Analysis. Not empty but NULL: SQLite adds such a column without writing the table anew.
    mood_name = models.CharField(max_length=128, null=True, blank=True)  # noqa: DJ001
    mood_primary = models.CharField(max_length=32, null=True, blank=True)  # noqa: DJ001
    mood_secondary = models.CharField(max_length=32, null=True, blank=True)  # noqa: DJ001
    mood_certain = models.BooleanField(null=True, blank=True)
    mood_genre = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001
    mood_model = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001

    sort_confidence = models.FloatField(null=True, blank=True)
    sort_agreement = models.FloatField(null=True, blank=True)
    sort_valence = models.FloatField(null=True, blank=True)
    sort_arousal = models.FloatField(null=True, blank=True)
    sort_tempo = models.FloatField(null=True, blank=True)
    # 0 is C major, 1 C minor, 2 C sharp major.
    sort_key = models.PositiveSmallIntegerField(null=True, blank=True)
    # The median root mean square: 1 is full scale.
    sort_loudness = models.FloatField(null=True, blank=True)
    # The number of the disc times 1000, and that of the track; from the tags.
    track_order = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def track_text(self) -> str:
        """The number of the track, from the second disc on with that of the disc."""
        if self.track_order is None:
            return ""
        disc, track = divmod(self.track_order, 1000)
        return f"{disc}-{track}" if disc > 1 else str(track)


for _term in ml_gateway.MOODS:
    SortValues.add_to_class(f"sort_{_term}", models.FloatField(null=True, blank=True))

MOOD_COLUMNS = {term: f"sort_{term}" for term in ml_gateway.MOODS}
SORT_COLUMNS = (
    "sort_confidence", "sort_agreement", "sort_valence", "sort_arousal", "sort_tempo", "sort_key", "sort_loudness",
    *MOOD_COLUMNS.values(),
)  # fmt: skip
"""The columns that an analysis gives. Each has an index."""

OF_ANALYSIS = {
    "primary": "mood_primary",
    "secondary": "mood_secondary",
    "valence": "sort_valence",
    "arousal": "sort_arousal",
    "certain": "mood_certain",
    "genre": "mood_genre",
    "confidence": "sort_confidence",
    "agreement": "sort_agreement",
    "model_version": "mood_model",
    "name": "mood_name",
}
"""The columns that repeat those of an Analysis, by their names there."""


def sort_indexes(condition: Q) -> list[models.Index]:
    """With what a list reads, so that a page in the middle is found without the rows of those before it, and no more,
    since there are so many.

    SQLite, where NULL is the least of all values, reads orders with `nulls_last` from them in both directions.
    """
    return [
        models.Index(
            fields=["owner", f"-{name}", "-id", "is_copy", "deleted_at"], name=f"song_{name}", condition=condition
        )
        for name in SORT_COLUMNS
    ]


def sort_values(answer: Mapping[str, Any], model_version: str) -> dict[str, Any]:
    """The columns of an answer: those of SORT_COLUMNS and of OF_ANALYSIS."""
    mood, features, scores = answer["mood"], answer["features"], answer["scores"]
    key, mode = features.get("key"), features.get("mode")
    return {
        "mood_name": mood["name"],
        **{f"mood_{side}": ml_gateway.term_of(mood[side]) for side in ("primary", "secondary")},
        "mood_certain": mood["certain"],
        "mood_genre": mood["genre"],
        "mood_model": model_version,
        "sort_confidence": mood["confidence"],
        "sort_agreement": answer["agreement"],
        "sort_valence": scores["valence"],
        "sort_arousal": scores["arousal"],
        "sort_tempo": features.get("tempo_bpm"),
        "sort_key": None if key is None else int(key) % 12 * 2 + (0 if mode is None or mode >= 0.5 else 1),
        "sort_loudness": features.get("rms_mean"),
        **{column: scores.get("moods", {}).get(term) for term, column in MOOD_COLUMNS.items()},
    }


def track_order(tags: Mapping[str, Any]) -> int | None:
    """The place of a song in its album, from its tags."""
    track, disc = tags.get("track_number"), tags.get("disc_number")
    if not isinstance(track, int):
        return None
    return 1000 * (disc if isinstance(disc, int) else 1) + track % 1000


class Cover(models.Model):
    """An embedded picture in the sizes that pages show. Songs of an album share it: one row for each owner and picture.

    Stored as rows, so that backups, deleted accounts and every storage of songs need nothing of their own for it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # Of the picture in the file.
    sha256 = models.CharField(max_length=64)
    # WebP, at most 96 and 480 pixels wide and high.
    small = models.BinaryField()
    large = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "sha256"], name="cover_once_for_each_owner"),
        ]

    def __str__(self) -> str:
        return self.sha256
