"""Named reads of the database."""

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
from django.db.models.functions import Concat, NullIf

from classifier.errors import FILE_ERRORS

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

# A worker writes every 3 s; one that missed three times counts as gone.
PRESENCE_S = 10

HANDED_OVER_AT_ONCE = 20
"""Messages to the workers that are sent at once, however many songs are due: each finished song sends the next one."""

MOOD_FIELDS = (
    "name", "primary", "secondary", "joined_by", "confidence", "secondary_confidence", "certain", "genre",
)  # fmt: skip
"""The fields of an Analysis that are the object `mood` of a result, in its order."""
SCORE_FIELDS = ("valence", "arousal")
"""Those that are in its object `scores`."""
ANALYSIS_COLUMNS = (*MOOD_FIELDS, *SCORE_FIELDS, "agreement", "model_version", "created_at")
"""What filters, orders and charts read of the current analysis."""


class SongQuerySet(QuerySet["Song"]):
    def for_owner(self, owner: Person) -> Self:
        return self.filter(owner=owner)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")

    def with_analysis(self, *, detail: bool = False) -> Self:
        """Prefetch the current analysis of each song; with `detail` the whole result but its segments."""
        from classifier.models import Analysis

        analyses = Analysis.objects.current()
        if detail:
            analyses = analyses.select_related("detail").defer("detail__segments")
        return self.prefetch_related(Prefetch("analyses", queryset=analyses))

    def with_current_analysis(self) -> Self:
        """Aliases for filters and orders: the current analysis as `analysis_*`, NULL where a song is not done, and the
        mood that counts as `effective_*`: the one that the owner stated, else that of the analysis."""
        if "effective_primary" in self.query.annotations:
            return self
        current = FilteredRelation("analyses", condition=Q(analyses__is_current=True, status="done"))
        stated = ~Q(actual_primary="")
        # One alias for each column: filters that follow the relation itself would join it once more each.
        columns = {f"analysis_{column}": F(f"current_analysis__{column}") for column in ANALYSIS_COLUMNS}
        return self.alias(current_analysis=current).alias(
            **columns,
            effective_primary=Case(When(stated, then="actual_primary"), default="current_analysis__primary"),
            stated_sides=Concat("actual_primary", Value(" "), "actual_secondary"),
            effective_secondary=Case(When(stated, then="actual_secondary"), default="current_analysis__secondary"),
        )

    def analysed(self) -> Self:
        """Of songs `with_current_analysis`: those that have one."""
        return self.filter(analysis_primary__isnull=False)

    def inside(self, corners: Sequence[tuple[float, float]]) -> Self:
        """Of songs `with_current_analysis`: their valence and arousal lie inside the polygon.

        Ray casting in the database: inside, the number of edges to the right of the point is odd.
        """
        edges = [_edge_to_the_right(*edge) for edge in zip(corners, (*corners[1:], corners[0]), strict=True)]
        crossed = reduce(operator.add, [edge for edge in edges if edge is not None], Value(0))
        return self.alias(crossed=ExpressionWrapper(crossed % 2, IntegerField())).filter(crossed=1)

    def in_order(self, sort: str) -> Self:
        """Of songs `with_current_analysis`: in one of the library's orders, ties newest first."""
        return self.order_by(*_ORDERS.get(sort, ()), *(("created_at", "id") if sort == "oldest" else _NEWEST))

    def for_export(self) -> Self:
        """With the whole result but its segments."""
        return self.with_analysis(detail=True)

    def for_api(self) -> Self:
        return self.with_analysis(detail=True).newest_first()

    def queued(self) -> Self:
        return self.filter(status="queued")

    def waiting_in(self, *queues: str) -> Self:
        return self.queued().filter(queue__in=queues)

    def due(self, now: datetime) -> Self:
        """Without the songs that have to wait a moment. A time far ahead counts as past: the clock was set back."""
        latest = now + timedelta(seconds=settings.REQUEUE_AFTER_S)
        return self.exclude(not_before__gt=now, not_before__lte=latest)

    def first_come_first_served(self) -> Self:
        return self.order_by("created_at", "id")

    def running(self) -> Self:
        return self.filter(status="running")

    def unfinished(self) -> Self:
        return self.filter(status__in=("queued", "running"))

    def rerunnable(self) -> Self:
        """Not on their way already, and not failed because of the file itself."""
        return self.filter(Q(status__in=("done", "cancelled")) | Q(status="failed") & ~Q(error_code__in=FILE_ERRORS))

    def with_lease(self, lease_token: object) -> Self:
        """The song with this lease; none once the sweep, a cancellation or a deletion has taken it away."""
        return self.running().filter(lease_token=lease_token)

    def abandoned(self, now: datetime) -> Self:
        """The lease is over, or lasts longer than a lease can: the clock was set back since."""
        latest = now + timedelta(seconds=2 * settings.LEASE_S)
        return self.running().filter(Q(lease_expires_at__lt=now) | Q(lease_expires_at__gt=latest))

    def overdue(self, queue: str, now: datetime) -> Self:
        """Of the oldest songs of a queue, those that no worker has taken, so that messages may be lost."""
        before, ahead = (now + side * timedelta(seconds=settings.REQUEUE_AFTER_S) for side in (-1, 1))
        oldest = self.waiting_in(queue).order_by("created_at").values("id")[:HANDED_OVER_AT_ONCE]
        waiting_since = Q(enqueued_at__lt=before) | Q(enqueued_at__isnull=True, created_at__lt=before)
        # In the future where the clock was set back since.
        waiting_since |= Q(enqueued_at__gt=ahead) | Q(enqueued_at__isnull=True, created_at__gt=ahead)
        return self.queued().filter(waiting_since, id__in=oldest).order_by("created_at")


