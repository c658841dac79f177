"""Accessibility of every page in each of its states, checked by axe-core: light and dark, narrow and wide."""

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

from tests.browser.pages import PAGES_WITH_SONGS, PAGES_WITHOUT_SONGS, PagePath
from tests.browser.sample_server import SampleServer
from tests.pages.test_every_page import named_patterns

SAVED_PAGES = (
    "setup", "unfinished songs", "unfinished song", "sign in", "wrong password", "form out of date", "malformed",
    "no file", "wrong name", "new token", "new invitation", "invitation", "invitation that is over", "second step",
    "recovery codes", "temporary password", "new webhook",
)  # fmt: skip
# URLs of forms, files, and of what scripts fetch.
NO_PAGES = {
    "appearance", "language", "bin-change", "bin-undo", "cover-large", "cover-small", "demo-songs", "filter-delete",
    "filter-rename", "filter-save", "health", "logout", "mood-points", "palette", "user-password", "song-again",
    "song-audio", "song-cancel", "song-card", "song-edit", "song-saliency", "song-saliency-places", "song-passage",
    "song-retry", "song-selection", "song-spectrogram", "song-states", "song-verdict", "songs-cancel", "songs-csv",
    "songs-jsonl", "token-revoke", "upload-delete", "account-export", "invitation-revoke", "oidc-callback",
    "oidc-connect", "oidc-disconnect", "oidc-login", "passkey-login", "passkey-options", "passkey-remove",
    "playlist-csv", "playlist-jspf", "playlist-m3u8", "playlist-nsp", "playlist-refresh",
    "source-pause", "source-resume", "source-retry", "source-scan", "source-take-back", "session-end", "sessions-end",
    "totp-remove", "user-active", "user-email", "user-export", "user-owner",
    "user-rename", "user-second-factor-remove", "user-sessions-end", "user-tokens-revoke",
    "songs-parquet", "songs-segments-csv", "songs-segments-jsonl", "songs-segments-parquet", "songs-spotify-csv",
    "songs-acousticbrainz-jsonl", "corrections-confirm", "corrections-report", "recalibration",
    "song-tagged", "source-tags-stop", "source-tags-undo", "source-tags-write", "play-queue",
    "upload-link", "webhook", "webhook-again", "webhook-delete", "webhook-message", "webhook-secret", "webhook-trial",
    "uploads-delete", "vocabulary-export", "health-live", "health-ready", "metrics", "playlist-sentence-keep",
}  # fmt: skip
# Both themes and both layouts; colours do not depend on the width.
variants = pytest.mark.parametrize(("theme", "width"), [("light", 390), ("dark", 1280)], ids=str)


class Windows:
    """One browser context for each user and variant, reused by all tests of the module."""

    def __init__(self, browser: Browser, server: SampleServer) -> None:
        self.browser, self.server = browser, server
        self.contexts: dict[tuple[str, str, int], BrowserContext] = {}

    def open(self, user: str, theme: str, width: int) -> Page:
        key = (user, theme, width)
        if key not in self.contexts:
            context = self.browser.new_context(
                base_url=self.server.address,
                color_scheme=theme,
                viewport={"width": width, "height": 900},
                reduced_motion="reduce",
            )
            context.add_cookies(self.server.cookies(getattr(self.server, user)))
            self.contexts[key] = context
        return self.contexts[key].new_page()


@pytest.fixture(scope="module")
def windows(browser: Browser, server: SampleServer) -> Iterator[Windows]:
    windows = Windows(browser, server)
    yield windows
    for context in windows.contexts.values():
        context.close()


@variants
@pytest.mark.parametrize("name", PAGES_WITH_SONGS)
def test_a_page_with_songs_is_accessible(windows: Windows, name: str, theme: str, width: int) -> None:
    check_url(windows.open("owner", theme, width), PAGES_WITH_SONGS[name](windows.server))


@variants
@pytest.mark.parametrize("name", PAGES_WITHOUT_SONGS)
def test_a_page_without_songs_is_accessible(windows: Windows, name: str, theme: str, width: int) -> None:
    check_url(windows.open("new_user", theme, width), PAGES_WITHOUT_SONGS[name](windows.server))


@variants
@pytest.mark.parametrize("name", SAVED_PAGES)
def test_a_page_of_a_passing_state_is_accessible(windows: Windows, name: str, theme: str, width: int) -> None:
    check_html(windows.open("new_user", theme, width), windows.server.saved_pages[name])


@variants
def test_the_page_of_a_server_error_is_accessible(windows: Windows, theme: str, width: int) -> None:
    check_html(windows.open("new_user", theme, width), render_to_string("500.html"))


def test_every_page_is_checked() -> None:
    anything = uuid.UUID(int=7)
    server = SimpleNamespace(songs=defaultdict(lambda: anything), source=anything, tag_job=anything, playlist=anything)
    page_paths: list[PagePath] = [*PAGES_WITH_SONGS.values(), *PAGES_WITHOUT_SONGS.values()]
    paths = {path(server).partition("?")[0] for path in page_paths} - {"/nowhere/"}  # type: ignore[arg-type]
    saved = {"setup", "login", "invitation", "second-factor", "recovery-codes"}
    checked = {resolve(path).url_name for path in paths} | saved
    names = {pattern.name for pattern in named_patterns(get_resolver("classifier.urls").url_patterns)}
    assert checked == names - NO_PAGES


def check_url(page: Page, path: str) -> None:
    page.goto(path)
    check(page)


def check_html(page: Page, html: str) -> None:
    """As if the server had just sent this page. Without scripts, which would see that its state is over."""
    page.route("**/saved-page", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
    page.route("**/*.js", lambda route: route.abort())
    page.goto("/saved-page")
    check(page)


def check(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details:not(.menu)').forEach(part => part.open = true)")
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"
    assert page.locator("h1").count() == 1
    violations = [description(violation) for violation in Axe().run(page).response["violations"]]
    page.close()
    assert violations == []


def description(violation: dict[str, Any]) -> str:
    places = "; ".join(f"{node['target']} {node['failureSummary']}" for node in violation["nodes"][:3])
    return f"{violation['id']} ({violation['impact']}): {places}"
