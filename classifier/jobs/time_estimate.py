"""How long songs still take: the current queue at the speed of the latest analyses."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from uuid import UUID

from django.conf import settings

from classifier.jobs.fair_order import WaitingLines, first_songs, merged_in_fair_order
from classifier.models import SERVED_QUEUES, Analysis, Person, Song, WorkerPresence

# Longer queues are shown as long, without positions.
MAX_QUEUED = 500
MIN_FOR_EACH = 20
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
    file: str = "-"
    """Empty for a song of a source."""
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
        # An analysis during which the clock was set has no meaningful duration.
        measurements = [row for row in measurements if 0 < row[-1] <= settings.SONG_TIME_LIMIT_S]
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
    is_complete: bool = True
    """Whether `queued` has all queued songs."""

    @property
    def positions(self) -> dict[UUID, int]:
        """The position in the queue of each queued song, from 1."""
        return {song.id: position for position, song in enumerate(self.queued, start=1)}

    def queued_count(self, owner: Person) -> int:
        """Without songs of sources, which have numbers of their own, as in all of these."""
        if self.is_complete:
            return sum(_is_upload_of(song, owner) for song in self.queued)
        return Song.objects.for_owner(owner).waiting_in(*SERVED_QUEUES).exclude(file="").count()

    def running_count(self, owner: Person) -> int:
        return sum(_is_upload_of(song, owner) for song in self.running)

    def remaining_s_for(self, owner: Person) -> float | None:
        """Until the last song that the user uploaded is done."""
        listed = [song for song in (*self.queued, *self.running) if _is_upload_of(song, owner)]
        estimates = [self.remaining_s[song.id] for song in listed if song.id in self.remaining_s]
        if not estimates:
            return None
        unlisted = self.queued_count(owner) + self.running_count(owner) - len(listed)
        return max(estimates) + unlisted * self.per_song_s / self.workers


def time_estimate(*, now: datetime) -> TimeEstimate:
    """In five queries, independent of the number of songs."""
    queued, is_complete = _next_songs()
    fields = ("id", "owner_id", "file_name", "size_bytes", "file", "started_at", "segments_total")
    running = [
        QueuedSong(*row) for row in Song.objects.running().order_by("started_at").values_list(*fields)[:MAX_QUEUED]
    ]
    answering = WorkerPresence.objects.answering(now).count()
    speed = AnalysisSpeed.measure() if answering else None
    if speed is None:
        return TimeEstimate(queued, running, {}, is_complete=is_complete)
    workers = max(answering * settings.CELERY_WORKER_CONCURRENCY, len(running))
    remaining_s = {song.id: _remaining_s(song, speed, now) for song in running}
    # The worker that is free first takes the next song.
    free = sorted([*remaining_s.values(), *[0.0] * (workers - len(running))])
    for song in queued:
        done_s = heapq.heappop(free) + speed.seconds_for(song)
        heapq.heappush(free, done_s)
        remaining_s[song.id] = done_s
    return TimeEstimate(queued, running, remaining_s, speed.per_song_s, workers, is_complete)


def _is_upload_of(song: QueuedSong, owner: Person) -> bool:
    return bool(song.file) and song.owner_id == owner.pk


def file_type(file_name: str) -> str:
    return PurePosixPath(file_name).suffix.lower()


def _next_songs() -> tuple[list[QueuedSong], bool]:
    """The queued songs in the order in which workers take them, at most MAX_QUEUED; and whether these are all."""
    waiting = WaitingLines.read()
    if not waiting.lines:
        return [], True
    # Enough of each line for everybody to see a position, and not more rows than MAX_QUEUED, however many wait.
    for_each = max(MAX_QUEUED // len(waiting.lines), MIN_FOR_EACH)
    songs: dict[tuple[str, int], list[QueuedSong]] = {}
    for queue, song_id, owner_id, file_name, size_bytes, file in first_songs(for_each + 1):
        song = QueuedSong(UUID(str(song_id)), owner_id, file_name, size_bytes, file)
        songs.setdefault((queue, owner_id), []).append(song)
    is_complete = all(len(line) <= for_each for line in songs.values())
    in_order = merged_in_fair_order(waiting, {key: line[:for_each] for key, line in songs.items()}, MAX_QUEUED)
    return in_order, is_complete and len(in_order) == sum(map(len, songs.values()))


def _remaining_s(song: QueuedSong, speed: AnalysisSpeed, now: datetime) -> float:
    # Not negative: the clock may have been set back since.
    elapsed_s = max((now - song.started_at).total_seconds(), 0.0) if song.started_at else 0.0
    return max(speed.seconds_for(song) - elapsed_s, MIN_REMAINING_S)
