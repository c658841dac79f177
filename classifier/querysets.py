"""Every read of songs that has a meaning has a name here."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import reduce
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db.models import (
    Case,
    ExpressionWrapper,
    F,
    FilteredRelation,
    IntegerField,
    OrderBy,
    Prefetch,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Lower, NullIf

if TYPE_CHECKING:
    from classifier.models import (  # noqa: F401
        Analysis,
        ApiToken,
        Person,
        ResumableUpload,
        SavedFilter,
        Song,
        WorkerPresence,
    )

# A worker writes every 3 s; one that missed three turns does not answer.
PRESENCE_S = 10

OLDEST = 20


class SongQuerySet(QuerySet["Song"]):
    def for_owner(self, owner: Person) -> Self:
        return self.filter(owner=owner)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")

    def with_analysis(self, *, detail: bool = False) -> Self:
        """The current analysis of each song in one more query; with `detail` also what was heard, without segments."""
        from classifier.models import Analysis

        analyses = Analysis.objects.current()
        if detail:
            analyses = analyses.select_related("detail").defer("detail__segments")
        return self.prefetch_related(Prefetch("analyses", queryset=analyses))

    def join_current_analysis(self) -> Self:
        """Each song beside its current analysis, as `current`; one without stays, with nothing beside it."""
        return self.alias(current=FilteredRelation("analyses", condition=Q(analyses__is_current=True)))

    def with_words(self, q: str) -> Self:
        """Of songs that were `join_current_analysis`: every word of `q` occurs in title, artist, file name or mood."""
        songs = self
        # No column holds a NUL, and PostgreSQL refuses to look for one.
        for word in q.replace("\0", " ").split():
            songs = songs.filter(_occurs(word, "title", "artist", "file_name", "current__name"))
        return songs

    def inside(self, corners: Sequence[tuple[float, float]]) -> Self:
        """Of songs that were `join_current_analysis`: their place (valence, arousal) lies within the outline.

        By counting, in the database, how many edges lie to the right of the place: inside, that number is odd.
        """
        edges = [_edge_to_the_right(*edge) for edge in zip(corners, (*corners[1:], corners[0]), strict=True)]
        crossed = reduce(operator.add, [edge for edge in edges if edge is not None], Value(0))
        return self.alias(crossed=ExpressionWrapper(crossed % 2, IntegerField())).filter(crossed=1)

    def in_order(self, sort: str) -> Self:
        """Of songs that were `join_current_analysis`: in one of the orders of the library, and never by chance."""
        return self.order_by(*_ORDERS.get(sort, ()), *(("created_at", "id") if sort == "oldest" else _NEWEST))

    def for_export(self) -> Self:
        """With all that was heard but the segments."""
        return self.with_analysis(detail=True)

    def for_api(self) -> Self:
        return self.with_analysis(detail=True).newest_first()

    def queued(self) -> Self:
        return self.filter(status="queued")

    def running(self) -> Self:
        return self.filter(status="running")

    def unfinished(self) -> Self:
        return self.filter(status__in=("queued", "running"))

    def with_lease(self, lease_token: object) -> Self:
        """The song only as long as nobody took it from the holder of this lease."""
        return self.running().filter(lease_token=lease_token)

    def abandoned(self, now: datetime) -> Self:
        return self.running().filter(lease_expires_at__lt=now)

    def overdue(self, now: datetime) -> Self:
        """Of the oldest in the queue, those whose message may be lost: a long queue is not handed over again whole."""
        before = now - timedelta(seconds=settings.REQUEUE_AFTER_S)
        oldest = self.queued().order_by("created_at").values("id")[:OLDEST]
        waiting_since = Q(enqueued_at__lt=before) | Q(enqueued_at__isnull=True, created_at__lt=before)
        return self.queued().filter(waiting_since, id__in=oldest).order_by("created_at")


class AnalysisQuerySet(QuerySet["Analysis"]):
    def current(self) -> Self:
        return self.filter(is_current=True)


class WorkerQuerySet(QuerySet["WorkerPresence"]):
    def answering(self, now: datetime) -> Self:
        return self.filter(seen_at__gte=now - timedelta(seconds=PRESENCE_S))

    def gone(self, now: datetime) -> Self:
        return self.filter(seen_at__lt=now - timedelta(hours=1))


class SavedFilterQuerySet(QuerySet["SavedFilter"]):
    def for_owner(self, owner: Person) -> Self:
        return self.filter(owner=owner)


class ResumableUploadQuerySet(QuerySet["ResumableUpload"]):
    def for_owner(self, owner: Person) -> Self:
        return self.filter(owner=owner)

    def unfinished(self) -> Self:
        return self.filter(song=None)

    def untouched_since(self, moment: datetime) -> Self:
        return self.filter(touched_at__lt=moment)


class TokenQuerySet(QuerySet["ApiToken"]):
    def for_owner(self, owner: Person) -> Self:
        return self.filter(owner=owner)


def _occurs(word: str, *fields: str) -> Q:
    """SQLite knows the capitals of ASCII only, so that of other scripts each usual spelling is looked for."""
    spellings = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
    return reduce(operator.or_, (Q(**{f"{field}__icontains": text}) for field in fields for text in sorted(spellings)))


def _edge_to_the_right(start: tuple[float, float], end: tuple[float, float]) -> Case | None:
    """1 where the edge passes to the right of the place at its height; None for a level edge, which passes none."""
    (x, y), (end_x, end_y) = start, end
    if y == end_y:
        return None
    slope = (end_x - x) / (end_y - y)
    return Case(
        When(
            current__arousal__gte=min(y, end_y),
            current__arousal__lt=max(y, end_y),
            current__valence__lt=F("current__arousal") * slope + (x - slope * y),
            then=1,
        ),
        default=0,
    )


_NEWEST = ("-created_at", "-id")
_SHOWN_TITLE = Lower(Coalesce(NullIf("title", Value("")), "file_name"))
_ORDERS: dict[str, tuple[OrderBy, ...]] = {
    "title": (_SHOWN_TITLE.asc(),),
    "artist": (Lower(NullIf("artist", Value(""))).asc(nulls_last=True), _SHOWN_TITLE.asc()),
    "longest": (F("duration_s").desc(nulls_last=True),),
    "shortest": (F("duration_s").asc(nulls_last=True),),
    "surest": (F("current__confidence").desc(nulls_last=True),),
    "least-sure": (F("current__confidence").asc(nulls_last=True),),
    "pleasant": (F("current__valence").desc(nulls_last=True),),
    "unpleasant": (F("current__valence").asc(nulls_last=True),),
    "lively": (F("current__arousal").desc(nulls_last=True),),
    "quiet": (F("current__arousal").asc(nulls_last=True),),
    "agreed": (F("current__agreement").desc(nulls_last=True),),
    "disputed": (F("current__agreement").asc(nulls_last=True),),
}
