"""How long songs still take: the current queue at the speed of the latest analyses."""

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

# Longer queues are shown as long, without positions.
MAX_QUEUED = 500
# The speed is the mean of so many songs, the latest ones.
MEASURED_SONGS = 20
# Of a song that already takes longer than estimated.
MIN_REMAINING_S = 1.0


@dataclass(frozen=True)
class QueuedSong:
    """A queued or running song of any user, since all wait for the same workers."""

    id: UUID
    owner_id: int
    file_name: str
    size_bytes: int
    started_at: datetime | None = None
    segments_total: int = 0


@dataclass(frozen=True)
class AnalysisSpeed:
    """Measured seconds for a segment, for a byte of each file type, and for a song whose type was not measured.

    The number of segments is known once a song is decoded; before that, its size has to do.
    """

    per_segment_s: float
    per_byte_s: Mapping[str, float]
    per_song_s: float

    @classmethod
    def measure(cls) -> AnalysisSpeed | None:
        """None before the first analysis."""
        rows = Analysis.objects.filter(song__started_at__isnull=False, song__finished_at__isnull=False)
        # By their key, which sorts like the first analysis of each song and needs no index on a time.
        names = ("file_name", "size_bytes", "segments_total", "started_at", "finished_at")
        measurements = [
            (name, size_bytes, segments, (finished_at - started_at).total_seconds())
            for name, size_bytes, segments, started_at, finished_at in rows.order_by("-id").values_list(
                *(f"song__{name}" for name in names)
            )[:MEASURED_SONGS]
        ]
        seconds = sum(took for *_, took in measurements)
        if seconds <= 0:
            return None
        sizes: dict[str, list[float]] = {}
        for name, size_bytes, _, took in measurements:
            totals = sizes.setdefault(file_type(name), [0.0, 0.0])
            totals[0] += took
            totals[1] += size_bytes
        return cls(
            per_segment_s=seconds / max(sum(segments for _, _, segments, _ in measurements), 1),
            per_byte_s={name: took / max(size_bytes, 1) for name, (took, size_bytes) in sizes.items()},
            per_song_s=seconds / len(measurements),
        )

    def seconds_for(self, song: QueuedSong) -> float:
        if song.segments_total:
            return song.segments_total * self.per_segment_s
        per_byte_s = self.per_byte_s.get(file_type(song.file_name))
        return self.per_song_s if per_byte_s is None else song.size_bytes * per_byte_s


@dataclass(frozen=True)
class TimeEstimate:
    """`remaining_s` is empty where no worker runs or no song was analysed before."""

    queued: list[QueuedSong]
    running: list[QueuedSong]
    remaining_s: Mapping[UUID, float]
    per_song_s: float = 0.0
    workers: int = 1

    @property
    def positions(self) -> dict[UUID, int]:
        """The position in the queue of each queued song, from 1."""
        return {song.id: position for position, song in enumerate(self.queued, start=1)}

    def queued_count(self, owner: Person) -> int:
        if len(self.queued) < MAX_QUEUED:
            return sum(song.owner_id == owner.pk for song in self.queued)
        return Song.objects.for_owner(owner).queued().count()

    def running_count(self, owner: Person) -> int:
        return sum(song.owner_id == owner.pk for song in self.running)

    def remaining_s_for(self, owner: Person) -> float | None:
        """Until the last of the user's songs is done."""
        listed = [song for song in (*self.queued, *self.running) if song.owner_id == owner.pk]
        estimates = [self.remaining_s[song.id] for song in listed if song.id in self.remaining_s]
        if not estimates:
            return None
        unlisted = self.queued_count(owner) + self.running_count(owner) - len(listed)
        return max(estimates) + unlisted * self.per_song_s / self.workers


def time_estimate(*, now: datetime) -> TimeEstimate:
    """In four queries, independent of the number of songs."""
    queued = _queued_songs(Song.objects.queued().order_by("created_at", "id"))
    running = _queued_songs(Song.objects.running().order_by("started_at"))
    answering = WorkerPresence.objects.answering(now).count()
    speed = AnalysisSpeed.measure() if answering else None
    if speed is None:
        return TimeEstimate(queued, running, {})
    workers = max(answering * settings.CELERY_WORKER_CONCURRENCY, len(running))
    remaining_s = {song.id: _remaining_s(song, speed, now) for song in running}
    # The worker that is free first takes the next song.
    free = sorted([*remaining_s.values(), *[0.0] * (workers - len(running))])
    for song in queued:
        done_s = heapq.heappop(free) + speed.seconds_for(song)
        heapq.heappush(free, done_s)
        remaining_s[song.id] = done_s
    return TimeEstimate(queued, running, remaining_s, speed.per_song_s, workers)


def file_type(file_name: str) -> str:
    return PurePosixPath(file_name).suffix.lower()


def _queued_songs(songs: SongQuerySet) -> list[QueuedSong]:
    names = ("id", "owner_id", "file_name", "size_bytes", "started_at", "segments_total")
    return [QueuedSong(*row) for row in songs.values_list(*names)[:MAX_QUEUED]]


def _remaining_s(song: QueuedSong, speed: AnalysisSpeed, now: datetime) -> float:
    elapsed_s = (now - song.started_at).total_seconds() if song.started_at else 0.0
    return max(speed.seconds_for(song) - elapsed_s, MIN_REMAINING_S)
