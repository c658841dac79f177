"""Two songs, or two mixes of one song, side by side."""

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
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_safe

from classifier import ml_gateway
from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.active_words import active_words, genre_title
from classifier.charts.mood_names import CompositeMood
from classifier.charts.number_text import clock, percent
from classifier.charts.song.alignment import Track, alignment
from classifier.charts.song.own_answers import own_comparison
from classifier.charts.song.passages import moments
from classifier.charts.song.song_comparison import mood_comparison, position_difference_text, shared_moods_text
from classifier.charts.song.sound_differences import key_text, sound_differences
from classifier.charts.song.valence_arousal_plane import mood_labels, mood_plane
from classifier.localized import grouped
from classifier.models import Person, Song, Status
from classifier.serializers import song_json
from classifier.views.comparison_candidates import candidates_context

SONG_RADIUS = 14.0
"""Of the letters that mark both songs in the plane."""
BY_PART = "part"
"""The value of `align` that stretches both songs to the same width."""


@dataclass(frozen=True)
class ComparedSong:
    letter: str
    song: Song
    answer: Mapping[str, Any]
    levels: Sequence[int]
    mood: CompositeMood
    correction: CompositeMood | None

    @classmethod
    def of(cls, letter: str, song: Song) -> ComparedSong:
        answer, analysis = song_json(song, words=active_words()), song.analysis
        assert analysis is not None
        return cls(
            letter=letter,
            song=song,
            answer=answer,
            levels=analysis.detail.waveform,
            mood=CompositeMood.from_answer(answer["mood"]),
            correction=CompositeMood.from_keys(song.actual_primary, song.actual_secondary),
        )

    @property
    def duration_s(self) -> float:
        return self.song.duration_s or 0.0

    @property
    def track(self) -> Track:
        return Track(self.letter, self.answer["segments"], self.duration_s, self.levels)

    @property
    def facts(self) -> list[str]:
        """In the order of FACTS."""
        scores, genre = self.answer["scores"], self.answer["mood"]["genre"]
        tempo = self.answer["features"].get("tempo_bpm")
        return [
            clock(self.duration_s),
            f"{tempo:.0f} BPM" if tempo else "–",
            key_text(self.answer["features"]) or "–",
            grouped(scores["valence"], 1),
            grouped(scores["arousal"], 1),
            genre_title(genre) if genre in ml_gateway.GENRES else "–",
            f"{percent(self.answer['agreement'])} %",
            str(self.answer["model_version"]),
        ]


FACTS = (
    gettext_noop("Length"),
    gettext_noop("Tempo"),
    gettext_noop("Key"),
    gettext_noop("Valence, 1 to 9"),
    gettext_noop("Arousal, 1 to 9"),
    gettext_noop("Mood genre"),
    gettext_noop("Agreement between the networks"),
    gettext_noop("Model"),
)


@require_safe
def page(request: AuthenticatedHttpRequest) -> HttpResponse:
    """`a` and `b` are ids of the user's songs; `align=part` stretches both to the same width."""
    a, b = (_song(request.user, request.GET.get(name, "")) for name in ("a", "b"))
    problem = _problem(a, b)
    if problem or a is None or b is None:
        return render(request, "compare/choose.html", candidates_context(request, a, b, problem))
    context = _context(ComparedSong.of("A", a), ComparedSong.of("B", b), request.GET.get("align") == BY_PART)
    return render(request, "compare/page.html", context)


def _context(a: ComparedSong, b: ComparedSong, stretched: bool) -> dict[str, Any]:
    scores = a.answer["scores"], b.answer["scores"]
    features = a.answer["features"], b.answer["features"]
    planes = [
        mood_plane(one["valence"], one["arousal"], moments(song.answer["segments"], song.duration_s))
        for one, song in zip(scores, (a, b), strict=True)
    ]
    return {
        "section": "history",
        "a": a,
        "b": b,
        "both": [a, b],
        "summary": f"{shared_moods_text(a.mood, b.mood)} {position_difference_text(*scores)}",
        "models_differ": a.answer["model_version"] != b.answer["model_version"],
        "moods": mood_comparison(*scores),
        "planes": list(zip("AB", planes, strict=True)),
        "mood_labels": mood_labels(*(plane.song for plane in planes), song_radius=SONG_RADIUS),
        "time": alignment(a.track, b.track, stretched=stretched),
        "sound_differences": sound_differences(*features, settings.MODEL_BUNDLE),
        "facts": list(zip(map(gettext, FACTS), a.facts, b.facts, strict=True)),
        "own_rows": own_comparison(a.answer, b.answer),
        "loudness": _loudness(*features),
        "swapped": _address(a=b.song.id, b=a.song.id, align=BY_PART if stretched else ""),
        "alignments": [
            (gettext("By time"), _address(a=a.song.id, b=b.song.id), not stretched),
            (gettext("Stretched"), _address(a=a.song.id, b=b.song.id, align=BY_PART), stretched),
        ],
    }


@dataclass(frozen=True)
class Loudness:
    """The volume at which each song sounds as loud as the quieter one."""

    a_gain: str
    b_gain: str
    text: str


def _loudness(a: Mapping[str, float], b: Mapping[str, float]) -> Loudness | None:
    one, other = a.get("rms_mean"), b.get("rms_mean")
    if not one or not other:
        return None
    difference_db = 20 * math.log10(other / one)
    louder = "B" if difference_db > 0 else "A"
    text = gettext("Both are equally loud")
    if abs(difference_db) >= 0.5:
        values = {"song": louder, "difference": grouped(abs(difference_db), 1)}
        text = gettext("%(song)s is %(difference)s dB louder") % values
    return Loudness(f"{min(1.0, other / one):.3f}", f"{min(1.0, one / other):.3f}", text)


def _song(person: Person, text: str) -> Song | None:
    """The user's own song with this id; the songs of other users are not found."""
    if not text:
        return None
    try:
        return Song.objects.for_owner(person).with_analysis(detail=True).get(id=uuid.UUID(text))
    except (ValueError, Song.DoesNotExist):
        raise Http404(gettext("You have no such song.")) from None


def _problem(a: Song | None, b: Song | None) -> str:
    """Why the two cannot be compared; empty if they can."""
    if a is not None and a == b:
        return gettext("You chose the same song twice: choose another one.")
    for song in (a, b):
        if song is not None and (song.status != Status.DONE or song.analysis is None):
            return gettext("“%(title)s” has not been analysed yet: choose another song, or come back later.") % {
                "title": song.display_title
            }
    return ""


def _address(**parameters: object) -> str:
    return f"{reverse('song-compare')}?{urlencode({name: value for name, value in parameters.items() if value})}"
