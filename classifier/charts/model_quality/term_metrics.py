"""For each mood term: how often it is given rightly, how often it is missed, what it is confused with, and examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.charts.metric_text import Metric, card_value
from classifier.charts.model_quality.headline_metrics import EDITORS
from classifier.charts.model_quality.per_class_metrics import LEAST_SONGS, dataset_title
from classifier.charts.mood_names import CompositeMood, Side
from classifier.localized import songs_text

LISTENERS = "emotify_all_terms"


@dataclass(frozen=True)
class Share:
    """A share of songs with its interval, and how many songs it is a share of."""

    count: int
    metric: Metric | None

    @property
    def is_reliable(self) -> bool:
        return self.metric is not None and self.count >= LEAST_SONGS

    @property
    def shown(self) -> str:
        if self.metric is None:
            return ""
        if not self.is_reliable:
            values = {"count": round(self.metric.value * self.count), "songs": self.count}
            return gettext("%(count)s of %(songs)s: too few to judge") % values
        return f"{self.metric.text} ({self.metric.interval})"

    @classmethod
    def from_card(cls, count: Any, share: Any) -> Share:
        return cls(int(count), Metric.from_card(share))


@dataclass(frozen=True)
class Example:
    """A clip of the training data by its file name, with the name given and the moods that people used."""

    dataset: str
    file: str
    name: str
    people: str
    is_right: bool


@dataclass(frozen=True)
class TermMetrics:
    side: Side
    precision: Share
    """Of the songs that get it, those whose editors used a word of it."""
    recall: Share
    """Of the songs whose editors used a word of it, those that get it."""
    listeners: Share
    """Its precision where listeners of Emotify could name it."""
    instead: str
    """The moods that are said where it is missing."""
    people: str
    """The moods that people use where it is wrong."""
    examples: list[Example]

    @property
    def precision_text(self) -> str:
        if not self.precision.count:
            return gettext("Never given to these songs.")
        values = {"songs": songs_text(self.precision.count), "share": self.precision.shown}
        return gettext("Given to %(songs)s. Editors used a word of it for %(share)s.") % values

    @property
    def recall_text(self) -> str:
        if not self.recall.count:
            return gettext("Editors described none of these songs so.")
        values = {"songs": songs_text(self.recall.count), "share": self.recall.shown}
        return gettext("Editors described %(songs)s so. It is given to %(share)s.") % values

    @property
    def listeners_text(self) -> str:
        if not self.listeners.count or self.listeners.metric is None:
            return ""
        values = {"songs": songs_text(self.listeners.count), "share": self.listeners.shown}
        text = gettext("Given to %(songs)s that listeners judged: it is one of the two they chose most for %(share)s.")
        return text % values


def term_metrics(card: Mapping[str, Any]) -> list[TermMetrics]:
    """All terms, the most precise first, those that are rarely given last; none for a card without names."""
    terms = card_value(card, "names", "both", EDITORS, "terms") or {}
    metrics = [_term(card, term, terms[term]) for term in ml_gateway.MOODS if term in terms]
    return sorted(metrics, key=lambda one: -_sort_value(one))


def _term(card: Mapping[str, Any], term: str, entry: Mapping[str, Any]) -> TermMetrics:
    confusions = card_value(card, "names", "both", EDITORS, "confusions", term) or {}
    has_emotion = term in ml_gateway.EMOTION_OF_TERM
    judged = card_value(card, "names", "both", LISTENERS, "terms", term) if has_emotion else None
    return TermMetrics(
        side=Side(term),
        precision=Share.from_card(entry["given"], entry["precision"]),
        recall=Share.from_card(entry["songs"], entry["recall"]),
        listeners=Share.from_card(judged["given"], judged["precision"]) if judged else Share(0, None),
        instead=_adjectives(confusions.get("instead") or {}),
        people=_adjectives(confusions.get("people") or {}),
        examples=[_example(one) for one in card_value(card, "name_examples", term) or ()],
    )


def _example(one: Mapping[str, Any]) -> Example:
    return Example(
        dataset=dataset_title(one["collection"]),
        file=one["file"],
        name=_name(one["name"]),
        people=_adjectives(dict.fromkeys(one["people"], 1)),
        is_right=bool(one["right"]),
    )


def _name(name: str) -> str:
    """A composite name of the card in the words of the page."""
    pair = ml_gateway.pair_of_name(name)
    mood = CompositeMood.from_keys(*pair) if pair else None
    return mood.name if mood else name


def _adjectives(terms: Mapping[str, int]) -> str:
    """The adjectives of terms, the most frequent first."""
    ordered = sorted((term for term in terms if term in ml_gateway.MOODS), key=lambda term: -terms[term])
    return ", ".join(Side(term).adjective for term in ordered)


def _sort_value(term: TermMetrics) -> float:
    if not term.precision.is_reliable or term.precision.metric is None:
        return 0.0
    return 1 + term.precision.metric.value
