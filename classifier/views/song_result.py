"""The result page of a song: its analysis, prepared for the template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from classifier import ml_gateway
from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.active_words import active_words
from classifier.charts.mood_names import CompositeMood, Side
from classifier.charts.number_text import agreement_text, clock, percent
from classifier.charts.song.composite_sides import conjunction_text, side_details
from classifier.charts.song.feature_tables import feature_groups
from classifier.charts.song.genre_rules import chosen_genre, genre_rules, library_ranks
from classifier.charts.song.mood_bars import emotion_bars, mood_bars, song_axis_end
from classifier.charts.song.mood_scores import has_terms, mood_scores, strongest_mood
from classifier.charts.song.mood_timeline import mood_timeline
from classifier.charts.song.network_comparison import network_comparison
from classifier.charts.song.own_answers import own_answers
from classifier.charts.song.passages import moments, passages
from classifier.charts.song.petal_chart import petal_chart
from classifier.charts.song.strongest_passages import peaks
from classifier.charts.song.uncertainty import uncertainty_reasons
from classifier.charts.song.valence_arousal_plane import mood_plane
from classifier.charts.song.vocabularies import OWN_TERMS, vocabularies
from classifier.charts.song.waveform import waveform
from classifier.error_responses import error_response
from classifier.errors import ProductError
from classifier.media.pictures import has_audio
from classifier.models import Song
from classifier.query_parameters import parse_network
from classifier.recordings.copies import other_copies
from classifier.serializers import song_json
from classifier.views.model_quality import model_link
from classifier.views.song_cards import card, cards, song_places

NETWORKS = (
    ("both", gettext_noop("Both"), gettext_noop("The combined result of the two networks.")),
    ("cnn1d", gettext_noop("1D network"), gettext_noop("Reads the sequence of 57 features.")),
    ("cnn2d", gettext_noop("2D network"), gettext_noop("Reads the spectrogram.")),
)


@dataclass(frozen=True)
class NetworkChoice:
    """An option of the network switch."""

    title: str
    text: str
    address: str
    is_selected: bool


@dataclass(frozen=True)
class Alternative:
    name: str
    mood: CompositeMood | None
    percent: int


@dataclass(frozen=True)
class NetworkResult:
    key: str
    title: str
    text: str
    mood: CompositeMood


def result_page(
    request: AuthenticatedHttpRequest, song: Song, *, correction_error: ProductError | None = None
) -> HttpResponse:
    """Expects `song` with its analysis and detail loaded, so that reading it several times costs no query.

    `correction_error` is why a posted correction was rejected; the form then keeps the posted moods.
    """
    try:
        network = parse_network(request.GET.get("model"))
        answer = song_json(song, network, words=active_words())
        query = {} if network == "both" else {"model": network}
        vocabulary = request.GET.get("words") or OWN_TERMS
        options = vocabularies(answer["scores"], network, answer["model_version"], vocabulary, query)
    except (ProductError, ml_gateway.MoodError) as error:
        return error_response(request, error)
    results = network_results(song)
    page_query = f"?{request.GET.urlencode()}" if request.GET else ""
    context = {
        "song": song,
        "section": "history",
        "album_address": card(song).album_address,
        "network": network,
        "network_choices": _network_choices(song, network),
        "vocabularies": options,
        "correction": CompositeMood.from_keys(song.actual_primary, song.actual_secondary),
        "network_results": results,
        "places": song_places(song),
        "copies": cards(other_copies(song)),
        "model_version": answer["model_version"],
        "model": model_link(answer["model_version"]),
        "recalibrated_from": _recalibrated_from(answer["model_version"], network),
        "moods": [Side(key) for key in active_words().shown_terms],
        "page_query": page_query,
        "return_to": reverse("song-detail", args=[song.id]) + page_query,
        "verdict_error": correction_error.message if correction_error else "",
        "verdict_choice": _verdict_choice(request, song),
        **_whole_song(answer),
        **_over_time(song, answer, network, _firsts(answer, results)),
    }
    status = correction_error.http_status if correction_error else HTTPStatus.OK
    return render(request, "songs/result.html", context, status=status)


def _whole_song(answer: Mapping[str, Any]) -> dict[str, Any]:
    scores, mood = answer["scores"], CompositeMood.from_answer(answer["mood"])
    end = song_axis_end(scores, answer["models"])
    return {
        "mood": mood,
        "has_terms": has_terms(scores),
        "conjunction_text": conjunction_text(mood),
        "alternatives": [_alternative(other) for other in answer["alternatives"]],
        "genre": chosen_genre(answer),
        "agreement": percent(answer["agreement"]),
        "agreement_text": agreement_text(percent(answer["agreement"])),
        "mood_bars": mood_bars(scores, answer["models"]),
        "emotion_bars": emotion_bars(scores),
        "moods_end": percent(end),
        "petal_chart": petal_chart(scores, [side.key for side in mood.sides], end),
        "own_answers": own_answers(answer),
        "feature_groups": feature_groups(answer["features"]),
    }


def _over_time(song: Song, answer: Mapping[str, Any], network: str, firsts: Mapping[str, str]) -> dict[str, Any]:
    """Everything that depends on the song's passages. `firsts` is the mood that each network puts first."""
    duration_s = song.duration_s or 0.0
    segments, scores, mood = answer["segments"], answer["scores"], answer["mood"]
    song_moments = moments(segments, duration_s)
    song_passages = passages(segments, duration_s)
    strongest = peaks(segments, mood["primary"], mood["secondary"], duration_s)
    ranks = library_ranks(scores, network, answer["model_version"])
    # Reasons explain the combined result, so a single network has none.
    reasons = answer["reasons"] if network == "both" else []
    return {
        "duration": clock(duration_s),
        "peaks": strongest,
        "waveform": waveform(_levels(song), song_moments, duration_s),
        "timeline": mood_timeline(song_passages, duration_s, segments),
        "sides": side_details(answer, reasons, strongest, song_passages, duration_s),
        "plane": mood_plane(scores["valence"], scores["arousal"], song_moments, answer["models"]),
        "genre_rules": genre_rules(answer, ranks),
        "uncertainty": uncertainty_reasons(answer, network, ranks, song_passages, duration_s, firsts),
        "has_spectrogram": bool(song.spectrogram) or has_audio(song),
        "saliency_sides": _saliency_sides(song),
        "comparison": network_comparison(
            answer["models"],
            segments,
            answer["agreement"],
            duration_s,
            song_axis_end(scores, answer["models"]),
            firsts,
        ),
    }


