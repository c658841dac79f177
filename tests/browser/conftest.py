"""The running product in a real browser: Debian's Chromium, headless."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.browser.sample_server import MUSIC, SampleServer, fill_sample_server
from tests.system.clients import BrowserClient
from tests.system.conftest import program
from tests.system.processes import wait_for
from tests.system.product import RunningProduct

Open = Callable[..., Page]

# On a busy machine an event may take longer than Playwright's five seconds.
expect.set_options(timeout=20_000)

# Chromium logs these for a rejected upload, and for a connection that a test or the server closes; htmx the last two.
EXPECTED_ERRORS = (
    "the server responded with a status of 4",
    "the server responded with a status of 507",
    "net::ERR_INTERNET_DISCONNECTED",
    "net::ERR_CONNECTION_RESET",
    "htmx:afterRequest",
    "htmx:sendError",
)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProduct]:
    """Web, worker and sweep, as `make run` starts them, without users or songs."""
    with RunningProduct(tmp_path_factory.mktemp("product") / "var") as product:
        wait_for(lambda: BrowserClient(product.address).health().get("worker"), what="worker that answers")
        yield product


@pytest.fixture(scope="session")
def address(product: RunningProduct) -> str:
    return product.address


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SampleServer]:
    """Another server, with sample data, for tests of all pages."""
    folder = tmp_path_factory.mktemp("server")
    with RunningProduct(
        folder / "var", MUSIC_DIRS=str(folder / MUSIC), MUSIC_DIRS_WRITABLE=str(folder / MUSIC)
    ) as product:
        yield fill_sample_server(product.address, folder)


# Not session-scoped: while Playwright's event loop runs, Django takes every other test for asynchronous code.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with launch(playwright) as browser:
        yield browser


def launch(playwright: Playwright, **environment: str) -> Browser:
    return playwright.chromium.launch(
        executable_path=os.environ.get("CHROMIUM") or program("chromium"),
        # Chromium's sandbox does not work for root in a container. Autoplay lets tests play audio without a click.
        args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
        env={**os.environ, **environment},
    )


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Open]:
    """Opens a page in a new browser context. The test fails if a page throws or logs an error."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_page(path: str = "/", **options: object) -> Page:
        context = browser.new_context(base_url=address, **{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [error for error in errors if not any(text in error for text in EXPECTED_ERRORS)] == []


@pytest.fixture
def music(tmp_path: Path) -> Callable[..., Path]:
    """Writes an audio file of synthesised music."""
    from tests import sounds

    def music(name: str, seconds: float = 30.0, **options: object) -> Path:
        tags = options.pop("tags", None)
        return sounds.write(tmp_path / name, sounds.music(seconds, **options), tags=tags)

    return music
