"""The same scores in the words of other vocabularies, one chosen at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from classifier import ml_gateway
from classifier.charts.number_text import percent
from classifier.errors import ProductError

NINE = "emotions"
NINE_TITLE = "Nine emotions"


@dataclass(frozen=True)
class Word:
    name: str
    percent: int
    width: str
    chosen: bool


@dataclass(frozen=True)
class Vocabulary:
    key: str
    title: str
    words: list[Word]
    measured: str
    address: str
    chosen: bool

    @property
    def answer(self) -> Word | None:
        return next((word for word in self.words if word.chosen), None)


def vocabularies(
    scores: Mapping[str, Any], network: str, model_version: str, chosen: str, question: Mapping[str, str]
) -> list[Vocabulary]:
    """The nine emotions, then the others; `question` is what else the page's address asks for.

    Where the model that heard the song is no longer installed, only the nine are known.
    """
    try:
        others = ml_gateway.other_vocabularies(scores, model_version, network)
    except ml_gateway.MoodError:
        if chosen != NINE:
            raise
        others = []
    known = [
        Vocabulary(NINE, NINE_TITLE, [], "", _address(question, NINE), chosen == NINE),
        *(_vocabulary(other, chosen, question) for other in others),
    ]
    if not any(one.chosen for one in known):
        allowed = ", ".join(one.key for one in known)
        raise ProductError("words_unknown", f"words is “{chosen[:40]}”, and {allowed} are allowed: choose one of them.")
    return known


def _vocabulary(other: Mapping[str, Any], chosen: str, question: Mapping[str, str]) -> Vocabulary:
    return Vocabulary(
        key=other["key"],
        title=other["title"],
        words=[_word(label, other["chosen"]) for label in other["labels"]],
        measured=other["measured"],
        address=_address(question, other["key"]),
        chosen=other["key"] == chosen,
    )


def _word(label: Mapping[str, Any], chosen: str) -> Word:
    share = label["share"]
    return Word(label["name"], percent(share), f"{100 * share:.1f}%", label["name"] == chosen)


def _address(question: Mapping[str, str], key: str) -> str:
    asked = {**question, **({} if key == NINE else {"words": key})}
    return f"?{urlencode(asked)}#emotions"
