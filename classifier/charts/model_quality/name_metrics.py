"""How names compare in each collection, and how often they contradict people or are not certain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_noop

from classifier.charts.metric_text import Metric, card_value
from classifier.charts.model_quality.headline_metrics import EDITORS

COLLECTIONS = (
    ("4qaed", "4Q", gettext_noop("Editors gave each song 3 to 30 mood words.")),
    ("mirex", "MIREX-like", gettext_noop("Each song has one mood word, so two moods are seldom both right.")),
    ("emotify", "Emotify", gettext_noop("Listeners chose among nine moods; here the model chooses two of these nine.")),
)
FIGURES = ("first", "one", "both")


@dataclass(frozen=True)
class CollectionNames:
    """How often a collection's people used the main mood, at least one mood, and both."""

    title: str
    text: str
    songs: int
    metrics: list[Metric | None]


@dataclass(frozen=True)
class Fault:
    """A kind of mistake, and how often it happens."""

    text: str
    metric: Metric
    baseline: str


def names_by_collection(card: Mapping[str, Any]) -> list[CollectionNames]:
    """One row for each collection that the card has names for."""
    measured = [(title, text, card_value(card, "names", "both", key)) for key, title, text in COLLECTIONS]
    return [
        CollectionNames(
            title, gettext(text), int(part["songs"]), [Metric.from_card(part["figures"][name]) for name in FIGURES]
        )
        for title, text, part in measured
        if part
    ]


def faults(card: Mapping[str, Any]) -> list[Fault]:
    """Contradictions of the editors, and names that are not certain."""
    contradictions = {
        "contrary_first": gettext(
            "The main mood is pleasant where editors describe an unpleasant song, or the reverse."
        ),
        "contrary_any": gettext("One of the two moods is. In a mixture this can be the point: “Sad but Energetic”."),
    }
    found = []
    for key, text in contradictions.items():
        metric = Metric.from_card(card_value(card, "names", "both", EDITORS, "figures", key))
        chance = Metric.from_card(card_value(card, "baselines", "chance", "names", EDITORS, key))
        if metric:
            found.append(
                Fault(text, metric, gettext("Random: %(figure)s.") % {"figure": chance.text} if chance else "")
            )
    if mixed := Metric.from_card(card_value(card, "names", "both", EDITORS, "mixed")):
        found.append(Fault(gettext("No mood is certain: the result is “Mixed”, with two candidates."), mixed, ""))
    return found
