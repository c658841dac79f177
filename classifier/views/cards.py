"""A song as lists and its own page show it while it is on its way."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from classifier.models import Analysis, Song, Stage, Status
from classifier.views.drawing.moods import Headline
from classifier.views.drawing.words import clock, percent

# Enough to say how long the queue is; beyond, nobody counts.
COUNTED = 500


@dataclass(frozen=True)
class Card:
    """What is known of a song now, in words."""

    song: Song
    text: str
    percent: int | None
    mood: Headline | None
    confidence: int | None
    said: Headline | None

    @property
    def duration(self) -> str:
        return clock(self.song.duration_s)

    @property
    def can_retry(self) -> bool:
        return self.song.status in (Status.FAILED, Status.CANCELLED)

    def state(self) -> dict[str, Any]:
        """What live pages ask for."""
        return {
            "id": str(self.song.id),
            "status": self.song.status,
            "text": self.text,
            "percent": self.percent,
            "over": self.song.is_over,
            "title": self.song.display_title,
            "mood": self.mood.name if self.mood else None,
            "card": reverse("song-card", args=[self.song.id]),
        }


def cards(songs: Iterable[Song]) -> list[Card]:
    """Cards of songs that were read `with_analysis`: one more query at most, for the queue."""
    songs = list(songs)
    places = queue_places() if any(song.status == Status.QUEUED for song in songs) else {}
    return [card(song, places) for song in songs]


def card(song: Song, places: dict[UUID, int]) -> Card:
    analysis = song.analysis if song.status == Status.DONE else None
    return Card(
        song=song,
        text=state_text(song, places.get(song.id)),
        percent=progress_percent(song),
        mood=headline(analysis) if analysis else None,
        confidence=percent(analysis.confidence) if analysis else None,
        said=Headline.stated(song.actual_primary, song.actual_secondary),
    )


def headline(analysis: Analysis) -> Headline:
    return Headline.of(
        {
            "name": analysis.name,
            "primary": analysis.primary,
            "secondary": analysis.secondary,
            "joined_by": analysis.joined_by,
            "confidence": analysis.confidence,
            "secondary_confidence": analysis.secondary_confidence,
            "certain": analysis.certain,
        }
    )


def queue_places() -> dict[UUID, int]:
    """The place of each waiting song, from 1, over everybody's songs."""
    waiting = Song.objects.queued().order_by("created_at", "id").values_list("id", flat=True)[:COUNTED]
    return {song_id: place for place, song_id in enumerate(waiting, start=1)}


def progress_percent(song: Song) -> int | None:
    if song.status != Status.RUNNING or not song.segments_total:
        return None
    return min(100 * song.segments_done // song.segments_total, 100)


def state_text(song: Song, place: int | None) -> str:
    if song.status == Status.QUEUED:
        if place == 1:
            return "Waiting, next in the queue"
        return f"Waiting, number {place} in the queue" if place else "Waiting, far back in the queue"
    if song.status == Status.RUNNING:
        return _running_text(song)
    if song.status == Status.FAILED:
        return song.error_message
    return "Cancelled" if song.status == Status.CANCELLED else "Done"


def _running_text(song: Song) -> str:
    word = "Listening" if song.stage == Stage.LISTENING else "Decoding"
    return f"{word}, segment {song.segments_done} of {song.segments_total}" if song.segments_total else word
