"""The page of a song that was heard: its answer, put into what the template draws."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from classifier import door
from classifier.errors import ProductError
from classifier.models import Song
from classifier.presentation import network_named, song_json
from classifier.refusals import refusal_response
from classifier.views.drawing.features import feature_groups
from classifier.views.drawing.moods import Headline, Side
from classifier.views.drawing.passages import moments, passages
from classifier.views.drawing.plane import plane
from classifier.views.drawing.roll import roll
from classifier.views.drawing.words import agreement_words, clock, percent
from classifier.views.quality import model_line

REASONS = 4
# Answers name their runners-up in full, and pages each mood in them.
PAIRS = {door.composite_name(*pair): pair for pair in permutations(door.EMOTIONS, 2)}

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
class Bar:
    """One emotion: how many listeners are expected to feel it, by both networks and by each. Per cent of the scale."""

    side: Side
    percent: int
    width: str
    one: str
    two: str
    one_percent: int
    two_percent: int


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


@dataclass(frozen=True)
class GenreView:
    genre: door.Genre
    percent: int
    width: str
    chosen: bool


def result_page(request: HttpRequest, song: Song) -> HttpResponse:
    """`song` comes with its analysis and detail read, so that looking at it thrice costs no more queries."""
    try:
        network = network_named(request.GET.get("model"))
        answer = song_json(song, network)
    except (ProductError, door.MoodError) as error:
        return refusal_response(request, error)
    duration_s = song.duration_s or 0.0
    segments, scores = answer["segments"], answer["scores"]
    context = {
        "song": song,
        "section": "history",
        "duration": clock(duration_s),
        "mood": Headline.of(answer["mood"]),
        "said": Headline.stated(song.actual_primary, song.actual_secondary),
        "runners_up": [_runner_up(other) for other in answer["alternatives"]],
        "genre": door.GENRES.get(answer["mood"]["genre"]),
        "genres": _genres(answer),
        "reasons": _reasons(answer, network),
        "agreement": percent(answer["agreement"]),
        "agreement_words": agreement_words(percent(answer["agreement"])),
        "choices": _choices(song, network),
        "network": network,
        "networks": _networks(song),
        "bars": _bars(scores, answer["models"]),
        "bars_end": percent(_scale(scores, answer["models"])),
        "plane": plane(scores["valence"], scores["arousal"], moments(segments, duration_s)),
        "roll": roll(passages(segments, duration_s), duration_s),
        "groups": feature_groups(answer["features"]),
        "model_version": answer["model_version"],
        "model": model_line(answer["model_version"]),
        "moods": door.MOODS.values(),
    }
    return render(request, "songs/result.html", context)


def _runner_up(other: Mapping[str, Any]) -> RunnerUp:
    pair = PAIRS.get(other["name"])
    return RunnerUp(other["name"], Headline.stated(*pair) if pair else None, percent(other["confidence"]))


def _reasons(answer: Mapping[str, Any], network: str) -> list[Mapping[str, Any]]:
    """What pushed towards the first side. Reasons are told of the whole answer, so one network alone has none."""
    found = [reason for reason in answer["reasons"] if reason["effect"] > 0] if network == "both" else []
    return found[:REASONS]


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
    except door.MoodError:
        return []


def _bars(scores: Mapping[str, Any], models: Mapping[str, Any]) -> list[Bar]:
    scale = _scale(scores, models)
    one, two = models["cnn1d"]["emotions"], models["cnn2d"]["emotions"]
    strongest_first = sorted(door.EMOTIONS, key=lambda key: -scores["emotions"][key])
    return [
        Bar(
            side=Side(key),
            percent=percent(scores["emotions"][key]),
            width=_width(scores["emotions"][key], scale),
            one=_width(one[key], scale),
            two=_width(two[key], scale),
            one_percent=percent(one[key]),
            two_percent=percent(two[key]),
        )
        for key in strongest_first
    ]


def _scale(scores: Mapping[str, Any], models: Mapping[str, Any]) -> float:
    """The end of the bars' axis: half the listeners, or as far as any score goes, in steps of a tenth."""
    shown = [scores, models["cnn1d"], models["cnn2d"]]
    highest = max(share for one in shown for share in one["emotions"].values())
    return min(max(0.5, -(-highest * 10 // 1) / 10), 1.0)


def _genres(answer: Mapping[str, Any]) -> list[GenreView]:
    found = [(door.GENRES[name], share) for name, share in answer["genres"].items() if name in door.GENRES]
    return [
        GenreView(genre, round(100 * share), f"{100 * share:.1f}%", genre.name == answer["mood"]["genre"])
        for genre, share in sorted(found, key=lambda pair: -pair[1])
    ]


def _width(share: float, scale: float) -> str:
    return f"{min(100 * share / scale, 100):.2f}%"
