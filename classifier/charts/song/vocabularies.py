"""The same scores in other mood vocabularies, one shown at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.charts.primitives import Bar
from classifier.errors import ProductError
from classifier.stored_texts import in_page_language

OWN_TERMS = "moods"


@dataclass(frozen=True)
class LabelBar:
    name: str
    bar: Bar
    is_predicted: bool


@dataclass(frozen=True)
class Vocabulary:
    """`labels` is empty for the mood terms, which have a chart of their own."""

    key: str
    title: str
    labels: list[LabelBar]
    accuracy: str
    address: str
    is_selected: bool
    is_shown: bool = False
    """Selected; or, while the mood terms are, the first of the others."""

    @property
    def prediction(self) -> LabelBar | None:
        return next((label for label in self.labels if label.is_predicted), None)


def vocabularies(
    scores: Mapping[str, Any], network: str, model_version: str, selected: str, query: Mapping[str, str]
) -> list[Vocabulary]:
    """The mood terms, then the others; `query` holds the other parameters of the page's address.

    If the model is no longer installed, only the mood terms are available.
    """
    try:
        others = ml_gateway.other_vocabularies(scores, model_version, network)
    except ml_gateway.MoodError:
        if selected != OWN_TERMS:
            raise
        others = []
    available = [
        Vocabulary(OWN_TERMS, gettext("Mood terms"), [], "", _address(query, OWN_TERMS), selected == OWN_TERMS),
        *(_vocabulary(other, selected, query) for other in others),
    ]
    if len(available) > 1 and available[0].is_selected:
        available[1] = replace(available[1], is_shown=True)
    if not any(one.is_selected for one in available):
        allowed = ", ".join(one.key for one in available)
        raise ProductError(
            "words_unknown",
            gettext("words is “%(value)s”. Choose one of: %(allowed)s.") % {"value": selected[:40], "allowed": allowed},
        )
    return available


def _vocabulary(other: Mapping[str, Any], selected: str, query: Mapping[str, str]) -> Vocabulary:
    return Vocabulary(
        key=other["key"],
        title=in_page_language(other["title"]),
        labels=[
            LabelBar(gettext(label["name"]), Bar.of(label["share"]), label["name"] == other["chosen"])
            for label in other["labels"]
        ],
        accuracy=in_page_language(other["measured"]),
        address=_address(query, other["key"]),
        is_selected=other["key"] == selected,
        is_shown=other["key"] == selected,
    )


def _address(query: Mapping[str, str], key: str) -> str:
    parameters = {**query, **({} if key == OWN_TERMS else {"words": key})}
    return f"?{urlencode(parameters)}#vocabularies"
