"""A real browser in front of the running product: Debian's Chromium, driven without a window."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.house import House, furnish
from tests.system.clients import BrowserClient
from tests.system.conftest import program
from tests.system.processes import wait_for
from tests.system.product import RunningProduct

Open = Callable[..., Page]

# A refused upload is answered with a 4xx, a server that refuses one unread hangs up, and a connection that a test takes
# away is missed: Chromium reports all of them as if the page had failed.
NO_TROUBLE = ("the server responded with a status of 4", "net::ERR_INTERNET_DISCONNECTED", "net::ERR_CONNECTION_RESET")


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Web, worker and sweep, as `make run` starts them, before the first visit."""
    with RunningProduct(tmp_path_factory.mktemp("product") / "var") as serving:
        wait_for(lambda: BrowserClient(serving.address).health().get("worker"), what="worker that answers")
        yield serving.address


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A product of its own, with songs in it, for tests of all pages."""
    folder = tmp_path_factory.mktemp("house")
    with RunningProduct(folder / "var") as serving:
        yield furnish(serving.address, folder)


# Not for the whole session: as long as Playwright runs, Django takes every other test for an asynchronous one.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = os.environ.get("CHROMIUM") or program("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            # Inside a container and as root, Chromium can make no sandbox; sound may begin without a click.
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Open]:
    """Opens the product in a fresh browser; a page that logs an error or throws one fails its test."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_page(path: str = "/", **options: object) -> Page:
        context = browser.new_context(base_url=address, **{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [trouble for trouble in troubles if not any(words in trouble for words in NO_TROUBLE)] == []


@pytest.fixture
def music(tmp_path: Path) -> Callable[..., Path]:
    """Writes a song that nobody has heard before."""
    from tests import sounds

    def music(name: str, seconds: float = 30.0, **options: object) -> Path:
        tags = options.pop("tags", None)
        return sounds.write(tmp_path / name, sounds.music(seconds, **options), tags=tags)

    return music
