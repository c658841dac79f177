"""The site below a path of its host, in a browser: no request leaves the path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.test_story import ANALYSIS_TIMEOUT_MS, COMPOSITE
from tests.system.clients import NAME, PASSWORD, BrowserClient
from tests.system.processes import wait_for
from tests.system.product import RunningProduct

BASE = "/moods"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with RunningProduct(tmp_path_factory.mktemp("base") / "var", BASE_PATH=BASE) as product:
        site = product.address + BASE
        wait_for(lambda: BrowserClient(site).health().get("worker"), what="worker that answers")
        yield site


@pytest.mark.timeout(600)
def test_the_whole_story_stays_below_the_path(site: str, browser: Browser, music: Callable[..., Path]) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    page = context.new_page()
    requested: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))

    page.goto(site)
    page.get_by_label("User name").fill(NAME)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Repeat password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.get_by_role("heading", level=1, name="What does your music feel like?").wait_for()
    page.wait_for_load_state()

    page.get_by_label("Songs", exact=True).set_input_files(
        music("night train.flac", 30.0, tags={"title": "Night Train"})
    )
    row = page.locator("[data-songs] .song", has_text="Night Train")
    expect(row.locator(".song-mood a")).to_have_text(COMPOSITE, timeout=ANALYSIS_TIMEOUT_MS)
    row.get_by_role("link", name="Night Train", exact=True).click()
    expect(page.locator(".hero")).to_contain_text("Night Train")
    assert page.locator(".spectrogram").evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    page.locator("audio").evaluate("audio => audio.play()")
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0.2")

    page.get_by_role("link", name="History").click()
    page.get_by_label("Search by title, artist, album, file or mood").fill("train")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"{BASE}/songs/\?.*q=train"))
    expect(page.locator(".song")).to_have_count(1)

    page.get_by_role("button", name="Dark").click()
    assert {cookie["path"] for cookie in context.cookies() if cookie["name"] == "theme"} == {BASE}
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    page.get_by_role("link", name="Map").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")

    outside = {url for url in requested if url.startswith("http") and not urlsplit(url).path.startswith(BASE)}
    assert outside == set()
    assert errors == []
    context.close()
