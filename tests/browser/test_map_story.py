"""The mood map with pointer and keyboard, and the timeline."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Open
from tests.browser.sign_in import sign_in

ANALYSED_WITHIN_MS = 120_000
TWO = "/map/?q=atlas"


@pytest.fixture
def two_songs(open_page: Open, music: Callable[..., Path]) -> Page:
    """A page of a user with two songs called Atlas, a slow one and a fast one."""
    page = open_page()
    sign_in(page)
    page.goto("/songs/?q=atlas")
    if page.locator(".song").count() < 2:
        page.goto("/")
        atlas = [
            music("atlas slow.flac", 20.0, tempo_bpm=60.0, brightness=0.1, minor=True, seed=31),
            music("atlas fast.flac", 20.0, tempo_bpm=150.0, brightness=0.9, seed=32),
        ]
        page.get_by_label("Songs", exact=True).set_input_files(atlas)
        rows = page.locator("[data-songs] .song", has_text="atlas").locator(".song-mood a")
        expect(rows).to_have_count(2, timeout=ANALYSED_WITHIN_MS)
    return page


def ready(page: Page, address: str = TWO) -> None:
    page.goto(address)
    page.locator("[data-map][data-ready]").wait_for()


def loop_around_all(page: Page) -> None:
    """Draws a ring near the edges of the map, around every song."""
    box = page.locator("[data-over]").bounding_box()
    assert box
    middle_x, middle_y = box["x"] + box["width"] * 0.51, box["y"] + box["height"] * 0.48
    for step in range(61):
        angle = 2 * math.pi * step / 60
        x, y = (math.copysign(abs(turn) ** 0.4, turn) for turn in (math.cos(angle), math.sin(angle)))
        page.mouse.move(middle_x + x * box["width"] * 0.46, middle_y + y * box["height"] * 0.45)
        if not step:
            page.mouse.down()
    page.mouse.up()


@pytest.mark.timeout(240)
def test_songs_in_a_loop_are_selected_listed_in_the_history_and_compared(two_songs: Page) -> None:
    page = two_songs
    ready(page)
    page.get_by_role("button", name="Draw a loop").click()
    loop_around_all(page)
    expect(page.locator("[data-count]")).to_have_text("2 songs selected")
    expect(page.locator("[data-selected-songs] li")).to_have_count(2)
    expect(page.locator("[data-announcer]")).to_have_text("2 songs selected")

    page.locator("[data-open-library]").click()
    expect(page).to_have_url(re.compile("area="))
    expect(page.locator(".songs .song")).to_have_count(2)
    page.go_back()
    expect(page.locator("[data-count]")).to_have_text("2 songs selected")

    page.get_by_role("link", name="Compare", exact=True).click()
    expect(page).to_have_url(re.compile(r"/compare/\?a=.+&b=.+"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.timeout(240)
def test_the_map_works_with_the_keyboard_only(two_songs: Page) -> None:
    page = two_songs
    ready(page)
    page.get_by_role("application").focus()
    page.keyboard.press("ArrowRight")
    announcer = page.locator("[data-announcer]")
    expect(announcer).to_have_text(re.compile(r"^atlas (slow|fast).*valence \d\.\d, arousal \d\.\d$"))
    expect(page.locator("[data-tip]")).to_contain_text("atlas")
    page.keyboard.press("Space")
    expect(page.locator("[data-count]")).to_have_text("1 song selected")
    page.keyboard.press("Escape")
    expect(page.locator("[data-selected-songs]")).to_be_hidden()
    page.keyboard.press("+")
    page.keyboard.press("0")

    page.get_by_text("Select by values").click()
    for label, value in (("Valence from", "1"), ("Valence to", "9"), ("Arousal from", "1"), ("Arousal to", "9")):
        page.get_by_label(label, exact=True).fill(value)
    page.keyboard.press("Enter")
    expect(page.locator("[data-count]")).to_have_text("2 songs selected")

    page.get_by_role("application").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/songs/[0-9a-f-]{36}/$"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.timeout(240)
def test_bulk_actions_apply_to_the_selected_songs(two_songs: Page) -> None:
    page = two_songs
    ready(page)
    page.get_by_role("button", name="Draw a loop").click()
    loop_around_all(page)
    page.get_by_text("More", exact=True).click()
    page.get_by_role("button", name="Correct moods").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Correct the mood of these 2 songs")
    assert {"slow", "fast"} <= set(re.findall("slow|fast", page.locator("main").inner_text()))

    ready(page)
    page.get_by_role("application").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.get_by_text("More", exact=True).click()
    page.get_by_role("button", name="Correct moods").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Correct the mood of this song")
    assert len(set(re.findall("atlas slow|atlas fast", page.locator("main").inner_text()))) == 1


@pytest.mark.timeout(240)
def test_selected_songs_are_played_one_after_another(two_songs: Page) -> None:
    page = two_songs
    ready(page)
    page.get_by_role("button", name="Draw a box").click()
    box = page.locator("[data-over]").bounding_box()
    assert box
    page.mouse.move(box["x"] + 44, box["y"] + 16)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 15, box["y"] + box["height"] - 40, steps=6)
    page.mouse.up()
    expect(page.locator("[data-count]")).to_have_text("2 songs selected")
    page.get_by_role("button", name="Play", exact=True).click()
    player = page.get_by_role("region", name="Player")
    expect(player.get_by_role("button", name="Pause")).to_be_visible()
    first = player.locator("[data-title]").inner_text()
    player.get_by_role("button", name="Next song").click()
    expect(player.locator("[data-title]")).not_to_have_text(first)
    expect(player.get_by_role("button", name="Next song")).to_be_disabled()
    page.get_by_role("button", name=f"Play {first}").click()
    expect(player.locator("[data-title]")).to_have_text(first)
    page.get_by_role("button", name="Clear selection").click()
    expect(page.locator("[data-selected-songs]")).to_be_hidden()
    expect(player.get_by_role("button", name="Pause")).to_be_visible()


@pytest.mark.timeout(240)
def test_of_a_sample_all_songs_of_an_outline_are_selected(two_songs: Page) -> None:
    """The server says that there are a hundred thousand songs, of which it sends two."""
    page = two_songs
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        content = route.fetch().json()
        in_part = "valence_from" in route.request.url and "newest" not in route.request.url
        route.fulfill(json=content | {"total": 2 if in_part else 100_000})

    page.route("**/map/points/**", answer)
    ready(page)
    note = page.locator("[data-sample]")
    expect(note).to_contain_text("A sample of 2 of 100,000 songs")
    page.get_by_role("button", name="Draw a loop").click()
    loop_around_all(page)
    expect(page.locator("[data-count]")).to_have_text("100,000 songs selected")
    expect(page.locator("[data-selected-songs] li")).to_have_count(2)
    expect(page.locator("[data-more]")).to_have_text("and 99,900 more")
    assert "newest=yes" in asked[-1]
    assert "area=" in asked[-1]
    expect(page.locator("[data-open-library]")).to_have_attribute("href", re.compile("area="))
    expect(page.locator("[data-bulk-songs] input")).to_have_attribute("name", "all")

    # Zooming in loads the songs of the visible part.
    page.get_by_role("button", name="Zoom out").click()
    page.get_by_role("button", name="Show whole plane").click()
    page.get_by_role("button", name="Fit all songs").click()
    page.get_by_role("button", name="Zoom in").click()
    expect(note).to_contain_text("All songs of this part are drawn")
    assert "valence_from=" in asked[-1]
    page.get_by_role("button", name="Clear selection").click()
    expect(page.locator("[data-selected]")).to_be_hidden()

    # One by one, by the keyboard.
    page.get_by_role("button", name="Fit all songs").click()
    page.get_by_role("application").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.locator("[data-count]")).to_have_text("1 song selected")
    expect(page.locator("[data-bulk-songs] input")).to_have_attribute("name", "song")
    page.keyboard.press("Space")
    expect(page.locator("[data-selected]")).to_be_hidden()


@pytest.mark.timeout(240)
def test_pointing_shows_the_title_and_a_click_opens_the_song(two_songs: Page) -> None:
    page = two_songs
    ready(page)
    canvas = page.locator("[data-over]")
    # The announcement of the keyboard gives the position; the pointer then goes there.
    canvas.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-announcer]")).to_contain_text("atlas")
    announcement = page.locator("[data-announcer]").inner_text()
    valence, arousal = (float(value) for value in re.findall(r"\d\.\d", announcement))
    low_v, high_v, low_a, high_a = map(float, page.locator("[data-map]").get_attribute("data-extent").split())
    box = canvas.bounding_box()
    assert box
    x = 40 + (valence - low_v) / (high_v - low_v) * (box["width"] - 52)
    y = 12 + (high_a - arousal) / (high_a - low_a) * (box["height"] - 46)
    canvas.blur()
    expect(page.locator("[data-tip]")).to_be_hidden()
    # Announced positions are rounded, so the song is close to the point.
    for dx in range(-30, 31, 6):
        page.mouse.move(box["x"] + x + dx, box["y"] + y)
        if page.locator("[data-tip]").is_visible():
            break
    expect(page.locator("[data-tip]")).to_contain_text("atlas")
    page.mouse.down()
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"/songs/[0-9a-f-]{36}/$"))


@pytest.mark.timeout(240)
def test_without_a_script_the_map_is_a_chart_of_counts_with_links(two_songs: Page, open_page: Open) -> None:
    page = open_page(java_script_enabled=False)
    sign_in(page)
    page.goto(TWO)
    expect(page.locator(".map-tools")).to_be_hidden()
    cell = page.locator(".count-grid a").first
    expect(cell).to_be_visible()
    page.goto(cell.get_attribute("href"))
    expect(page.locator(".songs .song").first).to_contain_text("atlas")
    page.goto(TWO)
    page.locator(".region-count", has_text=re.compile("[12] song")).first.click()
    expect(page.locator(".songs .song").first).to_contain_text("atlas")


@pytest.mark.timeout(240)
def test_the_timeline_links_to_the_songs_of_a_period(two_songs: Page) -> None:
    page = two_songs
    ready(page)
    page.get_by_role("link", name="Over time").click()
    expect(page.get_by_role("heading", level=1, name="Moods over time")).to_be_visible()
    expect(page.get_by_text("2 songs added")).to_be_visible()
    page.get_by_role("link", name="Months").click()
    expect(page.get_by_role("link", name="Months")).to_have_attribute("aria-current", "true")
    assert page.locator(".stacked-bars rect").count() in (1, 2)
    page.get_by_role("heading", name="As a table").click()
    page.locator(".timeline-table tbody a").first.click()
    expect(page.locator(".songs .song")).to_have_count(2)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("width", [390, 1280, 2560])
@pytest.mark.parametrize("path", [TWO, "/over-time/?q=atlas", "/map/?q=nothing", "/over-time/?q=nothing"])
def test_no_page_is_wider_than_its_window(two_songs: Page, path: str, width: int) -> None:
    two_songs.set_viewport_size({"width": width, "height": 900})
    two_songs.goto(path)
    assert two_songs.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