def _recalibrated_from(version: str, network: str) -> str:
    """The model of a recalibrated result; empty for one that is as its model gave it, as that of one network is."""
    base = ml_gateway.base_version(version)
    return base if base != version and network == "both" else ""


def _verdict_choice(request: AuthenticatedHttpRequest, song: Song) -> dict[str, str]:
    """The moods that the correction form shows as selected."""
    if request.method == "POST":
        return {name: request.POST.get(name, "") for name in ("primary", "secondary")}
    return {"primary": song.actual_primary, "secondary": song.actual_secondary}


def _saliency_sides(song: Song) -> dict[str, Side]:
    """The sides of the combined result, whichever network the page shows: saliency maps exist for these only.

    Empty for results of older models, whose networks are not installed any more.
    """
    analysis = song.analysis
    if analysis is None or ml_gateway.names_emotions(analysis.model_version):
        return {}
    return {"primary": Side(analysis.primary), "secondary": Side(analysis.secondary)}


def _levels(song: Song) -> list[int]:
    return song.analysis.detail.waveform if song.analysis else []


def _alternative(other: Mapping[str, Any]) -> Alternative:
    pair = (other["primary"], other["secondary"]) if "primary" in other else ml_gateway.pair_of_name(other["name"])
    return Alternative(other["name"], CompositeMood.from_keys(*pair) if pair else None, percent(other["confidence"]))


def _network_choices(song: Song, network: str) -> list[NetworkChoice]:
    page = reverse("song-detail", args=[song.id])
    return [
        NetworkChoice(gettext(title), gettext(text), page if key == "both" else f"{page}?model={key}", key == network)
        for key, title, text in NETWORKS
    ]


def network_results(song: Song) -> list[NetworkResult]:
    """The result of each network alone; empty if the song's model is no longer installed."""
    try:
        return [
            NetworkResult(
                key,
                gettext(title),
                gettext(text),
                CompositeMood.from_answer(song_json(song, key, with_segments=False, words=active_words())["mood"]),
            )
            for key, title, text in NETWORKS[1:]
        ]
    except ml_gateway.MoodError:
        return []


def _firsts(answer: Mapping[str, Any], results: Sequence[NetworkResult]) -> dict[str, str]:
    """The mood that each network puts first; that of its highest score if its result is not available."""
    named = {result.key: result.mood.first.key for result in results}
    return {name: strongest_mood(mood_scores(scores)) for name, scores in answer["models"].items()} | named
