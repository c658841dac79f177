"""Every read of songs that has a meaning has a name here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet

if TYPE_CHECKING:
    from classifier.models import Analysis, ApiToken, Person, Song, WorkerPresence  # noqa: F401

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

    def for_history(self, q: str = "") -> Self:
        """Newest first; every word of `q` must occur in title, artist, file name or mood."""
        songs = self.with_analysis().newest_first()
        # No column holds a NUL, and PostgreSQL refuses to look for one.
        for word in q.replace("\0", " ").split():
            # A subquery, not a join, so that a song with several analyses comes once.
            heard = _current_moods().filter(name__icontains=word).values("song_id")
            songs = songs.filter(
                Q(title__icontains=word) | Q(artist__icontains=word) | Q(file_name__icontains=word) | Q(id__in=heard)
            )
        return songs

    def for_api(self) -> Self:
        return self.with_analysis(detail=True).newest_first()

    def queued(self) -> Self:
        return self.filter(status="queued")

    def running(self) -> Self:
        return self.filter(status="running")

    def unfinished(self) -> Self:
        return self.filter(status__in=("queued", "running"))

    def held_by(self, lease_token: object) -> Self:
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


class TokenQuerySet(QuerySet["ApiToken"]):
    def for_owner(self, owner: Person) -> Self:
        return self.filter(owner=owner)


def _current_moods() -> AnalysisQuerySet:
    from classifier.models import Analysis

    return Analysis.objects.current()
