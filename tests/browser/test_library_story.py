"""The history as a library: search while typing, bulk actions and saved filters; and all of it without a script."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.sign_in import sign_in
from tests.browser.test_story import ANALYSIS_TIMEOUT_MS, COMPOSITE

NAMES = ("Ferry", "Quay", "Gangway")
ARTIST = "The Landing Stage"


@pytest.fixture(scope="module")
def shelf(address: str) -> dict[str, bool]:
    """Whether the songs of these stories are there already."""
    return {}


def upload_songs(page: Page, music: Callable[..., Path], shelf: dict[str, bool]) -> None:
    sign_in(page)
    if shelf.get("full"):
        return
    songs = [
        music(f"{name}.flac", 12.0, tonic=tonic, tags={"title": name, "artist": ARTIST})
        for tonic, name in enumerate(NAMES)
    ]
    page.get_by_label("Songs", exact=True).set_input_files(songs)
    for name in NAMES:
        row = page.locator("[data-songs] .song", has_text=name)
        expect(row.locator(".song-mood a")).to_have_text(COMPOSITE, timeout=ANALYSIS_TIMEOUT_MS)
    shelf["full"] = True


def expect_titles(page: Page, *titles: str) -> None:
    expect(page.locator(".library .song-title strong")).to_have_text(titles)


def expect_songs(page: Page, count: int) -> None:
    expect(page.locator(".library .song")).to_have_count(count)


@pytest.mark.timeout(240)
def test_search_and_filters_update_the_list_in_place(
    open_page: Open, music: Callable[..., Path], shelf: dict[str, bool]
) -> None:
    page = open_page()
    upload_songs(page, music, shelf)
    page.goto("/songs/")
    page.evaluate("window.same = true")
    page.keyboard.press("/")
    page.keyboard.type("landing")
    expect_songs(page, 3)
    expect(page).to_have_url(re.compile(r"/songs/\?q=landing$"))
    expect(page.get_by_label("Search by title, artist, album, file or mood")).to_be_focused()
    expect(page.locator("[data-announcer]")).to_have_text("3 songs")

    page.get_by_label("Order", exact=True).select_option(label="Title")
    expect(page).to_have_url(re.compile(r"sort=title"))
    expect_titles(page, *sorted(NAMES))
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Confidence in %, to").fill("0")
    page.keyboard.press("Tab")
    expect(page.locator(".empty .lead")).to_contain_text("No songs match")
    page.get_by_role("link", name="Remove filter: Confidence up to 0 %").click()
    expect_songs(page, 3)
    assert page.evaluate("window.same")
    page.go_back()
    expect(page.locator(".empty .lead")).to_contain_text("No songs match")


@pytest.mark.timeout(240)
def test_a_filter_is_saved_under_a_name(open_page: Open, music: Callable[..., Path], shelf: dict[str, bool]) -> None:
    page = open_page()
    upload_songs(page, music, shelf)
    page.goto("/songs/?q=landing&sort=title")
    page.get_by_text("Save this filter").click()
    page.get_by_label("Name", exact=True).fill("By the water")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The filter “By the water” is saved.")).to_be_visible()
    page.goto("/songs/")
    page.get_by_role("link", name="By the water").click()
    expect_songs(page, 3)
    expect_titles(page, *sorted(NAMES))
    page.get_by_text("Edit saved filters").click()
    page.get_by_role("button", name="Delete the saved filter By the water").click()
    expect(page.get_by_role("link", name="By the water")).to_have_count(0)


@pytest.mark.timeout(240)
def test_songs_selected_across_searches_are_exported_compared_and_corrected(
    open_page: Open, music: Callable[..., Path], shelf: dict[str, bool]
) -> None:
    page = open_page()
    upload_songs(page, music, shelf)
    page.goto("/songs/?q=ferry")
    bar = page.get_by_role("form", name="Actions for the selected songs")
    expect(bar).to_be_hidden()
    page.get_by_label("Select Ferry").check()
    expect(bar).to_contain_text("1 song selected")
    expect(bar.get_by_role("button", name="Compare")).to_be_disabled()

    search = page.get_by_label("Search by title, artist, album, file or mood")
    search.fill("quay")
    expect(page.get_by_label("Select Quay")).to_be_visible()
    page.get_by_label("Select Quay").check()
    expect(bar).to_contain_text("2 songs selected")
    with page.expect_download() as download:
        bar.get_by_role("button", name="JSON lines").click()
    lines = Path(download.value.path()).read_text().splitlines()
    assert {json.loads(line)["title"] for line in lines} == {"Ferry", "Quay"}
    bar.get_by_role("button", name="Compare").click()
    expect(page).to_have_url(re.compile(r"/compare/\?a=.+&b=.+"))

    page.goto("/songs/?q=landing&sort=title")
    page.get_by_label("Select All on this page").check()
    expect(bar).to_contain_text("3 songs selected")
    page.get_by_label("Select Ferry").uncheck()
    expect(bar).to_contain_text("2 songs selected")
    bar.get_by_role("button", name="Correct moods").click()
    page.get_by_label("Main mood").select_option("tender")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your moods for 2 songs are saved.")).to_be_visible()
    expect(page.locator(".song-mood", has_text="your mood").filter(has_text="Tender")).to_have_count(2)


@pytest.mark.timeout(240)
def test_the_library_works_without_a_script(
    open_page: Open, music: Callable[..., Path], shelf: dict[str, bool]
) -> None:
    upload_songs(open_page(), music, shelf)
    page = open_page(java_script_enabled=False)
    sign_in(page)
    page.goto("/songs/")
    page.get_by_label("Search by title, artist, album, file or mood").fill("landing")
    page.get_by_label("Order", exact=True).select_option(label="Title")
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile(r"/songs/\?q=landing&sort=title$"))
    expect_songs(page, 3)
    page.get_by_label("Select Gangway").check()
    page.get_by_role("button", name="Analyse again").click()
    expect(page.get_by_text("1 song will be analysed again.")).to_be_visible()
    # Done again; the correction of the story before still counts.
    row = page.locator(".song", has_text="Gangway")
    expect(row).to_contain_text("Analysis: ", timeout=ANALYSIS_TIMEOUT_MS)
    expect(row.locator(".song-mood a")).to_have_text("Tender")

    page.get_by_label("All 3 songs that match").check()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Delete 3 songs?")
    page.get_by_role("link", name="Cancel").click()
    expect_songs(page, 3)
