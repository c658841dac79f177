"""How often the analysis agrees with the user: a bar, and rates with intervals beside the model's evaluation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_noop

from classifier.charts.metric_text import Metric, card_value, wilson_interval
from classifier.charts.model_quality.headline_metrics import EDITORS
from classifier.charts.primitives import percent_of
from classifier.library.label_agreement import MIN_JUDGED, Agreement, Judgement
from classifier.localized import grouped, songs_text

LEVELS = (
    (Agreement.FULL, gettext_noop("Full match"), gettext_noop("both moods match")),
    (Agreement.PARTIAL, gettext_noop("Partial match"), gettext_noop("one of the two moods matches")),
    (Agreement.NONE, gettext_noop("No match"), gettext_noop("neither mood matches, or you only disagreed")),
)
"""In the order of the bar; `Agreement.OUTDATED` says nothing about the current analysis."""


@dataclass(frozen=True)
class BarSegment:
    """A part of the bar, in per cent of its width."""

    agreement: str
    title: str
    text: str
    songs: int
    x: str
    width: str
    share: Metric


@dataclass(frozen=True)
class AgreementRate:
    """How many of the songs that can answer a question agree."""

    title: str
    matches: int
    songs: int
    figure: Metric | None
    """None for fewer than MIN_JUDGED songs."""
    reference: Metric | None
    """The same rate in the evaluation of the model, against the words of editors; None for models before mood-4."""

    @property
    def count_text(self) -> str:
        return gettext("%(count)s of %(songs)s") % {"count": grouped(self.matches), "songs": songs_text(self.songs)}


def agreement_bar(groups: Sequence[Judgement]) -> list[BarSegment]:
    """Empty where no judgement is about a current analysis."""
    counts = {level: sum(group.songs for group in groups if group.agreement == level) for level, _, _ in LEVELS}
    total = sum(counts.values())
    segments, before = [], 0
    for level, title, text in LEVELS:
        songs = counts[level]
        if songs:
            x, width = percent_of(before / total), percent_of(songs / total)
            segments.append(
                BarSegment(level.value, gettext(title), gettext(text), songs, x, width, _rate(songs, total))
            )
        before += songs
    return segments


def agreement_rates(groups: Sequence[Judgement], card: Mapping[str, Any]) -> list[AgreementRate]:
    """Questions that no song can answer are left out."""
    labelled = [group for group in groups if group.labels]
    main = [group for group in labelled if group.predictions[0] in group.labels]
    either = [group for group in labelled if set(group.predictions) & set(group.labels)]
    # A user who only disagreed has said at least that the pair is wrong.
    paired = [
        group for group in groups if len(group.labels) == 2 or (not group.labels and group.agreement == Agreement.NONE)
    ]
    both = [group for group in paired if group.agreement == Agreement.FULL]
    questions = (
        (gettext("Its main mood is one of yours"), main, labelled, "first"),
        (gettext("At least one mood matches"), either, labelled, "one"),
        (gettext("Both moods match"), both, paired, "both"),
    )
    return [
        _agreement_rate(
            title, _songs(matches), _songs(of), card_value(card, "names", "both", EDITORS, "figures", figure)
        )
        for title, matches, of, figure in questions
        if of
    ]


def _agreement_rate(title: str, matches: int, songs: int, reference: Any) -> AgreementRate:
    figure = _rate(matches, songs) if songs >= MIN_JUDGED else None
    return AgreementRate(title, matches, songs, figure, Metric.from_card(reference))


def _songs(groups: Iterable[Judgement]) -> int:
    return sum(group.songs for group in groups)


def _rate(matches: int, songs: int) -> Metric:
    share = matches / songs
    return Metric(share, *wilson_interval(share, songs))
