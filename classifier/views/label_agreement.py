"""The page "Your corrections": the moods that a user stated beside the predicted ones, song by song and counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_safe

from classifier import ml_gateway
from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.charts.library.agreement_rates import LEVELS, agreement_bar, agreement_rates
from classifier.charts.library.correction_matrix import CorrectionMatrix, correction_matrix
from classifier.charts.mood_names import CompositeMood, Side
from classifier.library.filter_form import NO_VERDICT
from classifier.library.label_agreement import (
    MIN_JUDGED,
    Agreement,
    ConfusionCell,
    Judgement,
    either_mood_counts,
    judged_songs,
    judgements,
    main_mood_counts,
)
from classifier.models import Person, Song, Status, Verdict

PER_PAGE = 25
TITLES = {level.value: title for level, title, _ in LEVELS} | {
    Agreement.OUTDATED.value: gettext_noop("Analysed again since")
}


@dataclass(frozen=True)
class SongComparison:
    """One song: the moods that the user stated, and the predicted ones."""

    song: Song
    stated: CompositeMood | None
    predicted: CompositeMood
    agreement: str
    agreement_title: str


@dataclass(frozen=True)
class TableFilter:
    """A link that narrows the table to one level of agreement."""

    title: str
    songs: int
    address: str
    active: bool


@require_safe
def page(request: AuthenticatedHttpRequest) -> HttpResponse:
    """`fit`, or `said` with `heard`, filter the table."""
    groups = judgements(request.user)
    if not groups:
        return render(request, "label_agreement/empty.html", {"section": "history", **_next_step(request.user)})
    cell = _cell(request.GET)
    level = None if cell else _level(request.GET.get("fit"))
    songs = judged_songs(request.user)
    judged = _song_count(groups) - _song_count(groups, Agreement.OUTDATED)
    either_counts = either_mood_counts(groups)
    if cell:
        songs = songs.filter(cell.condition)
    elif level:
        songs = songs.filter(Q(label_agreement=level))
    pages = Paginator(songs.with_analysis(), PER_PAGE)
    # Known from the groups, which saves a query.
    pages.count = either_counts.get(cell, 0) if cell else _song_count(groups, level)
    shown = pages.get_page(request.GET.get("page"))
    context = {
        "section": "history",
        "judged": judged,
        "min_judged": MIN_JUDGED,
        **(_statistics(groups) if judged >= MIN_JUDGED else {}),
        "table_filters": _table_filters(groups, level, active=cell is None),
        "cell": cell and (Side(cell.label), Side(cell.prediction)),
        "page": shown,
        "rows": [_row(song) for song in shown],
        "query": _query(level, cell),
        "unjudged": _unjudged(),
    }
    return render(request, "label_agreement/page.html", context)


def _statistics(groups: list[Judgement]) -> dict[str, Any]:
    return {
        "bar": agreement_bar(groups),
        "rates": agreement_rates(groups, _card()),
        "only_disagreed": sum(
            group.songs for group in groups if not group.labels and group.agreement == Agreement.NONE
        ),
        "matrices": _matrices(groups),
    }


def _next_step(person: Person) -> dict[str, Any]:
    """For a user without judgements, or whose judged songs have no analysis now."""
    own = Song.objects.for_owner(person)
    return {
        "waiting": own.exclude(verdict=Verdict.NONE).exists(),
        "unjudged": _unjudged() if own.filter(status=Status.DONE).exists() else None,
        "min_judged": MIN_JUDGED,
    }


def _unjudged() -> str:
    return _library(verdict=NO_VERDICT, status=Status.DONE.value)


def _song_count(groups: list[Judgement], level: Agreement | None = None) -> int:
    return sum(group.songs for group in groups if level in (None, group.agreement))


def _matrices(groups: list[Judgement]) -> list[CorrectionMatrix]:
    return [
        correction_matrix(
            "first",
            gettext("Main mood"),
            gettext("Your main mood, and the main mood of the analysis."),
            main_mood_counts(groups),
            lambda label, prediction: _library(said_first=label, analysis_first=prediction),
        ),
        correction_matrix(
            "either",
            gettext("Main or second mood"),
            gettext(
                "The diagonal counts moods that match in either place. The other cells count moods that the "
                "analysis has in place of yours. A song can count in several cells."
            ),
            either_mood_counts(groups),
            lambda label, prediction: f"?{_query(None, ConfusionCell(label, prediction))}#songs",
        ),
    ]


def _table_filters(groups: list[Judgement], current: Agreement | None, *, active: bool) -> list[TableFilter]:
    """All, and each level that occurs; none is `active` where a cell of a matrix is shown."""
    return [
        TableFilter(gettext("All"), _song_count(groups), "?#songs", active and current is None),
        *(
            TableFilter(gettext(TITLES[level.value]), songs, f"?fit={level.value}#songs", level == current)
            for level in Agreement
            if (songs := _song_count(groups, level)) or level == current
        ),
    ]


def _row(song: Any) -> SongComparison:
    """`song` is annotated with its label agreement."""
    stated = CompositeMood.from_keys(song.actual_primary, song.actual_secondary)
    return SongComparison(
        song,
        stated,
        CompositeMood.from_answer(song.analysis.mood),
        song.label_agreement,
        gettext(TITLES[song.label_agreement]),
    )


def _level(text: str | None) -> Agreement | None:
    return Agreement(text) if text in Agreement.values else None


def _cell(query: Mapping[str, str]) -> ConfusionCell | None:
    """Addresses of earlier versions name emotions, which count as their terms."""
    try:
        return ConfusionCell(ml_gateway.term_of(query.get("said", "")), ml_gateway.term_of(query.get("heard", "")))
    except KeyError:
        return None


def _query(level: Agreement | None, cell: ConfusionCell | None) -> str:
    parameters = {"said": cell.label, "heard": cell.prediction} if cell else {}
    return urlencode(parameters | ({"fit": level.value} if level else {}))


def _library(**parameters: str) -> str:
    return f"{reverse('song-list')}?{urlencode(parameters)}"


def _card() -> Mapping[str, Any]:
    """The card of the model in use; without one, the page only lacks the comparison with its evaluation."""
    try:
        return ml_gateway.model_card()
    except ml_gateway.MoodError:
        return {}