class AnalysisQuerySet(QuerySet["Analysis"]):
    def current(self) -> Self:
        return self.filter(is_current=True)


class WorkerQuerySet(QuerySet["WorkerPresence"]):
    def answering(self, now: datetime) -> Self:
        """A time far in the future is from before the clock was set back; a little, from a clock that is ahead."""
        latest = now + timedelta(seconds=max(PRESENCE_S, 60))
        return self.filter(seen_at__gte=now - timedelta(seconds=PRESENCE_S), seen_at__lte=latest)

    def gone(self, now: datetime) -> Self:
        hour = timedelta(hours=1)
        return self.exclude(seen_at__gte=now - hour, seen_at__lte=now + hour)


class SavedFilterQuerySet(QuerySet["SavedFilter"]):
    def for_owner(self, owner: Person) -> Self:
        return self.filter(owner=owner)


class ResumableUploadQuerySet(QuerySet["ResumableUpload"]):
    def for_owner(self, owner: Person) -> Self:
        return self.filter(owner=owner)

    def unfinished(self) -> Self:
        return self.filter(song=None)

    def complete(self) -> Self:
        """All bytes are here, but the song could not be stored yet."""
        return self.unfinished().filter(received_bytes=F("size_bytes"))

    def untouched_since(self, moment: datetime) -> Self:
        return self.filter(touched_at__lt=moment)


class TokenQuerySet(QuerySet["ApiToken"]):
    def for_owner(self, owner: Person) -> Self:
        return self.filter(owner=owner)


def _edge_to_the_right(start: tuple[float, float], end: tuple[float, float]) -> Case | None:
    """1 where the edge passes to the right of the point at its height; None for a horizontal edge, which never does."""
    (x, y), (end_x, end_y) = start, end
    if y == end_y:
        return None
    slope = (end_x - x) / (end_y - y)
    return Case(
        When(
            analysis_arousal__gte=min(y, end_y),
            analysis_arousal__lt=max(y, end_y),
            analysis_valence__lt=F("analysis_arousal") * slope + (x - slope * y),
            then=1,
        ),
        default=0,
    )


_NEWEST = ("-created_at", "-id")
_ORDERS: dict[str, tuple[OrderBy, ...]] = {
    "title": (F("sort_title").asc(),),
    "artist": (NullIf("sort_artist", Value("")).asc(nulls_last=True), F("sort_title").asc()),
    "longest": (F("duration_s").desc(nulls_last=True),),
    "shortest": (F("duration_s").asc(nulls_last=True),),
    "surest": (F("analysis_confidence").desc(nulls_last=True),),
    "least-sure": (F("analysis_confidence").asc(nulls_last=True),),
    "pleasant": (F("analysis_valence").desc(nulls_last=True),),
    "unpleasant": (F("analysis_valence").asc(nulls_last=True),),
    "lively": (F("analysis_arousal").desc(nulls_last=True),),
    "quiet": (F("analysis_arousal").asc(nulls_last=True),),
    "agreed": (F("analysis_agreement").desc(nulls_last=True),),
    "disputed": (F("analysis_agreement").asc(nulls_last=True),),
}
