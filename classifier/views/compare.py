"""Two songs, or two mixes of one song, side by side; and the choice of what is missing."""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from classifier import ml_gateway
from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.charts.mood_names import Headline
from classifier.charts.number_text import clock, percent
from classifier.charts.song.alignment import Timed, aligned
from classifier.charts.song.passages import Passage, moments
from classifier.charts.song.song_comparison import axis_end, emotion_pairs, moods_words, place_words
from classifier.charts.song.sound_differences import contrasts, key_words
from classifier.charts.song.valence_arousal_plane import Place, Plane, plane
from classifier.models import Person, Song, Status
from classifier.serializers import song_json
from classifier.views.comparison_candidates import choosing

BY_PART = "part"
"""The value of `align` that stretches both songs to the same width."""


@dataclass(frozen=True)
class Compared:
    """One of the two, as the page shows it."""

    letter: str
    song: Song
    answer: Mapping[str, Any]
    levels: Sequence[int]
    mood: Headline
    said: Headline | None

    @classmethod
    def of(cls, letter: str, song: Song) -> Compared:
        answer, analysis = song_json(song), song.analysis
        assert analysis is not None
        said = Headline.stated(song.actual_primary, song.actual_secondary)
        return cls(letter, song, answer, analysis.detail.waveform, Headline.of(answer["mood"]), said)

    @property
    def duration_s(self) -> float:
        return self.song.duration_s or 0.0

    @property
    def timed(self) -> Timed:
        return Timed(self.letter, self.answer["segments"], self.duration_s, self.levels)

    @property
    def facts(self) -> list[str]:
        """In the order of FACTS."""
        scores, genre = self.answer["scores"], ml_gateway.GENRES.get(self.answer["mood"]["genre"])
        tempo = self.answer["features"].get("tempo_bpm")
        return [
            clock(self.duration_s),
            f"{tempo:.0f} beats/min" if tempo else "–",
            key_words(self.answer["features"]) or "–",
            f"{scores['valence']:.1f}",
            f"{scores['arousal']:.1f}",
            genre.title if genre else "–",
            f"{percent(self.answer['agreement'])} %",
            str(self.answer["model_version"]),
        ]


FACTS = (
    "Length",
    "Tempo",
    "Key",
    "Valence, 1 to 9",
    "Arousal, 1 to 9",
    "Mood genre",
    "Agreement of the two networks",
    "Heard by model",
)


@require_safe
def page(request: AuthenticatedHttpRequest) -> HttpResponse:
    """`a` and `b` are songs of one's own; `align=part` stretches both to the same width."""
    a, b = (_song(request.user, request.GET.get(name, "")) for name in ("a", "b"))
    problem = _problem(a, b)
    if problem or a is None or b is None:
        return render(request, "compare/choose.html", choosing(request, a, b, problem))
    context = _context(Compared.of("A", a), Compared.of("B", b), request.GET.get("align") == BY_PART)
    return render(request, "compare/page.html", context)


def _context(a: Compared, b: Compared, stretched: bool) -> dict[str, Any]:
    scores = a.answer["scores"], b.answer["scores"]
    features = a.answer["features"], b.answer["features"]
    planes = [plane(one["valence"], one["arousal"], _way(song)) for one, song in zip(scores, (a, b), strict=True)]
    return {
        "section": "history",
        "a": a,
        "b": b,
        "both": [a, b],
        "words": f"{moods_words(a.mood, b.mood)} {place_words(*scores)}",
        "models_differ": a.answer["model_version"] != b.answer["model_version"],
        "emotions": emotion_pairs(*scores),
        "emotions_end": percent(axis_end(*scores)),
        "planes": list(zip("AB", planes, strict=True)),
        "places": _free_places(*planes),
        "time": aligned(a.timed, b.timed, stretched=stretched),
        "contrasts": contrasts(*features, settings.MODEL_BUNDLE),
        "facts": list(zip(FACTS, a.facts, b.facts, strict=True)),
        "loudness": _loudness(*features),
        "exchanged": _address(a=b.song.id, b=a.song.id, align=BY_PART if stretched else ""),
        "alignments": [
            ("By the clock", _address(a=a.song.id, b=b.song.id), not stretched),
            ("End to end", _address(a=a.song.id, b=b.song.id, align=BY_PART), stretched),
        ],
    }


def _way(one: Compared) -> list[Passage]:
    return moments(one.answer["segments"], one.duration_s)


def _free_places(one: Plane, other: Plane) -> list[Place]:
    """Moods whose names give way to whichever of the two songs lies upon them."""
    return [theirs if _usual(one, mine) else mine for mine, theirs in zip(one.places, other.places, strict=True)]


def _usual(drawn: Plane, place: Place) -> bool:
    return (place.text_x > place.x) == (place.x >= drawn.middle)


@dataclass(frozen=True)
class Loudness:
    """How much quieter each has to be played to sound as loud as the other."""

    a_gain: str
    b_gain: str
    words: str


def _loudness(a: Mapping[str, float], b: Mapping[str, float]) -> Loudness | None:
    one, other = a.get("rms_mean"), b.get("rms_mean")
    if not one or not other:
        return None
    difference_db = 20 * math.log10(other / one)
    louder = "B" if difference_db > 0 else "A"
    words = f"{louder} is {abs(difference_db):.1f} dB louder" if abs(difference_db) >= 0.5 else "Both are equally loud"
    return Loudness(f"{min(1.0, other / one):.3f}", f"{min(1.0, one / other):.3f}", words)


def _song(person: Person, text: str) -> Song | None:
    """One's own; another's is as absent as one that never was."""
    if not text:
        return None
    try:
        return Song.objects.for_owner(person).with_analysis(detail=True).get(id=uuid.UUID(text))
    except (ValueError, Song.DoesNotExist):
        raise Http404("There is no such song of yours.") from None


def _problem(a: Song | None, b: Song | None) -> str:
    """Why the two cannot stand beside each other; empty where nothing is wrong."""
    if a is not None and a == b:
        return "A song beside itself shows nothing: choose another one."
    for song in (a, b):
        if song is not None and (song.status != Status.DONE or song.analysis is None):
            return f"“{song.display_title}” has not been heard yet, so there is nothing to compare: choose another one."
    return ""


def _address(**asked: object) -> str:
    return f"{reverse('song-compare')}?{urlencode({name: value for name, value in asked.items() if value})}"
