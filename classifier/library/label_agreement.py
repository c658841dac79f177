"""What a person said of songs beside what was heard in them: read by song, and counted in one query.

Only songs that have an answer now count: whatever waits to be heard anew is judged by what will be heard.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Case, CharField, Count, F, Q, Value, When
from django.db.models.enums import TextChoices

from classifier.models import Person, Song, Verdict

if TYPE_CHECKING:
    from classifier.querysets import SongQuerySet

Counts = dict[tuple[str, str], int]
"""Songs, by a mood that was said and one that was heard."""
SIDES = (F("analysis_primary"), F("analysis_secondary"))


class Fit(TextChoices):
    """How an answer stands to what was said of it."""

    WHOLE = "whole"
    HALF = "half"
    MISS = "miss"
    # Somebody said only that an answer does not fit, and it was heard anew since: of the new one nothing was said.
    OPEN = "open"


_REJECTED = Q(verdict=Verdict.DISAGREED)
_SAME = Q(actual_primary=F("analysis_primary"), actual_secondary=F("analysis_secondary"))
_EXCHANGED = Q(actual_primary=F("analysis_secondary"), actual_secondary=F("analysis_primary"))
_SHARED = Q(actual_primary__in=SIDES) | Q(actual_secondary__in=SIDES)
FIT = Case(
    When(_REJECTED & Q(analysis_created_at__gt=F("verdict_at")), then=Value(Fit.OPEN.value)),
    When(_REJECTED, then=Value(Fit.MISS.value)),
    When(_SAME | _EXCHANGED, then=Value(Fit.WHOLE.value)),
    When(_SHARED, then=Value(Fit.HALF.value)),
    default=Value(Fit.MISS.value),
    output_field=CharField(),
)


class Judgement(NamedTuple):
    """So many songs of which the same was said, and in which the same was heard."""

    said: tuple[str, ...]
    """One mood or two; none where the person only disagreed."""
    heard: tuple[str, str]
    fit: str
    songs: int


class Confused(NamedTuple):
    """A square of the matrix of either side: what was said there, and what was heard there."""

    said: str
    heard: str

    @property
    def songs(self) -> Q:
        if self.said == self.heard:
            return _said(self.said) & _heard(self.heard)
        return _said(self.said) & ~_heard(self.said) & _heard(self.heard) & ~_said(self.heard)


def judged_songs(owner: Person) -> SongQuerySet:
    """Every song that the person said something of, with `fit`, the last judged first."""
    songs = Song.objects.for_owner(owner).with_current_analysis()
    return (
        songs.analysed()
        .exclude(verdict=Verdict.NONE)
        .annotate(fit=FIT)
        .order_by(F("verdict_at").desc(nulls_last=True), "-created_at", "-id")
    )


def judgements(owner: Person) -> list[Judgement]:
    """All of them, in one query, however many songs there are."""
    rows = (
        judged_songs(owner)
        .order_by()
        .values_list("actual_primary", "actual_secondary", F("analysis_primary"), F("analysis_secondary"), "fit")
        .annotate(songs=Count("id"))
    )
    return [
        Judgement((first, second) if second else (first,) if first else (), (primary, secondary), fit, songs)
        for first, second, primary, secondary, fit, songs in rows
    ]


def first_sides(found: Iterable[Judgement]) -> Counts:
    """Songs by the first mood that was said and the first that was heard."""
    counts: Counts = {}
    for one in found:
        if one.said:
            place = (one.said[0], one.heard[0])
            counts[place] = counts.get(place, 0) + one.songs
    return counts


def either_sides(found: Iterable[Judgement]) -> Counts:
    """Songs by moods on whichever side: those that were said and heard, and what was heard in place of what was said.

    A song counts in several squares where several of its moods do.
    """
    counts: Counts = {}
    for one in found:
        for place in _places(one.said, one.heard):
            counts[place] = counts.get(place, 0) + one.songs
    return counts


def _places(said: Sequence[str], heard: Sequence[str]) -> list[tuple[str, str]]:
    met = [(mood, mood) for mood in said if mood in heard]
    missed = [mood for mood in said if mood not in heard]
    instead = [mood for mood in heard if mood not in said]
    return met + [(mood, other) for mood in missed for other in instead]


def _said(mood: str) -> Q:
    return Q(actual_primary=mood) | Q(actual_secondary=mood)


def _heard(mood: str) -> Q:
    return Q(analysis_primary=mood) | Q(analysis_secondary=mood)
