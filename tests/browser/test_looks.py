"""Wide and narrow, light and dark, by keyboard."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.people import come_in
from tests.browser.test_story import COMPOSITE, HEARD_IN_MS

PLAIN = ("/", "/songs/", "/map/", "/over-time/", "/your-ear/", "/how-good/", "/people/", "/tokens/", "/password/")
LONG = "Вечная–Ночь" * 20


def background(page: Page) -> list[int]:
    """Of the page, as red, green and blue."""
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return [int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]


@pytest.mark.timeout(240)
def test_no_page_is_wider_than_its_screen(open_page: Open, music: Callable[..., Path]) -> None:
    page = open_page()
    come_in(page)
    tags = {"title": LONG, "artist": LONG}
    page.get_by_label("Songs", exact=True).set_input_files(music("wide.flac", 25.0, tonic=5, tags=tags))
    link = page.locator("[data-songs] .song", has_text=LONG[:20]).locator(".song-mood a")
    expect(link).to_have_text(COMPOSITE, timeout=HEARD_IN_MS)
    result = link.get_attribute("href")
    song_id = result.rstrip("/").rpartition("/")[2]
    for width in (390, 768, 1280, 2560):
        page.set_viewport_size({"width": width, "height": 900})
        for path in (*PLAIN, result, f"{result}delete/", f"{result}report/", f"/compare/?a={song_id}"):
            page.goto(path)
            page.evaluate("document.querySelectorAll('details:not(.menu)').forEach(part => part.open = true)")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)


def test_the_page_is_dark_where_the_device_is_and_the_switch_overrules_it(open_page: Open) -> None:
    page = open_page(color_scheme="dark")
    come_in(page)
    assert max(background(page)) < 60
    page.get_by_role("button", name="Light").click()
    assert min(background(page)) > 200
    page.goto("/songs/")
    assert min(background(page)) > 200
    expect(page.get_by_role("button", name="Light")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Auto").click()
    assert max(background(page)) < 60


def test_the_page_can_be_used_by_keyboard(open_page: Open) -> None:
    page = open_page()
    come_in(page)
    page.goto("/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    with page.expect_file_chooser():
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    page.locator(".menu summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="API tokens")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="API tokens")).to_be_hidden()
    expect(page.locator(".menu summary")).to_be_focused()
