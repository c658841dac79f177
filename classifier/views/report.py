"""One song on one sheet of paper: everything that was heard in it, to print or to keep as a PDF."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from classifier import ml_gateway
from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.charts.metric_text import across
from classifier.charts.mood_names import Headline, Side
from classifier.charts.number_text import agreement_words, clock, percent
from classifier.charts.song.alignment import Timed, axis, strip
from classifier.charts.song.passages import Passage, moments, passages
from classifier.charts.song.song_comparison import axis_end
from classifier.charts.song.sound_differences import key_words
from classifier.charts.song.valence_arousal_plane import plane
from classifier.error_responses import error_response
from classifier.errors import ProductError
from classifier.model_cards import card_of
from classifier.models import Analysis, Song, Status
from classifier.serializers import song_json

REASONS = 4
LIMITS = 4
LONGEST = 6
"""Passages that are told in words; a sheet has no room for all."""


@dataclass(frozen=True)
class Reasons:
    """What in the sound speaks for one side."""

    side: Side
    texts: list[str]


@dataclass(frozen=True)
class Share:
    side: Side
    percent: int
    width: str
    one: str
    two: str


@dataclass(frozen=True)
class NetworkLine:
    title: str
    name: str
    percent: int


@dataclass(frozen=True)
class PassageLine:
    time: str
    mood: Headline
    percent: int


@require_safe
def page(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> HttpResponse:
    song = get_object_or_404(Song.objects.for_owner(request.user).with_analysis(detail=True), id=song_id)
    analysis = song.analysis
    if song.status != Status.DONE or analysis is None:
        error = ProductError(
            "answer_missing",
            f"“{song.display_title}” has not been heard yet, so there is nothing to report: come back when it is.",
            HTTPStatus.CONFLICT,
        )
        return error_response(request, error)
    return render(request, "report/page.html", _context(song, analysis))


def _context(song: Song, analysis: Analysis) -> dict[str, Any]:
    answer = song_json(song)
    duration_s, scores, segments = song.duration_s or 0.0, answer["scores"], answer["segments"]
    mood, way = Headline.of(answer["mood"]), moments(segments, duration_s)
    features = answer["features"]
    return {
        "section": "history",
        "song": song,
        "duration": clock(duration_s),
        "mood": mood,
        "said": Headline.stated(song.actual_primary, song.actual_secondary),
        "genre": ml_gateway.GENRES.get(answer["mood"]["genre"]),
        "reasons": _reasons(answer["reasons"], mood),
        "agreement": percent(answer["agreement"]),
        "agreement_words": agreement_words(percent(answer["agreement"])),
        "networks": _networks(song),
        "shares": _shares(scores, answer["models"]),
        "shares_end": percent(axis_end(scores, *answer["models"].values())),
        "plane": plane(scores["valence"], scores["arousal"], way),
        "strip": strip(Timed("", segments, duration_s, analysis.detail.waveform), duration_s),
        "ticks": axis(duration_s),
        "passages": _longest(passages(segments, duration_s)),
        "tempo": f"{features['tempo_bpm']:.0f} beats a minute" if "tempo_bpm" in features else "",
        "key": key_words(features),
        "model_version": answer["model_version"],
        "limits": _limits(answer["model_version"]),
        "printed_at": timezone.now(),
    }


def _reasons(found: Sequence[Mapping[str, Any]], mood: Headline) -> list[Reasons]:
    """Answers that tell no mood with a reason are older: theirs speak for the first side."""
    told = [
        Reasons(
            side,
            [
                reason["text"]
                for reason in found
                if reason["effect"] > 0 and reason.get("mood", mood.first.key) == side.key
            ][:REASONS],
        )
        for side in mood.sides
    ]
    return [reasons for reasons in told if reasons.texts]


def _shares(scores: Mapping[str, Any], models: Mapping[str, Any]) -> list[Share]:
    """The nine emotions, strongest first, by both networks and by each. Widths in per cent of the axis."""
    one, two = (models[network]["emotions"] for network in ml_gateway.NETWORKS[1:])
    shares, end = scores["emotions"], axis_end(scores, *models.values())
    return [
        Share(
            Side(key), percent(shares[key]), across(shares[key] / end), across(one[key] / end), across(two[key] / end)
        )
        for key in sorted(ml_gateway.EMOTIONS, key=lambda key: -shares[key])
    ]


def _networks(song: Song) -> list[NetworkLine]:
    """None where the model that heard the song is no longer installed."""
    try:
        heard = [song_json(song, network, with_segments=False)["mood"] for network in ml_gateway.NETWORKS[1:]]
    except ml_gateway.MoodError:
        return []
    return [
        NetworkLine(title, mood["name"], percent(mood["confidence"]))
        for title, mood in zip(("1D network", "2D network"), heard, strict=True)
    ]


def _longest(found: Sequence[Passage]) -> list[PassageLine]:
    """The longest passages, in the order of the song."""
    longest = sorted(sorted(found, key=lambda passage: -passage.length_s)[:LONGEST], key=lambda one: one.start_s)
    return [
        PassageLine(
            f"{clock(passage.start_s)}–{clock(passage.end_s)}",
            Headline.of_passage(passage),
            percent(passage.confidence),
        )
        for passage in longest
    ]


def _limits(version: str) -> list[str]:
    """What the model's own card says that it cannot do."""
    try:
        found = card_of(version).get("limitations") or ()
    except (ProductError, ml_gateway.MoodError):
        return []
    return [str(limit) for limit in found][:LIMITS]
