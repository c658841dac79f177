"""Paths of all pages, in each of their states."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.browser.sample_server import FAILED_FILE, SampleServer

PagePath = Callable[[SampleServer], str]


def fixed(path: str) -> PagePath:
    return lambda server: path


def song(title: str, page: str = "") -> PagePath:
    return lambda server: f"/songs/{server.songs[title]}/{page}"


def comparison(a: str, b: str) -> PagePath:
    return lambda server: f"/compare/?a={server.songs[a]}&b={server.songs[b]}"


PAGES_WITH_SONGS: Mapping[str, PagePath] = {
    "home": fixed("/"),
    "history": fixed("/songs/"),
    "history, filtered": fixed("/songs/?q=water"),
    "history, no matches": fixed("/songs/?q=nothing+of+the+kind"),
    "result": song("High Banners"),
    "result of one network": song("High Banners", "?model=cnn2d"),
    "result with a verdict": song("Empty Platform"),
    "failed song": song(FAILED_FILE),
    "delete": song("Wires", "delete/"),
    "report": song("High Banners", "report/"),
    "map": fixed("/map/"),
    "over time": fixed("/over-time/"),
    "your corrections": fixed("/your-ear/"),
    "compare": comparison("Slow Water", "Wires"),
    "compare, second missing": lambda server: f"/compare/?a={server.songs['Wires']}",
    "how good": fixed("/how-good/"),
    "people": fixed("/people/"),
    "usage": fixed("/people/usage/"),
    "quota": fixed("/people/1/quota/"),
    "person": fixed("/people/1/"),
    "delete a person": fixed("/people/1/delete/"),
    "account": fixed("/account/"),
    "confirm": fixed("/account/confirm/"),
    "authenticator app": fixed("/account/authenticator-app/"),
    "passkey": fixed("/account/passkeys/add/"),
    "close account": fixed("/account/close/"),
    "security log": fixed("/security-log/"),
    "security log, no matches": fixed("/security-log/?person=nobody"),
    "password": fixed("/password/"),
    "tokens": fixed("/tokens/"),
    "status": fixed("/status/"),
    "not found": fixed("/nowhere/"),
    "method not allowed": fixed("/upload/"),
}
"""For the owner, who has songs."""

PAGES_WITHOUT_SONGS: Mapping[str, PagePath] = {
    "home": fixed("/"),
    "history": fixed("/songs/"),
    "map": fixed("/map/"),
    "over time": fixed("/over-time/"),
    "your corrections": fixed("/your-ear/"),
    "compare": fixed("/compare/"),
    "song of another user": song("Wires"),
    "people, not allowed": fixed("/people/"),
    "account": fixed("/account/"),
    "security log": fixed("/security-log/"),
    "sign-up, closed": fixed("/sign-up/"),
}
"""For a user who has none."""
