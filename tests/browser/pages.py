"""Every page that a person can come to, in each of its states."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.browser.house import FAILED, House

Where = Callable[[House], str]


def song(title: str, page: str = "") -> Where:
    return lambda house: f"/songs/{house.songs[title]}/{page}"


def at(path: str) -> Where:
    return lambda house: path


def comparison(house: House) -> str:
    return f"/compare/?a={house.songs['Slow Water']}&b={house.songs['Wires']}"


FULL: Mapping[str, Where] = {
    "home": at("/"),
    "history": at("/songs/"),
    "history, filtered": at("/songs/?q=water"),
    "history, nothing found": at("/songs/?q=nothing+of+the+kind"),
    "result": song("High Banners"),
    "result of one network": song("High Banners", "?model=cnn2d"),
    "result with a verdict": song("Empty Platform"),
    "failed song": song(FAILED),
    "delete": song("Wires", "delete/"),
    "report": song("High Banners", "report/"),
    "map": at("/map/"),
    "over time": at("/over-time/"),
    "your corrections": at("/your-ear/"),
    "compare": comparison,
    "compare, second missing": lambda house: f"/compare/?a={house.songs['Wires']}",
    "how good": at("/how-good/"),
    "people": at("/people/"),
    "password": at("/password/"),
    "tokens": at("/tokens/"),
    "not found": at("/nowhere/"),
    "not allowed by method": at("/upload/"),
}
"""For the owner, who has songs."""

EMPTY: Mapping[str, Where] = {
    "home": at("/"),
    "history": at("/songs/"),
    "map": at("/map/"),
    "over time": at("/over-time/"),
    "your corrections": at("/your-ear/"),
    "compare": at("/compare/"),
    "not theirs": song("Wires"),
    "people, not allowed": at("/people/"),
}
"""For somebody who has none."""
