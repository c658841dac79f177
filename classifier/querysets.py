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
    CharField,
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
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Concat, Right

from classifier import ml_gateway
from classifier.active_words import active_words
from classifier.errors import FILE_ERRORS
from classifier.fields import TextOrNull
from classifier.sort_models import OF_ANALYSIS

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

SAMPLE_DIGITS = 3
"""Hexadecimal digits of an identifier that decide whether a song is in a sample."""

HANDED_OVER_AT_ONCE = 20
"""Messages to the workers that are sent at once, however many songs are due: each finished song sends the next one."""

MOOD_FIELDS = (
    "name", "primary", "secondary", "joined_by", "confidence", "secondary_confidence", "certain", "genre",
)  # fmt: skip
"""The fields of an Analysis that are the object `mood` of a result, in its order."""
SCORE_FIELDS = ("valence", "arousal")
"""Those that are in its object `scores`."""
SHOWN_COLUMNS = ("confidence", "certain", "genre")
"""Those that the rules of a vocabulary change."""
JOINED_COLUMNS = ("created_at", "own_models")
"""Those that the row of a song does not repeat."""


class SongQuerySet(QuerySet["Song"]):
    def for_owner(self, owner: Person) -> Self:
        """What the owner sees: without the songs in the bin."""
        return self.filter(owner=owner, deleted_at__isnull=True)

    def stored_by(self, owner: Person) -> Self:
        """With the songs in the bin."""
        return self.filter(owner=owner)

    def in_bin(self) -> Self:
        # As the condition of the index `song_in_bin` is written, or SQLite does not use it.
        return self.exclude(deleted_at__isnull=True)

    def out_of_bin(self) -> Self:
        return self.filter(deleted_at__isnull=True)

    def without_copies(self) -> Self:
        """One song of each recording that has copies in other encodings."""
        return self.filter(is_copy=False)

    def longest_in_bin_first(self) -> Self:
        return self.order_by("deleted_at", "id")

    def uploaded(self) -> Self:
        """Not those of a source, whose audio is not stored here."""
        return self.exclude(file="")

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
        mood that counts as `effective_*`: the one that the owner stated, else that of the analysis, both as the active
        words show them. `shown_*` is the analysis as they show it, and `*_key` also names the parts of split terms."""
        if "effective_primary" in self.query.annotations:
            return self
        stated = ~Q(actual_primary="")
        # From the row of the song: a join with a hundred thousand analyses takes longer than all the rest of a page.
        columns = {f"analysis_{name}": Case(When(status="done", then=column)) for name, column in OF_ANALYSIS.items()}
        songs = self.alias(**columns)
        if active_words().changes_names or active_words().parts:
            songs = songs.alias(current_analysis=_current())
        shown = {column: _shown(column) for column in (*SHOWN_COLUMNS, "primary", "secondary")}
        shown |= {f"{side}_key": _shown(f"{side}_key", side) for side in ("primary", "secondary")}
        effective: dict[str, Case] = {}
        for side in ("primary", "secondary"):
            own = _stated(f"actual_{side}")
            effective[f"effective_{side}"] = Case(When(stated, then=own), default=shown[side])
            # The owner's mood is the part of a split where it is that of the analysis, as lists show it.
            agreed = When(_agreed(), then=shown[f"{side}_key"]) if active_words().parts else None
            cases = filter(None, (agreed, When(stated, then=own)))
            effective[f"effective_{side}_key"] = Case(*cases, default=shown[f"{side}_key"])
        return songs.alias(
            **{f"shown_{column}": expression for column, expression in shown.items()},
            **effective,
            stated_sides=Concat("actual_primary", Value(" "), "actual_secondary"),
        )

    def with_joined_analysis(self) -> Self:
        """Aliases for what the row of a song does not repeat of its current analysis."""
        joined = "current_analysis" in self.query._filtered_relations  # type: ignore[attr-defined]  # it has no public name
        songs = self if joined else self.alias(current_analysis=_current())
        return songs.alias(**{f"analysis_{name}": F(f"current_analysis__{name}") for name in JOINED_COLUMNS})

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
        """In one of the library's orders, ties newest first."""
        if sort in _SCORE_ORDERS:
            # By the identifier alone, which begins with a time: an index for each score has it.
            return self.order_by(*_SCORE_ORDERS[sort], "-id")
        return self.order_by(*_ORDERS.get(sort, ()), *(("created_at", "id") if sort == "oldest" else _NEWEST))

    def sample(self, share: float) -> Self:
        """About this share of the songs, the same ones each time, by the end of their identifiers, which is random."""
        tail = Right(Cast("id", CharField()), SAMPLE_DIGITS)
        return self.alias(tail=tail).filter(tail__lt=f"{int(share * 16**SAMPLE_DIGITS):0{SAMPLE_DIGITS}x}")

    def with_result(self) -> Self:
        """With the whole result but its segments, as exports and the API show it."""
        return self.with_analysis(detail=True)

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
        """Not on their way already, not failed because of the file itself, and not in the bin."""
        rerunnable = Q(status__in=("done", "cancelled")) | Q(status="failed") & ~Q(error_code__in=FILE_ERRORS)
        return self.out_of_bin().filter(rerunnable)

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
_ALBUM = (
    TextOrNull("sort_album").asc(nulls_last=True), F("sort_album_artist").asc(),
    F("track_order").asc(nulls_last=True), F("sort_title").asc(),
)  # fmt: skip


