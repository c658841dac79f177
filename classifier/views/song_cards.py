"""A song as a row of a list, and as its own page shows it while it is unfinished; and its locations."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from classifier.charts.mood_names import CompositeMood
from classifier.charts.number_text import clock, percent
from classifier.jobs.time_estimate import TimeEstimate, time_estimate
from classifier.models import Analysis, Queue, Song, SongLocation, Stage, Status
from classifier.recordings.copies import copy_counts
from classifier.stored_texts import in_page_language
from classifier.views.queue_summary import left_text

MAX_PLACES = 10


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
    copies: int = 1
    """Songs of this recording, with this one."""

    @property
    def duration(self) -> str:
        return clock(self.song.duration_s)

    @property
    def is_corrected(self) -> bool:
        """Whether the mood shown is the owner's, and another one than that of the analysis."""
        return self.correction is not None and self.mood is self.correction

    @property
    def album_address(self) -> str:
        """The page of its album, which is that of its album artist, else of its artist."""
        song = self.song
        return f"{reverse('album')}?{urlencode({'name': song.album, 'artist': song.album_artist or song.artist})}"

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
            "error": in_page_language(self.song.error_message),
            "url": reverse("song-detail", args=[self.song.id]),
            "card": reverse("song-card", args=[self.song.id]),
        }


def cards(songs: Iterable[Song], queue: TimeEstimate | None = None) -> list[Card]:
    """Cards of songs that were read `with_analysis`: no more queries, unless one is unfinished or has copies."""
    songs = list(songs)
    if queue is None and any(not song.is_over for song in songs):
        queue = time_estimate(now=timezone.now())
    places = queue.positions if queue else {}
    remaining_s = queue.remaining_s if queue else {}
    copies = copy_counts(songs)
    return [card(song, places.get(song.id), remaining_s.get(song.id), copies.get(song.recording, 1)) for song in songs]


def card(song: Song, place: int | None = None, remaining_s: float | None = None, copies: int = 1) -> Card:
    analysis = song.analysis if song.status == Status.DONE else None
    analysis_mood = headline(analysis) if analysis else None
    stated = (song.actual_primary, song.actual_secondary)
    correction = CompositeMood.from_keys(*stated)
    # Not by the names: an older model may call the same mood by another word.
    shown = analysis.shown_mood if analysis else {}
    agrees = analysis is not None and shown["certain"] and stated == analysis.shown_sides
    return Card(
        song=song,
        text=state_text(song, place),
        percent=progress_percent(song),
        mood=(analysis_mood if agrees else correction or analysis_mood) if analysis else None,
        confidence=percent(shown["confidence"]) if analysis else None,
        correction=correction,
        analysis_mood=analysis_mood,
        left=left_text(remaining_s) if not song.is_over else "",
        copies=copies,
    )


def headline(analysis: Analysis) -> CompositeMood:
    return CompositeMood.from_answer(analysis.shown_mood)


def progress_percent(song: Song) -> int | None:
    if song.status != Status.RUNNING or not song.segments_total:
        return None
    return min(100 * song.segments_done // song.segments_total, 100)


def state_text(song: Song, place: int | None) -> str:
    match song.status:
        case Status.QUEUED if song.queue == Queue.HELD and not song.file:
            return gettext("Waiting in Sources")
        case Status.QUEUED if place is None:
            return gettext("Queued")
        case Status.QUEUED:
            return gettext("Queued, next") if place == 1 else gettext("Queued, number %(number)s") % {"number": place}
        case Status.RUNNING:
            text = gettext("Analysing") if song.stage == Stage.ANALYSING else gettext("Decoding")
            if not song.segments_total:
                return text
            values = {"stage": text, "number": song.segments_done, "count": song.segments_total}
            return gettext("%(stage)s, segment %(number)s of %(count)s") % values
        case Status.FAILED:
            return gettext("Failed: %(reason)s") % {"reason": in_page_language(song.error_message)}
        case _:
            return str(Status(song.status).label)


@dataclass(frozen=True)
class Place:
    source_id: uuid.UUID
    source: str
    path: str
    is_missing: bool


def song_places(song: Song) -> list[Place]:
    """Those where the file is there first; none for an upload that lies nowhere else."""
    locations = (
        SongLocation.objects.filter(song=song).select_related("source").order_by("missing_since", "id")[:MAX_PLACES]
    )
    places = [Place(one.source_id, one.source.name, str(one), one.missing_since is not None) for one in locations]
    return sorted(places, key=lambda place: place.is_missing)
