"""From a song's mood to how often such a mood is right, as a person goes there."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.people import come_in
from tests.browser.test_story import COMPOSITE, HEARD_IN_MS


@pytest.mark.timeout(240)
def test_a_mood_of_a_song_leads_to_how_often_it_is_right(open_page: Open, music: Callable[..., Path]) -> None:
    page = open_page()
    come_in(page)
    page.get_by_label("Songs", exact=True).set_input_files(music("judged.flac", 12.0, tags={"title": "Judged"}))
    link = page.locator("[data-songs] .song", has_text="Judged").locator(".song-mood a")
    expect(link).to_have_text(COMPOSITE, timeout=HEARD_IN_MS)
    link.click()

    mood = page.get_by_role("heading", level=1).get_by_role("link").first
    name = mood.inner_text()
    mood.click()
    expect(page).to_have_url(re.compile(r"/how-good/#mood-"))
    entry = page.locator(":target")
    expect(entry).to_be_in_viewport()
    expect(entry.get_by_role("heading")).to_have_text(name)

    page.get_by_role("link", name="not free for every use").click()
    expect(page.get_by_role("heading", name="What you may do with it")).to_be_in_viewport()


def test_how_good_it_is_can_be_read_without_a_script(open_page: Open) -> None:
    page = open_page(java_script_enabled=False)
    come_in(page)
    page.get_by_role("link", name="How good is it?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How good is it?")
    table = page.get_by_role("table", name="Every figure with its 95 % interval")
    expect(table).to_be_hidden()
    page.get_by_text("All figures as a table").click()
    expect(table).to_be_visible()
    for drawing in page.locator("svg.interval-plot").all()[:3]:
        assert drawing.bounding_box()["width"] > 200


@pytest.mark.parametrize("width", [390, 1280])
def test_drawings_keep_inside_the_page_and_their_writing_inside_them(open_page: Open, width: int) -> None:
    page = open_page(viewport={"width": width, "height": 900})
    come_in(page)
    page.goto("/how-good/")
    for writing in page.locator("svg.chart text, .confusion svg text").all():
        box = writing.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["height"] >= 8
