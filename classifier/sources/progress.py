"""How far the analysis of a library is, in a fixed number of queries over indexes.

A song counts once, however many files it has, and only while one of them is there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, FilteredRelation, Max, Min, OuterRef, Q, QuerySet

from classifier.jobs.time_estimate import AnalysisSpeed
from classifier.models import Analysis, OwnModel, Person, Song, SongLocation, Source, Status, WorkerPresence
from classifier.own_model_models import without_own_models
from classifier.querysets import SongQuerySet
from classifier.recalibration.application import of_model
from classifier.sources.pacing import ALL, is_within_hours, worker_processes

RATE_OVER = timedelta(minutes=10)
# Not is_ignored=False: SQLite finds nothing in an index by the condition that Django makes of it.
NOT_IGNORED, IGNORED = Q(is_ignored__in=[False]), Q(is_ignored__in=[True])
PRESENT = NOT_IGNORED & Q(missing_since=None)


@dataclass(frozen=True)
class FailureReason:
    """Songs and files that cannot be analysed for the same reason."""

    code: str
    count: int
    message: str
    """Of one of them."""
    name: str
    song_id: UUID | None
    """That one; None for a file that is no song."""


@dataclass(frozen=True)
class Progress:
    analysed: int
    waiting: int
    running: int
    failed: int
    """Songs whose analysis failed."""
    cancelled: int
    unreadable: int
    """Files and folders that a scan could not read, and so no songs."""
    missing: int
    """Files that scans do not find any more."""
    ignored: int
    duplicates: int
    """Files with the sound of another one, which share its analysis."""
    songs_a_minute: float
    """Over the last ten minutes, or since the first analysis in them."""
    remaining_s: float | None
    """None where nothing is left, or nobody can say."""

    @property
    def songs(self) -> int:
        return self.analysed + self.left + self.failed + self.cancelled

    @property
    def left(self) -> int:
        return self.waiting + self.running

    @property
    def ended(self) -> int:
        return self.songs - self.left

    @property
    def percent(self) -> int:
        """Only exactly all songs are 100."""
        return 100 * self.ended // self.songs if self.songs else 0


@dataclass(frozen=True)
class LibraryProgress:
    of_source: Mapping[Source, Progress]
    total: Progress
    """A song that lies in several sources counts once."""


def source_progress(source: Source, now: datetime) -> Progress:
    locations = SongLocation.objects.filter(source=source)
    songs = songs_in(source.owner, locations)
    statuses = Counter(dict(songs.order_by().values_list("status").annotate(Count("pk"))))
    present = locations.filter(PRESENT, song__isnull=False).count()
    files, workers = _files([source])[source.id], _Workers(now)
    return _progress(statuses, present, files, _rate(songs, now), workers.share_of([source]), workers)


def library_progress(owner: Person, now: datetime) -> LibraryProgress:
    """Of each source of a user and of all of them, in as many queries for two sources as for twenty."""
    sources = list(Source.objects.filter(owner=owner))
    workers = _Workers(now)
    songs = Song.objects.for_owner(owner).order_by()
    of_source, anywhere, present = _statuses(songs, sources)
    lately = _placed(_finished_lately(songs, now)).values_list("place__source")
    rates = {
        source_id: _a_minute(count, first, now)
        for source_id, count, first in lately.annotate(songs=Count("pk", distinct=True), first=Min("started_at"))
    }
    files = _files(sources)
    each = {
        one: _progress(
            of_source[one.id], present[one.id], files[one.id], rates.get(one.id, 0.0), workers.share_of([one]), workers
        )
        for one in sources
    }
    rate = _rate(songs_in(owner, SongLocation.objects.all()), now)
    share = workers.share_of(sources)
    total = _progress(anywhere, present.total(), sum(files.values(), Counter()), rate, share, workers)
    return LibraryProgress(each, total)


def source_failures(source: Source) -> list[FailureReason]:
    """The most frequent reason first."""
    locations = SongLocation.objects.filter(source=source)
    return sorted([*_failed_songs(source.owner, locations), *_unreadable_files(locations)], key=lambda one: -one.count)


def songs_of_older_models(source: Source) -> int:
    """Songs whose result is of another model than the one in use, or that an own model in use has not read, and that
    are not queued again."""
    # Two ranges of an index, where != would read all of it; mostly they are empty.
    before, after = Q(model_version__lt=settings.MODEL_BUNDLE), Q(model_version__gt=settings.MODEL_BUNDLE)
    used = OwnModel.objects.used().versions()
    others = (before | after) & ~of_model(settings.MODEL_BUNDLE)
    older = Analysis.objects.current().filter(others | without_own_models(used, "own_models"))
    if not older.exists():
        return 0
    older = older.filter(song=OuterRef("pk"))
    songs = songs_in(source.owner, SongLocation.objects.filter(source=source))
    return songs.filter(Exists(older), status=Status.DONE).count()


def songs_in(owner: Person, locations: QuerySet[SongLocation]) -> SongQuerySet:
    """The songs that are there at one of these locations."""
    there = locations.filter(song=OuterRef("pk"), missing_since=None, is_ignored=False)
    return Song.objects.for_owner(owner).filter(Exists(there))


def _statuses(
    songs: SongQuerySet, sources: Sequence[Source]
) -> tuple[dict[UUID, Counter[str]], Counter[str], Counter[UUID]]:
    """Numbers of songs by status, of each source and of all of them, and the number of places in each source.

    Places are counted, which needs no sorting. Songs with several places are counted again, and the rest taken off.
    """
    of_source: dict[UUID, Counter[str]] = defaultdict(Counter)
    anywhere: Counter[str] = Counter()
    present: Counter[UUID] = Counter()
    by_source = _placed(songs).filter(place__isnull=False).values_list("place__source", "status")
    for source_id, status, places in by_source.annotate(places=Count("*")):
        of_source[source_id][status] += places
        anywhere[status] += places
        present[source_id] += places
    several = SongLocation.objects.filter(PRESENT, source__in=sources, song__isnull=False).order_by().values("song")
    several = several.annotate(places=Count("*")).filter(places__gt=1)
    if not several.exists():
        return of_source, anywhere, present
    songs = songs.filter(pk__in=several.values("song"))
    by_source = _placed(songs).filter(place__isnull=False).values_list("place__source", "status")
    for source_id, status, places, count in by_source.annotate(places=Count("*"), songs=Count("pk", distinct=True)):
        of_source[source_id][status] -= places - count
        anywhere[status] -= places
    anywhere.update(dict(songs.values_list("status").annotate(Count("pk"))))
    return of_source, anywhere, present


def _placed(songs: SongQuerySet) -> Any:  # as django-stubs has no FilteredRelation
    """Each song once for each `place` where it is there. Databases read the songs first, from an index with states."""
    condition = Q(locations__missing_since=None, locations__is_ignored=False)
    return songs.alias(place=FilteredRelation("locations", condition=condition))


def _progress(
    statuses: Counter[str], present: int, files: Counter[str], songs_a_minute: float, share: float, workers: _Workers
) -> Progress:
    left = statuses[Status.QUEUED] + statuses[Status.RUNNING]
    return Progress(
        analysed=statuses[Status.DONE],
        waiting=statuses[Status.QUEUED],
        running=statuses[Status.RUNNING],
        failed=statuses[Status.FAILED],
        cancelled=statuses[Status.CANCELLED],
        unreadable=files["unreadable"],
        missing=files["missing"],
        ignored=files["ignored"],
        duplicates=present - statuses.total(),
        songs_a_minute=songs_a_minute,
        remaining_s=workers.remaining_s(left, songs_a_minute, share),
    )


def _files(sources: Sequence[Source]) -> dict[UUID, Counter[str]]:
    """Numbers of the few files that are no songs, of each source. Each number is a part of an index."""
    locations = SongLocation.objects.filter(source__in=sources).order_by()
    parts = {
        "missing": locations.filter(NOT_IGNORED, missing_since__isnull=False),
        "ignored": locations.filter(IGNORED),
        "unreadable": locations.filter(PRESENT, song=None).exclude(error_code=""),
    }
    files: dict[UUID, Counter[str]] = defaultdict(Counter)
    for name, part in parts.items():
        for source_id, count in part.values_list("source").annotate(Count("pk")):
            files[source_id][name] = count
    return files


def _rate(songs: SongQuerySet, now: datetime) -> float:
    lately = _finished_lately(songs, now).aggregate(songs=Count("pk"), first=Min("started_at"))
    return _a_minute(lately["songs"], lately["first"], now)


def _finished_lately(songs: SongQuerySet, now: datetime) -> SongQuerySet:
    # After a step of the clock, times in the future count as nothing.
    return songs.filter(status=Status.DONE, finished_at__gt=now - RATE_OVER, finished_at__lte=now)


def _a_minute(songs: int, first_start: datetime | None, now: datetime) -> float:
    if not songs:
        return 0.0
    since = now - RATE_OVER
    seconds = (now - max(first_start or since, since)).total_seconds()
    return 60 * songs / max(seconds, 1.0)


@dataclass
class _Workers:
    """At this moment; read when the first source has something left."""

    now: datetime

    def share_of(self, sources: Iterable[Source]) -> float:
        """What sources may have of the workers' time: the largest share, 0 where all of them are closed."""
        open_sources = (one for one in sources if not one.is_paused and is_within_hours(one, self.now))
        return max((one.share / ALL for one in open_sources), default=0.0)

    def remaining_s(self, left: int, songs_a_minute: float, share: float) -> float | None:
        """At the speed of the last minutes; right after a start, at that of the latest analyses."""
        if not left or not share or not self._answer:
            return None
        if songs_a_minute:
            return 60 * left / songs_a_minute
        return left * self._speed.per_song_s / (self._processes * share) if self._speed else None

    @cached_property
    def _answer(self) -> bool:
        return WorkerPresence.objects.answering(self.now).exists()

    @cached_property
    def _speed(self) -> AnalysisSpeed | None:
        return AnalysisSpeed.measure()

    @cached_property
    def _processes(self) -> int:
        return worker_processes(self.now)


def _failed_songs(owner: Person, locations: QuerySet[SongLocation]) -> Iterable[FailureReason]:
    failed = songs_in(owner, locations).filter(status=Status.FAILED)
    rows = failed.order_by().values_list("error_code").annotate(Count("pk"), Max("finished_at"))
    for code, count, latest in rows:
        example = failed.filter(error_code=code, finished_at=latest).first()
        if example is not None:  # it may be retried at this moment
            yield FailureReason(code, count, example.error_message, example.display_title, example.id)


def _unreadable_files(locations: QuerySet[SongLocation]) -> Iterable[FailureReason]:
    unreadable = locations.filter(PRESENT, song=None).exclude(error_code="")
    for code, count, first in unreadable.order_by().values_list("error_code").annotate(Count("pk"), Min("pk")):
        example = unreadable.filter(pk=first).first()
        if example is not None:
            yield FailureReason(code, count, example.error_message, str(example), None)
