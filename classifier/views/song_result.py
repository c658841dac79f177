"""The page of a song that was heard: its answer, put into what the template draws."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from classifier import ml_gateway
from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.charts.mood_names import Headline, Side
from classifier.charts.number_text import agreement_words, clock, percent
from classifier.charts.song.composite_sides import joint_words, side_views
from classifier.charts.song.emotion_bars import bars, scale_of
from classifier.charts.song.feature_tables import feature_groups
from classifier.charts.song.genre_rules import genre_views, ranks_of
from classifier.charts.song.mood_timeline import roll
from classifier.charts.song.network_comparison import listeners
from classifier.charts.song.passages import moments, passages
from classifier.charts.song.petal_chart import flower
from classifier.charts.song.strongest_passages import peaks
from classifier.charts.song.uncertainty import doubts
from classifier.charts.song.valence_arousal_plane import plane
from classifier.charts.song.vocabularies import NINE, vocabularies
from classifier.charts.song.waveform import waveform
from classifier.error_responses import error_response
from classifier.errors import ProductError
from classifier.models import Song
from classifier.serializers import parse_network, song_json
from classifier.views.model_quality import model_line

# Answers name their runners-up in full, and pages each mood in them.
PAIRS = {ml_gateway.composite_name(*pair): pair for pair in permutations(ml_gateway.EMOTIONS, 2)}

# What the pages call the networks; "both" is how an answer is meant.
NETWORKS = (
    ("both", "Both", "The answer: what the two networks hear together."),
    ("cnn1d", "1D network", "Reads the 57 features, frame after frame."),
    ("cnn2d", "2D network", "Reads the spectrogram as a picture."),
)


@dataclass(frozen=True)
class Choice:
    """One network in the switch."""

    title: str
    text: str
    address: str
    chosen: bool


@dataclass(frozen=True)
class RunnerUp:
    name: str
    mood: Headline | None
    percent: int


@dataclass(frozen=True)
class NetworkView:
    title: str
    text: str
    mood: Headline


def result_page(request: AuthenticatedHttpRequest, song: Song) -> HttpResponse:
    """`song` comes with its analysis and detail read, so that looking at it thrice costs no more queries."""
    try:
        network = parse_network(request.GET.get("model"))
        answer = song_json(song, network)
        question = {} if network == "both" else {"model": network}
        chosen = request.GET.get("words") or NINE
        words = vocabularies(answer["scores"], network, answer["model_version"], chosen, question)
    except (ProductError, ml_gateway.MoodError) as error:
        return error_response(request, error)
    context = {
        "song": song,
        "section": "history",
        "network": network,
        "choices": _choices(song, network),
        "words": words,
        "said": Headline.stated(song.actual_primary, song.actual_secondary),
        "networks": _networks(song),
        "model_version": answer["model_version"],
        "model": model_line(answer["model_version"]),
        "moods": ml_gateway.MOODS.values(),
        **_whole(answer, network),
        **_over_time(song, answer, network),
    }
    return render(request, "songs/result.html", context)


def _whole(answer: Mapping[str, Any], network: str) -> dict[str, Any]:
    """What is told of the song as a whole."""
    scores, mood = answer["scores"], Headline.of(answer["mood"])
    scale = scale_of(scores, answer["models"])
    return {
        "mood": mood,
        "joint_words": joint_words(mood),
        "runners_up": [_runner_up(other) for other in answer["alternatives"]],
        "genre": ml_gateway.GENRES.get(answer["mood"]["genre"]),
        "agreement": percent(answer["agreement"]),
        "agreement_words": agreement_words(percent(answer["agreement"])),
        "bars": bars(scores, answer["models"], scale),
        "bars_end": percent(scale),
        "flower": flower(scores["emotions"], [side.key for side in mood.sides], scale),
        "groups": feature_groups(answer["features"]),
    }


def _over_time(song: Song, answer: Mapping[str, Any], network: str) -> dict[str, Any]:
    """What is told of the song's passages, and what rests on them."""
    duration_s = song.duration_s or 0.0
    segments, scores, mood = answer["segments"], answer["scores"], answer["mood"]
    instants = moments(segments, duration_s)
    way = passages(segments, duration_s)
    found = peaks(segments, mood["primary"], mood["secondary"], duration_s)
    ranks = ranks_of(scores, network, answer["model_version"])
    # Reasons are told of the whole answer, so one network alone has none.
    reasons = answer["reasons"] if network == "both" else []
    return {
        "duration": clock(duration_s),
        "peaks": found,
        "wave": waveform(_levels(song), instants, duration_s),
        "roll": roll(way, duration_s),
        "sides": side_views(answer, reasons, found, way, duration_s),
        "plane": plane(scores["valence"], scores["arousal"], instants, answer["models"]),
        "genres": genre_views(answer, ranks),
        "doubts": doubts(answer, network, ranks, way, duration_s),
        "looking": _looking(song),
        "listeners": listeners(
            answer["models"], segments, answer["agreement"], duration_s, scale_of(scores, answer["models"])
        ),
    }


def _looking(song: Song) -> dict[str, Side]:
    """The sides that can be looked up in the picture: those of the whole answer, whichever network is shown."""
    analysis = song.analysis
    return {"primary": Side(analysis.primary), "secondary": Side(analysis.secondary)} if analysis else {}


def _levels(song: Song) -> list[int]:
    return song.analysis.detail.waveform if song.analysis else []


def _runner_up(other: Mapping[str, Any]) -> RunnerUp:
    pair = PAIRS.get(other["name"])
    return RunnerUp(other["name"], Headline.stated(*pair) if pair else None, percent(other["confidence"]))


def _choices(song: Song, network: str) -> list[Choice]:
    page = reverse("song-detail", args=[song.id])
    return [
        Choice(title, text, page if key == "both" else f"{page}?model={key}", key == network)
        for key, title, text in NETWORKS
    ]


def _networks(song: Song) -> list[NetworkView]:
    """What each network says alone; nothing, where the models that heard the song are no longer installed."""
    try:
        return [
            NetworkView(title, text, Headline.of(song_json(song, key, with_segments=False)["mood"]))
            for key, title, text in NETWORKS[1:]
        ]
    except ml_gateway.MoodError:
        return []
