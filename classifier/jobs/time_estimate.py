"""How long songs still take: the queue as it is, at the speed of the songs that were heard last."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from uuid import UUID

from django.conf import settings

from classifier.models import Analysis, Person, Song, WorkerPresence
from classifier.querysets import SongQuerySet

# Enough to say how long the queue is; beyond, nobody counts.
COUNTED = 500
# Of how many songs, the last ones that were heard, the speed is the mean.
MEASURED = 20
# A song that takes longer than it should is nearly done, one hopes; nothing better is known.
LEAST_S = 1.0


@dataclass(frozen=True)
class Waiting:
    """A song in the queue, or one that is heard: everybody's, since they all wait for the same workers."""

    id: UUID
    owner_id: int
    file_name: str
    size_bytes: int
    started_at: datetime | None = None
    segments_total: int = 0


@dataclass(frozen=True)
class Pace:
    """Seconds of listening, measured: for a segment, for a byte of each kind of file, for a song of which no more
    is known. How long a song is turns out only while it is decoded, so that before, its size has to tell."""

    segment_s: float
    byte_s: Mapping[str, float]
    song_s: float

    @classmethod
    def measured(cls) -> Pace | None:
        """None where nothing was heard yet."""
        rows = Analysis.objects.filter(song__started_at__isnull=False, song__finished_at__isnull=False)
        # By their key, the order in which songs were heard for the first time: no index on a time is needed.
        names = ("file_name", "size_bytes", "segments_total", "started_at", "finished_at")
        heard = [
            (name, size_bytes, segments, (finished_at - started_at).total_seconds())
            for name, size_bytes, segments, started_at, finished_at in rows.order_by("-id").values_list(
                *(f"song__{name}" for name in names)
            )[:MEASURED]
        ]
        seconds = sum(took for *_, took in heard)
        if seconds <= 0:
            return None
        sizes: dict[str, list[float]] = {}
        for name, size_bytes, _, took in heard:
            of_kind = sizes.setdefault(kind(name), [0.0, 0.0])
            of_kind[0] += took
            of_kind[1] += size_bytes
        return cls(
            segment_s=seconds / max(sum(segments for _, _, segments, _ in heard), 1),
            byte_s={name: took / max(size_bytes, 1) for name, (took, size_bytes) in sizes.items()},
            song_s=seconds / len(heard),
        )

    def takes_s(self, song: Waiting) -> float:
        if song.segments_total:
            return song.segments_total * self.segment_s
        byte_s = self.byte_s.get(kind(song.file_name))
        return self.song_s if byte_s is None else song.size_bytes * byte_s


@dataclass(frozen=True)
class Forecast:
    """`left_s` has no song of which nothing can be said: no worker answers, or none was heard before."""

    queued: list[Waiting]
    running: list[Waiting]
    left_s: Mapping[UUID, float]
    song_s: float = 0.0
    workers: int = 1

    @property
    def places(self) -> dict[UUID, int]:
        """The place of each waiting song, from 1."""
        return {song.id: place for place, song in enumerate(self.queued, start=1)}

    def queued_of(self, owner: Person) -> int:
        if len(self.queued) < COUNTED:
            return sum(song.owner_id == owner.pk for song in self.queued)
        return Song.objects.for_owner(owner).queued().count()

    def running_of(self, owner: Person) -> int:
        return sum(song.owner_id == owner.pk for song in self.running)

    def left_of(self, owner: Person) -> float | None:
        """Until the last of somebody's songs is heard."""
        seen = [song for song in (*self.queued, *self.running) if song.owner_id == owner.pk]
        known = [self.left_s[song.id] for song in seen if song.id in self.left_s]
        if not known:
            return None
        beyond = self.queued_of(owner) + self.running_of(owner) - len(seen)
        return max(known) + beyond * self.song_s / self.workers


def forecast(*, now: datetime) -> Forecast:
    """Four queries, however many songs there are."""
    queued = _waiting(Song.objects.queued().order_by("created_at", "id"))
    running = _waiting(Song.objects.running().order_by("started_at"))
    answering = WorkerPresence.objects.answering(now).count()
    pace = Pace.measured() if answering else None
    if pace is None:
        return Forecast(queued, running, {})
    workers = max(answering * settings.CELERY_WORKER_CONCURRENCY, len(running))
    left_s = {song.id: _rest_s(song, pace, now) for song in running}
    # Whoever is free first takes the next one.
    free = sorted([*left_s.values(), *[0.0] * (workers - len(running))])
    for song in queued:
        done_s = heapq.heappop(free) + pace.takes_s(song)
        heapq.heappush(free, done_s)
        left_s[song.id] = done_s
    return Forecast(queued, running, left_s, pace.song_s, workers)


def kind(file_name: str) -> str:
    return PurePosixPath(file_name).suffix.lower()


def _waiting(songs: SongQuerySet) -> list[Waiting]:
    names = ("id", "owner_id", "file_name", "size_bytes", "started_at", "segments_total")
    return [Waiting(*row) for row in songs.values_list(*names)[:COUNTED]]


def _rest_s(song: Waiting, pace: Pace, now: datetime) -> float:
    begun_s = (now - song.started_at).total_seconds() if song.started_at else 0.0
    return max(pace.takes_s(song) - begun_s, LEAST_S)
