"""The upload page: what is sent, held back, and shown."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import CDPSession, Locator, Page, Route, expect

from tests.browser.conftest import Open
from tests.browser.sign_in import sign_in
from tests.browser.test_story import ANALYSIS_TIMEOUT_MS, COMPOSITE

UPLOAD_REQUESTS = "**/api/uploads/**"
# The page sends 64 kB first, then chunks of 4 MB: of a file of 10 MB the third one starts behind this offset.
THIRD_CHUNK = 4_000_000
Music = Callable[..., Path]


@pytest.fixture
def page(open_page: Open) -> Page:
    page = open_page()
    sign_in(page)
    return page


@pytest.fixture
def network(page: Page) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    return session


def set_offline(network: CDPSession, offline: bool) -> None:
    conditions = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1, "offline": offline}
    network.send("Network.emulateNetworkConditions", conditions)


class Gate:
    """Holds back the chunks of uploads from an offset on, so that a test can act in the middle of an upload."""

    def __init__(self, page: Page, offset: int) -> None:
        self._page = page
        self._offset = offset
        self._held: list[Route] = []
        page.route(UPLOAD_REQUESTS, self._handle)

    def _handle(self, route: Route) -> None:
        # Without the header where the page has cancelled the request already.
        offset = int(route.request.headers.get("upload-offset", 0))
        if route.request.method == "PATCH" and offset >= self._offset:
            self._held.append(route)
        else:
            route.continue_()

    def break_connections(self, error: str = "connectionreset") -> None:
        """The held chunks fail, and later ones pass."""
        self._offset = sys.maxsize
        for route in self._held:
            route.abort(error)
        self._held.clear()


def expect_uploading(row: Locator) -> None:
    """In the middle of the upload: some chunks are stored."""
    expect(text(row)).to_have_text(re.compile(r"Uploading, [1-9]\d? % of \d+ MB"))


@pytest.fixture
def offsets(page: Page) -> list[int]:
    """The Upload-Offset of each PATCH request of the page."""
    offsets: list[int] = []

    def record(request: object) -> None:
        if request.method == "PATCH":
            offsets.append(int(request.headers["upload-offset"]))

    page.on("request", record)
    return offsets


def choose(page: Page, *songs: Path) -> None:
    page.get_by_label("Songs", exact=True).set_input_files(list(songs))


def row(page: Page, name: str) -> Locator:
    return page.locator("[data-songs] .song", has_text=name)


def text(row: Locator) -> Locator:
    return row.locator("[data-text]")


def expect_done(row: Locator) -> None:
    expect(row.locator(".song-mood a")).to_have_text(COMPOSITE, timeout=ANALYSIS_TIMEOUT_MS)


def expect_uploaded(row: Locator) -> None:
    expect(row).to_have_attribute("data-song", re.compile("."))


def expect_accessible(page: Page) -> None:
    assert [violation["id"] for violation in Axe().run(page).response["violations"]] == []


def sha256_of_song(page: Page, row: Locator) -> str:
    answer = page.request.get(f"/api/predictions/{row.get_attribute('data-song')}/")
    return answer.json()["sha256"]


def text_file(folder: Path, name: str, repeat: int = 100) -> Path:
    path = folder / name
    path.write_text("The free encyclopedia. " * repeat)
    return path
