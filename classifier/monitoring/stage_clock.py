"""How long each stage of an analysis takes."""

from __future__ import annotations

import time
from datetime import datetime

from classifier import ml_gateway
from classifier.models import Song, Stage

WAITING, STORING = "waiting", "storing"
STAGES = (WAITING, "decoding", "analysing", STORING)
NAMES = {Stage.DECODING.value: "decoding", Stage.ANALYSING.value: "analysing"}


class StageClock:
    """Started when a worker claims a song. Follows the progress of its analysis."""

    def __init__(self, song: Song) -> None:
        self._seconds = {WAITING: _waited_s(song.queued_at or song.created_at, song.started_at)}
        self._stage = "decoding"
        self._since = time.monotonic()

    def watch(self, on_progress: ml_gateway.Progress | None) -> ml_gateway.Progress:
        def watched(stage: str, done: int, total: int) -> None:
            name = NAMES.get(stage, self._stage)
            # After the last segment, only the reasons, the picture and the rows are left.
            self._enter(STORING if name == "analysing" and done == total else name)
            if on_progress is not None:
                on_progress(stage, done, total)

        return watched

    def stop(self) -> dict[str, float]:
        """Seconds of each stage."""
        self._enter("")
        return self._seconds

    def _enter(self, stage: str) -> None:
        now = time.monotonic()
        if stage != self._stage:
            self._seconds[self._stage] = self._seconds.get(self._stage, 0.0) + now - self._since
            self._stage, self._since = stage, now


def _waited_s(queued_at: datetime, started_at: datetime | None) -> float:
    """Between two machines whose clocks differ, this may be negative."""
    return max(((started_at or queued_at) - queued_at).total_seconds(), 0.0)
