"""The result of one song on one sheet of paper, to print or to save as a PDF."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from classifier import ml_gateway
from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.active_words import active_words
from classifier.charts.model_quality.training_data import limitations
from classifier.charts.mood_names import CompositeMood, Side
from classifier.charts.number_text import agreement_text, clock, percent
from classifier.charts.primitives import TimeRange, time_ticks
from classifier.charts.song.alignment import Track, mood_strip
from classifier.charts.song.genre_rules import chosen_genre
from classifier.charts.song.mood_bars import emotion_bars, mood_bars, song_axis_end
from classifier.charts.song.mood_scores import has_terms
from classifier.charts.song.passages import Passage, moments, passages
from classifier.charts.song.reason_texts import explanation_text, reason_text
from classifier.charts.song.sound_differences import key_text
from classifier.charts.song.valence_arousal_plane import mood_plane
from classifier.error_responses import error_response
from classifier.errors import ProductError
from classifier.model_cards import card_of
from classifier.models import Analysis, Song, Status
from classifier.serializers import song_json
from classifier.views.song_result import network_results

# A sheet has room for no more than these.
MOST_REASONS = 4
MOST_LIMITATIONS = 4
MOST_PASSAGES = 6
PLANE_FONT_SIZE = 15.0
"""The plane is small on paper; as in report.css."""


@dataclass(frozen=True)
class ReportedSide:
    """One side with its explanation or, for results without one, the properties of the sound that support it."""

    side: Side
    explanation: str
    reasons: list[str]


@dataclass(frozen=True)
class PassageLine:
    time: TimeRange
    mood: CompositeMood
    percent: int


@require_safe
def page(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> HttpResponse:
    song = get_object_or_404(Song.objects.for_owner(request.user).with_analysis(detail=True), id=song_id)
    analysis = song.analysis
    if song.status != Status.DONE or analysis is None:
        error = ProductError(
            "answer_missing",
            gettext("“%(title)s” has not been analysed yet: come back when it is done.")
            % {"title": song.display_title},
            HTTPStatus.CONFLICT,
        )
        return error_response(request, error)
    return render(request, "report/page.html", _context(song, analysis))


def _context(song: Song, analysis: Analysis) -> dict[str, Any]:
    answer = song_json(song, words=active_words())
    duration_s, scores, segments = song.duration_s or 0.0, answer["scores"], answer["segments"]
    mood, features = CompositeMood.from_answer(answer["mood"]), answer["features"]
    return {
        "section": "history",
        "song": song,
        "duration": clock(duration_s),
        "mood": mood,
        "correction": CompositeMood.from_keys(song.actual_primary, song.actual_secondary),
        "genre": chosen_genre(answer),
        "sides": _sides(answer, mood),
        "agreement": percent(answer["agreement"]),
        "agreement_text": agreement_text(percent(answer["agreement"])),
        "network_results": network_results(song),
        "has_terms": has_terms(scores),
        "mood_bars": mood_bars(scores, answer["models"]),
        "moods_end": percent(song_axis_end(scores, answer["models"])),
        "emotion_bars": emotion_bars(scores),
        "plane": mood_plane(
            scores["valence"], scores["arousal"], moments(segments, duration_s), font_size=PLANE_FONT_SIZE
        ),
        "strip": mood_strip(Track("", segments, duration_s, analysis.detail.waveform), duration_s),
        "ticks": time_ticks(duration_s),
        "passages": _longest(passages(segments, duration_s)),
        "tempo": f"{features['tempo_bpm']:.0f} BPM" if "tempo_bpm" in features else "",
        "key": key_text(features),
        "model_version": answer["model_version"],
        "limitations": _limitations(answer["model_version"]),
        "printed_at": timezone.now(),
    }


def _sides(answer: Mapping[str, Any], mood: CompositeMood) -> list[ReportedSide]:
    sides = []
    for name, side in zip(("primary", "secondary"), mood.sides, strict=True):
        explanation = explanation_text(answer["explanations"].get(name, ""), side.key)
        # Older results have no mood with a reason: all of their reasons belong to the first side.
        reasons = [
            reason_text(reason)
            for reason in answer["reasons"]
            if (reason["effect"] is None or reason["effect"] > 0) and reason.get("mood", mood.first.key) == side.key
        ]
        sides.append(ReportedSide(side, explanation, [] if explanation else reasons[:MOST_REASONS]))
    return sides


def _longest(song_passages: Sequence[Passage]) -> list[PassageLine]:
    """The longest passages, in the order of time."""
    longest = sorted(song_passages, key=lambda passage: -passage.length_s)[:MOST_PASSAGES]
    return [
        PassageLine(
            TimeRange.of(passage.start_s, passage.end_s),
            CompositeMood.from_passage(passage),
            percent(passage.confidence),
        )
        for passage in sorted(longest, key=lambda passage: passage.start_s)
    ]


def _limitations(version: str) -> list[str]:
    """The first limitations in the model's card."""
    try:
        return limitations(card_of(version))[:MOST_LIMITATIONS]
    except (ProductError, ml_gateway.MoodError):
        return []
