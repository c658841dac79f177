"""A song as a row of a list, and as its own page shows it while it is unfinished."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from classifier.charts.mood_names import CompositeMood
from classifier.charts.number_text import clock, percent
from classifier.jobs.time_estimate import TimeEstimate, time_estimate
from classifier.models import Analysis, Song, Stage, Status
from classifier.views.queue_summary import left_text


@dataclass(frozen=True)
class Card:
    song: Song
    text: str
    percent: int | None
    mood: CompositeMood | None
    """The one that counts: the owner's correction, else that of the analysis; None while the song is not done."""
    confidence: int | None
    correction: CompositeMood | None
    analysis_mood: CompositeMood | None
    left: str = ""

    @property
    def duration(self) -> str:
        return clock(self.song.duration_s)

    @property
    def is_corrected(self) -> bool:
        """Whether the mood shown is the owner's, and another one than that of the analysis."""
        return self.correction is not None and self.mood is self.correction

    @property
    def can_retry(self) -> bool:
        return self.song.can_retry

    def state(self) -> dict[str, Any]:
        """The JSON that live_status.js polls."""
        return {
            "id": str(self.song.id),
            "status": self.song.status,
            "text": self.text,
            "percent": self.percent,
            "left": self.left,
            "over": self.song.is_over,
            "title": self.song.display_title,
            "mood": self.mood.name if self.mood else None,
            "error": self.song.error_message,
            "url": reverse("song-detail", args=[self.song.id]),
            "card": reverse("song-card", args=[self.song.id]),
        }


def cards(songs: Iterable[Song], queue: TimeEstimate | None = None) -> list[Card]:
    """Cards of songs that were read `with_analysis`: no more queries, unless one of them is unfinished."""
    songs = list(songs)
    if queue is None and any(not song.is_over for song in songs):
        queue = time_estimate(now=timezone.now())
    places = queue.positions if queue else {}
    remaining_s = queue.remaining_s if queue else {}
    return [card(song, places.get(song.id), remaining_s.get(song.id)) for song in songs]


def card(song: Song, place: int | None = None, remaining_s: float | None = None) -> Card:
    analysis = song.analysis if song.status == Status.DONE else None
    analysis_mood = headline(analysis) if analysis else None
    stated = (song.actual_primary, song.actual_secondary)
    correction = CompositeMood.from_keys(*stated)
    # Not by the names: an older model may call the same mood by another word.
    agrees = analysis is not None and analysis.certain and stated == (analysis.primary, analysis.secondary)
    return Card(
        song=song,
        text=state_text(song, place),
        percent=progress_percent(song),
        mood=(analysis_mood if agrees else correction or analysis_mood) if analysis else None,
        confidence=percent(analysis.confidence) if analysis else None,
        correction=correction,
        analysis_mood=analysis_mood,
        left=left_text(remaining_s) if not song.is_over else "",
    )


def headline(analysis: Analysis) -> CompositeMood:
    return CompositeMood.from_answer(analysis.mood)


def progress_percent(song: Song) -> int | None:
    if song.status != Status.RUNNING or not song.segments_total:
        return None
    return min(100 * song.segments_done // song.segments_total, 100)


def state_text(song: Song, place: int | None) -> str:
    match song.status:
        case Status.QUEUED if place is None:
            return "Queued"
        case Status.QUEUED:
            return "Queued, next" if place == 1 else f"Queued, number {place}"
        case Status.RUNNING:
            text = "Analysing" if song.stage == Stage.ANALYSING else "Decoding"
            return f"{text}, segment {song.segments_done} of {song.segments_total}" if song.segments_total else text
        case Status.FAILED:
            return f"Failed: {song.error_message}"
        case _:
            return Status(song.status).label
