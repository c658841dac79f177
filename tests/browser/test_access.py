"""No page keeps anybody out: axe-core looks at every one, in each of its states, light and dark, wide and narrow."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string
from django.urls import get_resolver, resolve
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.house import House
from tests.browser.pages import EMPTY, FULL, Where
from tests.pages.test_every_page import named_patterns

KEPT = (
    "setup", "songs on their way", "song on its way", "sign in", "wrong password", "form out of date", "malformed",
    "no file", "wrong name", "new token",
)  # fmt: skip
# What is no page: forms, files, and what scripts ask for.
NO_PAGES = {
    "appearance", "demo-songs", "filter-delete",
    "filter-rename", "filter-save", "health", "logout", "mood-points", "palette", "user-password", "song-again",
    "song-audio", "song-cancel", "song-card", "song-edit", "song-saliency", "song-saliency-places", "song-passage",
    "song-retry", "song-selection", "song-spectrogram", "song-states", "song-verdict", "songs-cancel", "songs-csv",
    "songs-jsonl", "token-revoke",
}  # fmt: skip
# Both themes and both layouts of every page; colours do not depend on the width.
LOOKS = [("light", 390), ("dark", 1280)]
looks = pytest.mark.parametrize(("theme", "width"), LOOKS, ids=lambda value: str(value))


class Eyes:
    """One browser window for each person and look, kept for all pages."""

    def __init__(self, browser: Browser, house: House) -> None:
        self.browser, self.house = browser, house
        self.windows: dict[tuple[str, str, int], BrowserContext] = {}

    def open(self, who: str, theme: str, width: int) -> Page:
        key = (who, theme, width)
        if key not in self.windows:
            window = self.browser.new_context(
                base_url=self.house.address,
                color_scheme=theme,
                viewport={"width": width, "height": 900},
                reduced_motion="reduce",
            )
            window.add_cookies(self.house.cookies(getattr(self.house, who)))
            self.windows[key] = window
        return self.windows[key].new_page()


@pytest.fixture(scope="module")
def eyes(browser: Browser, house: House) -> Iterator[Eyes]:
    eyes = Eyes(browser, house)
    yield eyes
    for window in eyes.windows.values():
        window.close()


@looks
@pytest.mark.parametrize("name", FULL)
def test_a_page_with_songs_keeps_nobody_out(eyes: Eyes, name: str, theme: str, width: int) -> None:
    look_at(eyes.open("owner", theme, width), FULL[name](eyes.house))


@looks
@pytest.mark.parametrize("name", EMPTY)
def test_a_page_without_songs_keeps_nobody_out(eyes: Eyes, name: str, theme: str, width: int) -> None:
    look_at(eyes.open("newcomer", theme, width), EMPTY[name](eyes.house))


@looks
@pytest.mark.parametrize("name", KEPT)
def test_a_page_of_the_moment_keeps_nobody_out(eyes: Eyes, name: str, theme: str, width: int) -> None:
    show(eyes.open("newcomer", theme, width), eyes.house.kept[name])


@looks
def test_the_page_of_a_failing_server_keeps_nobody_out(eyes: Eyes, theme: str, width: int) -> None:
    show(eyes.open("newcomer", theme, width), render_to_string("500.html"))


def test_every_page_is_among_those_that_are_looked_at() -> None:
    house = SimpleNamespace(songs=defaultdict(lambda: uuid.UUID(int=7)))
    wheres: list[Where] = [*FULL.values(), *EMPTY.values()]
    paths = {where(house).partition("?")[0] for where in wheres} - {"/nowhere/"}  # type: ignore[arg-type]
    looked_at = {resolve(path).url_name for path in paths} | {"setup", "login"}
    names = {pattern.name for pattern in named_patterns(get_resolver("classifier.urls").url_patterns)}
    assert looked_at == names - NO_PAGES


def look_at(page: Page, path: str) -> None:
    page.goto(path)
    judge(page)


def show(page: Page, html: str) -> None:
    """As if the server had just answered so. Scripts are left out: they would see that the moment is over."""
    page.route("**/a-moment", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
    page.route("**/*.js", lambda route: route.abort())
    page.goto("/a-moment")
    judge(page)


def judge(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details:not(.menu)').forEach(part => part.open = true)")
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "it is wider than its screen"
    assert page.locator("h1").count() == 1
    violations = [told(found) for found in Axe().run(page).response["violations"]]
    page.close()
    assert violations == []


def told(violation: dict[str, Any]) -> str:
    places = "; ".join(f"{node['target']} {node['failureSummary']}" for node in violation["nodes"][:3])
    return f"{violation['id']} ({violation['impact']}): {places}"
