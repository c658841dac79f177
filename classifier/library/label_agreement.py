"""How far the analysis agrees with the moods that a user stated: song by song, and counted in one query.

Only songs with a current analysis count. A label is a mood that the user stated, a prediction one of the analysis.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Case, CharField, Count, F, Q, Value, When
from django.db.models.enums import TextChoices

from classifier.models import Person, Song, Verdict

if TYPE_CHECKING:
    from classifier.querysets import SongQuerySet

MIN_JUDGED = 10
"""Rates of fewer songs say nothing, so none are shown."""

LabelCounts = dict[tuple[str, str], int]
"""Number of songs by label and prediction."""


class Agreement(TextChoices):
    """How far one analysis agrees with what the user said of it. The values are part of addresses."""

    FULL = "whole"
    PARTIAL = "half"
    NONE = "miss"
    # The user rejected an earlier analysis without stating a mood, and has said nothing of the current one.
    OUTDATED = "open"


_PREDICTIONS = (F("analysis_primary"), F("analysis_secondary"))
_REJECTED = Q(verdict=Verdict.DISAGREED)
_SAME = Q(actual_primary=F("analysis_primary"), actual_secondary=F("analysis_secondary"))
_SWAPPED = Q(actual_primary=F("analysis_secondary"), actual_secondary=F("analysis_primary"))
_OVERLAPPING = Q(actual_primary__in=_PREDICTIONS) | Q(actual_secondary__in=_PREDICTIONS)
_AGREEMENT = Case(
    When(_REJECTED & Q(analysis_created_at__gt=F("verdict_at")), then=Value(Agreement.OUTDATED.value)),
    When(_REJECTED, then=Value(Agreement.NONE.value)),
    When(_SAME | _SWAPPED, then=Value(Agreement.FULL.value)),
    When(_OVERLAPPING, then=Value(Agreement.PARTIAL.value)),
    default=Value(Agreement.NONE.value),
    output_field=CharField(),
)


class Judgement(NamedTuple):
    """A number of songs with the same labels and the same predictions."""

    labels: tuple[str, ...]
    """One mood or two; none where the user only disagreed."""
    predictions: tuple[str, str]
    agreement: str
    songs: int


class ConfusionCell(NamedTuple):
    """A cell of the matrix of either mood."""

    label: str
    prediction: str

    @property
    def condition(self) -> Q:
        if self.label == self.prediction:
            return _labelled(self.label) & _predicted(self.label)
        matches = _labelled(self.label) & _predicted(self.prediction)
        return matches & ~_predicted(self.label) & ~_labelled(self.prediction)


def judged_songs(owner: Person) -> SongQuerySet:
    """Every song with a verdict and an analysis, annotated with `label_agreement`, the last judged first."""
    songs = Song.objects.for_owner(owner).with_current_analysis().with_joined_analysis().analysed()
    songs = songs.exclude(verdict=Verdict.NONE)
    return songs.annotate(label_agreement=_AGREEMENT).order_by(
        F("verdict_at").desc(nulls_last=True), "-created_at", "-id"
    )


def judgements(owner: Person) -> list[Judgement]:
    """All of them, in one query, however many songs there are."""
    rows = (
        judged_songs(owner)
        .order_by()
        .values_list("actual_primary", "actual_secondary", *_PREDICTIONS, "label_agreement")
        .annotate(songs=Count("id"))
    )
    return [
        Judgement((first, second) if second else (first,) if first else (), (primary, secondary), agreement, songs)
        for first, second, primary, secondary, agreement, songs in rows
    ]


def main_mood_counts(groups: Iterable[Judgement]) -> LabelCounts:
    """Songs by the main mood that the user stated and the one that was predicted."""
    counts: LabelCounts = {}
    for group in groups:
        if group.labels:
            cell = (group.labels[0], group.predictions[0])
            counts[cell] = counts.get(cell, 0) + group.songs
    return counts


def either_mood_counts(groups: Iterable[Judgement]) -> LabelCounts:
    """Songs by main or second mood: correct predictions, and what was predicted in place of a missed label.

    A song counts in several cells where several of its moods do.
    """
    counts: LabelCounts = {}
    for group in groups:
        for cell in _cells(group.labels, group.predictions):
            counts[cell] = counts.get(cell, 0) + group.songs
    return counts


def _cells(labels: Sequence[str], predictions: Sequence[str]) -> list[tuple[str, str]]:
    correct = [(mood, mood) for mood in labels if mood in predictions]
    missed = [mood for mood in labels if mood not in predictions]
    wrong = [mood for mood in predictions if mood not in labels]
    return correct + [(label, prediction) for label in missed for prediction in wrong]


def _labelled(mood: str) -> Q:
    return Q(actual_primary=mood) | Q(actual_secondary=mood)


def _predicted(mood: str) -> Q:
    return Q(analysis_primary=mood) | Q(analysis_secondary=mood)
