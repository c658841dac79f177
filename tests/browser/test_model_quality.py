"""The page "How accurate is it?" in a browser, and the links to it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.sign_in import sign_in
from tests.browser.test_story import ANALYSIS_TIMEOUT_MS, COMPOSITE


@pytest.mark.timeout(240)
def test_a_mood_of_a_result_links_to_its_precision(open_page: Open, music: Callable[..., Path]) -> None:
    page = open_page()
    sign_in(page)
    page.get_by_label("Songs", exact=True).set_input_files(music("judged.flac", 12.0, tags={"title": "Judged"}))
    link = page.locator("[data-songs] .song", has_text="Judged").locator(".song-mood a")
    expect(link).to_have_text(COMPOSITE, timeout=ANALYSIS_TIMEOUT_MS)
    link.click()

    mood = page.get_by_role("heading", level=1).get_by_role("link").first
    name = mood.inner_text()
    mood.click()
    expect(page).to_have_url(re.compile(r"/how-good/#mood-"))
    entry = page.locator(":target")
    expect(entry).to_be_in_viewport()
    expect(entry.get_by_role("heading", level=3)).to_have_text(name)

    page.get_by_role("link", name="not free for every use").click()
    expect(page.get_by_role("heading", name="Terms of use")).to_be_in_viewport()


def test_the_page_works_without_javascript(open_page: Open) -> None:
    page = open_page(java_script_enabled=False)
    sign_in(page)
    page.get_by_role("link", name="Accuracy", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How accurate is it?")
    table = page.get_by_role("table", name="Every metric with its 95 % confidence interval")
    expect(table).to_be_hidden()
    page.get_by_text("All metrics as a table").click()
    expect(table).to_be_visible()
    for chart in page.locator("svg.interval-plot").all()[:3]:
        assert chart.bounding_box()["width"] > 200


@pytest.mark.parametrize("width", [390, 1280])
def test_charts_and_their_labels_stay_within_the_page(open_page: Open, width: int) -> None:
    page = open_page(viewport={"width": width, "height": 900})
    sign_in(page)
    page.goto("/how-good/")
    for label in page.locator("svg.chart text, .confusion svg text").all():
        box = label.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["height"] >= 8
