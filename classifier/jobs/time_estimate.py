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
class QueuedSong:
    """A song in the queue, or one that is heard: everybody's, since they all wait for the same workers."""

    id: UUID
    owner_id: int
    file_name: str
    size_bytes: int
    started_at: datetime | None = None
    segments_total: int = 0


@dataclass(frozen=True)
class AnalysisSpeed:
    """Seconds of listening, measured: for a segment, for a byte of each kind of file, for a song of which no more
    is known. How long a song is turns out only while it is decoded, so that before, its size has to tell."""

    per_segment_s: float
    per_byte_s: Mapping[str, float]
    per_song_s: float

    @classmethod
    def measured(cls) -> AnalysisSpeed | None:
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
            per_segment_s=seconds / max(sum(segments for _, _, segments, _ in heard), 1),
            per_byte_s={name: took / max(size_bytes, 1) for name, (took, size_bytes) in sizes.items()},
            per_song_s=seconds / len(heard),
        )

    def seconds_for(self, song: QueuedSong) -> float:
        if song.segments_total:
            return song.segments_total * self.per_segment_s
        per_byte_s = self.per_byte_s.get(kind(song.file_name))
        return self.per_song_s if per_byte_s is None else song.size_bytes * per_byte_s


@dataclass(frozen=True)
class TimeEstimate:
    """`remaining_s` has no song of which nothing can be said: no worker answers, or none was heard before."""

    queued: list[QueuedSong]
    running: list[QueuedSong]
    remaining_s: Mapping[UUID, float]
    per_song_s: float = 0.0
    workers: int = 1

    @property
    def places(self) -> dict[UUID, int]:
        """The place of each waiting song, from 1."""
        return {song.id: place for place, song in enumerate(self.queued, start=1)}

    def queued_count(self, owner: Person) -> int:
        if len(self.queued) < COUNTED:
            return sum(song.owner_id == owner.pk for song in self.queued)
        return Song.objects.for_owner(owner).queued().count()

    def running_count(self, owner: Person) -> int:
        return sum(song.owner_id == owner.pk for song in self.running)

    def remaining_s_for(self, owner: Person) -> float | None:
        """Until the last of somebody's songs is heard."""
        seen = [song for song in (*self.queued, *self.running) if song.owner_id == owner.pk]
        known = [self.remaining_s[song.id] for song in seen if song.id in self.remaining_s]
        if not known:
            return None
        beyond = self.queued_count(owner) + self.running_count(owner) - len(seen)
        return max(known) + beyond * self.per_song_s / self.workers


def time_estimate(*, now: datetime) -> TimeEstimate:
    """Four queries, however many songs there are."""
    queued = _queued_songs(Song.objects.queued().order_by("created_at", "id"))
    running = _queued_songs(Song.objects.running().order_by("started_at"))
    answering = WorkerPresence.objects.answering(now).count()
    speed = AnalysisSpeed.measured() if answering else None
    if speed is None:
        return TimeEstimate(queued, running, {})
    workers = max(answering * settings.CELERY_WORKER_CONCURRENCY, len(running))
    remaining_s = {song.id: _remaining_s(song, speed, now) for song in running}
    # Whoever is free first takes the next one.
    free = sorted([*remaining_s.values(), *[0.0] * (workers - len(running))])
    for song in queued:
        done_s = heapq.heappop(free) + speed.seconds_for(song)
        heapq.heappush(free, done_s)
        remaining_s[song.id] = done_s
    return TimeEstimate(queued, running, remaining_s, speed.per_song_s, workers)


def kind(file_name: str) -> str:
    return PurePosixPath(file_name).suffix.lower()


def _queued_songs(songs: SongQuerySet) -> list[QueuedSong]:
    names = ("id", "owner_id", "file_name", "size_bytes", "started_at", "segments_total")
    return [QueuedSong(*row) for row in songs.values_list(*names)[:COUNTED]]


def _remaining_s(song: QueuedSong, speed: AnalysisSpeed, now: datetime) -> float:
    begun_s = (now - song.started_at).total_seconds() if song.started_at else 0.0
    return max(speed.seconds_for(song) - begun_s, LEAST_S)