def _both_ways(column: str, descending: str, ascending: str) -> dict[str, tuple[OrderBy, ...]]:
    """Two orders by a column that an analysis gives; songs without an analysis come last in both."""
    return {descending: (F(column).desc(nulls_last=True),), ascending: (F(column).asc(nulls_last=True),)}


_ORDERS: dict[str, tuple[OrderBy, ...]] = {
    "title": (F("sort_title").asc(),),
    "artist": (TextOrNull("sort_artist").asc(nulls_last=True), F("sort_title").asc()),
    "longest": (F("duration_s").desc(nulls_last=True),),
    "shortest": (F("duration_s").asc(nulls_last=True),),
    "album": _ALBUM,
    "latest": (F("year").desc(nulls_last=True), *_ALBUM),
    "earliest": (F("year").asc(nulls_last=True), *_ALBUM),
}
_SCORE_ORDERS: dict[str, tuple[OrderBy, ...]] = {
    "key": (F("sort_key").asc(nulls_last=True),),
    **_both_ways("sort_confidence", "surest", "least-sure"),
    **_both_ways("sort_valence", "pleasant", "unpleasant"),
    **_both_ways("sort_arousal", "lively", "quiet"),
    **_both_ways("sort_agreement", "agreed", "disputed"),
    **_both_ways("sort_tempo", "fastest", "slowest"),
    **_both_ways("sort_loudness", "loudest", "softest"),
    **{term: (F(f"sort_{term}").desc(nulls_last=True),) for term in ml_gateway.MOODS},
}


def _current() -> FilteredRelation:
    return FilteredRelation("analyses", condition=Q(analyses__is_current=True, status="done"))


def _shown(column: str, of_model: str = "") -> Combinable:
    """A column of the current analysis as the active words show it, where `of_model` is its name without them."""
    model_column = F(f"analysis_{of_model or column}")
    if not active_words().changes_names:
        return model_column
    return Coalesce(F(f"current_analysis__own_{column}"), model_column)


def _agreed() -> Q:
    """The owner stated the two moods that the analysis has by the rules of the vocabulary."""
    return Q(
        current_analysis__own_certain=True,
        current_analysis__own_primary=F("actual_primary"),
        current_analysis__own_secondary=F("actual_secondary"),
    )


def _stated(column: str) -> Combinable:
    """A mood that the owner stated as the term as which the active words show it."""
    vocabulary = active_words().vocabulary
    merged = vocabulary.merged if vocabulary else {}
    if not merged:
        return F(column)
    return Case(*(When(**{column: term}, then=Value(target)) for term, target in merged.items()), default=F(column))
