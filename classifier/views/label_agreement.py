"""The page of one's own ear: what was said of songs beside what was heard in them, song by song and counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from classifier import ml_gateway
from classifier.charts.library.agreement_rates import FITS, questions, shares
from classifier.charts.library.correction_matrix import Matrix, matrix
from classifier.charts.mood_names import CompositeMood, Side
from classifier.library.filters import NO_VERDICT
from classifier.library.label_agreement import (
    Confused,
    Counts,
    Fit,
    Judgement,
    either_sides,
    first_sides,
    judged_songs,
    judgements,
)
from classifier.models import Person, Song, Status, Verdict
from classifier.views.song_cards import headline

PER_PAGE = 25
TITLES = {fit.value: title for fit, title, _ in FITS} | {Fit.OPEN.value: "Heard anew since"}


@dataclass(frozen=True)
class Row:
    """One song: what the person said, and what was heard."""

    song: Song
    said: CompositeMood | None
    heard: CompositeMood
    fit: str
    fit_title: str


@dataclass(frozen=True)
class Choice:
    title: str
    songs: int
    address: str
    chosen: bool


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """`fit`, or `said` with `heard`, choose among the songs of the table."""
    found = judgements(request.user)
    if not found:
        return render(request, "ear/empty.html", {"section": "ear", **_to_judge(request.user)})
    first, either = first_sides(found), either_sides(found)
    confused = _confused(request.GET)
    fit = None if confused else _fit(request.GET.get("fit"))
    songs = judged_songs(request.user)
    if confused:
        songs = songs.filter(confused.songs)
    elif fit:
        songs = songs.filter(fit=fit)
    pages = Paginator(songs.with_analysis(), PER_PAGE)
    # Known already, which saves a query.
    pages.count = either.get(tuple(confused), 0) if confused else _songs(found, fit)
    shown = pages.get_page(request.GET.get("page"))
    context = {
        "section": "ear",
        "total": _songs(found),
        "only_disagreed": sum(one.songs for one in found if not one.said and one.fit == Fit.MISS),
        "shares": shares(found),
        "questions": questions(found, _card()),
        "matrices": _matrices(first, either),
        "choices": _choices(found, fit, chosen=confused is None),
        "confused": confused and (Side(confused.said), Side(confused.heard)),
        "page": shown,
        "rows": [_row(song) for song in shown],
        "query": _query(fit, confused),
        "unjudged": _unjudged(),
    }
    return render(request, "ear/page.html", context)


def _to_judge(person: Person) -> dict[str, Any]:
    """Where somebody begins who has said nothing yet, or nothing of songs that have an answer now."""
    own = Song.objects.for_owner(person)
    return {
        "waiting": own.exclude(verdict=Verdict.NONE).exists(),
        "unjudged": _unjudged() if own.filter(status=Status.DONE).exists() else None,
    }


def _unjudged() -> str:
    return _library(verdict=NO_VERDICT, status=Status.DONE.value)


def _songs(found: list[Judgement], fit: Fit | None = None) -> int:
    return sum(one.songs for one in found if fit in (None, one.fit))


def _matrices(first: Counts, either: Counts) -> list[Matrix]:
    return [
        matrix(
            "first",
            "First moods",
            "The first mood that you say, against the first that it heard.",
            first,
            lambda said, heard: _library(said_first=said, analysis_first=heard),
        ),
        matrix(
            "either",
            "Either mood",
            "Whichever place a mood has. What was said and heard stands on the diagonal; elsewhere, what was heard in "
            "place of what you say. A song can count in several squares.",
            either,
            lambda said, heard: f"?{_query(None, Confused(said, heard))}#songs",
        ),
    ]


def _choices(found: list[Judgement], fit: Fit | None, *, chosen: bool) -> list[Choice]:
    """The table's switch: all, and each fit that occurs; nothing of it is `chosen` where a square is."""
    return [
        Choice("All", _songs(found), "?#songs", chosen and fit is None),
        *(
            Choice(TITLES[one.value], songs, f"?fit={one.value}#songs", one == fit)
            for one in Fit
            if (songs := _songs(found, one)) or one == fit
        ),
    ]


def _row(song: Any) -> Row:
    """`song` comes annotated with its fit."""
    said = CompositeMood.from_keys(song.actual_primary, song.actual_secondary)
    return Row(song, said, headline(song.analysis), song.fit, TITLES[song.fit])


def _fit(text: str | None) -> Fit | None:
    return Fit(text) if text in Fit.values else None


def _confused(query: Mapping[str, str]) -> Confused | None:
    said, heard = query.get("said"), query.get("heard")
    return Confused(said, heard) if said in ml_gateway.EMOTIONS and heard in ml_gateway.EMOTIONS else None


def _query(fit: Fit | None, confused: Confused | None) -> str:
    asked = {"said": confused.said, "heard": confused.heard} if confused else {}
    return urlencode(asked | ({"fit": fit.value} if fit else {}))


def _library(**parameters: str) -> str:
    return f"{reverse('song-list')}?{urlencode(parameters)}"


def _card() -> Mapping[str, Any]:
    """Of the model in use; without it the page only lacks what it is compared with."""
    try:
        return ml_gateway.model_card()
    except ml_gateway.MoodError:
        return {}
