"""Agreeing with and correcting moods, comparing two songs, and the printed report."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.sign_in import sign_in
from tests.browser.test_story import ANALYSIS_TIMEOUT_MS, COMPOSITE

Music = Callable[..., Path]
LONG = "A title that goes on and on " * 9


def analyse(page: Page, *songs: Path) -> list[str]:
    """Uploads songs and waits for their moods; the addresses of their pages, in the same order."""
    page.goto("/")
    page.get_by_label("Songs", exact=True).set_input_files(songs)
    addresses = []
    for song in songs:
        link = page.locator("[data-songs] .song", has_text=song.stem).locator(".song-mood a").first
        expect(link).to_have_text(COMPOSITE, timeout=ANALYSIS_TIMEOUT_MS)
        addresses.append(link.get_attribute("href"))
    return addresses


def verdict(page: Page) -> Locator:
    return page.locator("#verdict")


def correct(page: Page, primary: str, secondary: str) -> None:
    """With the form of a song's page."""
    verdict(page).locator("summary").click()
    page.get_by_label("Main mood").select_option(primary)
    page.get_by_label("Second mood").select_option(secondary)
    verdict(page).get_by_role("button", name="Save moods").click()
    expect(verdict(page)).to_contain_text("You set the moods")


@pytest.mark.timeout(240)
def test_a_user_agrees_corrects_and_finds_the_song_under_corrections(open_page: Open, music: Music) -> None:
    page = open_page()
    sign_in(page)
    [address] = analyse(page, music("tern.flac", 25.0, seed=41, tags={"title": "tern"}))
    page.goto(address)
    page.evaluate("window.stayed = true")

    verdict(page).get_by_role("button", name="Agree", exact=True).click()
    expect(page.locator("[data-verdict-status]")).to_have_text("Saved: you agree with the mood.")
    expect(verdict(page)).to_contain_text("You agreed")
    expect(verdict(page).locator("summary")).to_be_focused()

    correct(page, "tense", "dreamy")
    expect(verdict(page)).to_contain_text("Dreamy")
    assert page.evaluate("window.stayed"), "the page was left, and the music with it"

    page.goto("/corrections/")
    expect(page.locator(".judged-songs tbody tr", has_text="tern")).to_contain_text("Dreamy")

    page.goto(address)
    verdict(page).get_by_role("button", name="Undo").click()
    expect(verdict(page)).not_to_contain_text("You set the moods")
    page.goto("/corrections/")
    expect(page.locator("main")).not_to_contain_text("tern")


@pytest.mark.timeout(240)
def test_ten_judged_songs_give_a_matrix_whose_cells_list_their_songs(open_page: Open, music: Music) -> None:
    page = open_page()
    sign_in(page)
    analyse(page, *(music(f"dunlin {number}.flac", 5.0, seed=60 + number) for number in range(10)))
    page.goto("/songs/?q=dunlin")
    page.get_by_label("Select All on this page").check()
    page.get_by_role("button", name="Correct moods").click()
    page.get_by_label("Main mood").select_option("tense")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your moods for 10 songs are saved.")).to_be_visible()

    page.goto("/corrections/")
    expect(page.get_by_role("heading", name="How often the analysis agrees with you")).to_be_visible()
    cell = page.locator("#first td a").first
    text = cell.get_attribute("title") or ""
    cell.click()
    expect(page).to_have_url(re.compile(r"/songs/\?.*analysis_first="))
    expect(page.locator(".songs [data-song]")).to_have_count(int(text.split(" ")[0]))


@pytest.mark.timeout(240)
def test_a_user_disagrees_without_a_script(open_page: Open, music: Music) -> None:
    page = open_page()
    sign_in(page)
    [address] = analyse(page, music("plover.flac", 20.0, seed=42))
    plain = open_page(java_script_enabled=False)
    sign_in(plain)
    plain.goto(address)
    verdict(plain).locator("summary", has_text="Disagree").click()
    verdict(plain).get_by_role("button", name="Only disagree").click()
    expect(plain.locator(".messages")).to_contain_text("Saved: you disagree with the mood.")
    expect(verdict(plain)).to_contain_text("Which moods fit better?")


@pytest.mark.timeout(240)
def test_two_mixes_are_compared_at_the_same_position(open_page: Open, music: Music) -> None:
    page = open_page()
    sign_in(page)
    dull = music("heron (rough mix).flac", 40.0, seed=43, brightness=0.2, tags={"title": "heron (rough mix)"})
    bright = music("heron (final mix).flac", 40.0, seed=43, brightness=0.9, tags={"title": "heron (final mix)"})
    one, _ = analyse(page, dull, bright)
    page.goto(one)
    page.get_by_role("link", name="Compare", exact=True).click()
    expect(page.get_by_role("heading", name="Other versions")).to_be_visible()
    page.get_by_role("link", name=re.compile("final mix")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Comparison")
    for title in ("Over time", "Sixteen moods", "Valence and arousal", "Largest differences in sound"):
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    assert page.locator(".compare-moods li").count() == 16

    position = page.get_by_role("slider", name="Position in both songs")
    position.focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("Math.round(document.querySelector('#audio-a').currentTime) === 10")
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("!document.querySelector('#audio-a').paused")
    position.focus()
    page.keyboard.press("b")
    page.wait_for_function(
        "() => { const [a, b] = ['a', 'b'].map(name => document.querySelector(`#audio-${name}`));"
        " return a.paused && !b.paused && b.currentTime >= 10 && b.currentTime < 20 }"
    )
    expect(page.get_by_role("button", name=re.compile("Play B"))).to_have_attribute("aria-pressed", "true")
    volumes = page.evaluate("['a', 'b'].map(name => document.querySelector(`#audio-${name}`).volume)")
    assert sorted(volumes)[1] == 1
    assert sorted(volumes)[0] < 1
    page.get_by_label("Same loudness").uncheck()
    assert page.evaluate("['a', 'b'].map(name => document.querySelector(`#audio-${name}`).volume)") == [1, 1]

    page.get_by_role("navigation", name="Alignment").get_by_role("link").last.click()
    expect(page).to_have_url(re.compile("align=part"))
    page.get_by_role("link", name="Swap A and B").click()
    expect(page.locator(".compare-title").first).to_contain_text("final mix")


@pytest.mark.timeout(240)
def test_a_report_fits_one_sheet_with_any_title(open_page: Open, music: Music) -> None:
    page = open_page(color_scheme="dark")
    sign_in(page)
    name = "curlew " + "c" * 200
    tags = {"title": f"curlew {LONG}"[:250], "artist": LONG[:250]}
    page.goto("/")
    page.get_by_label("Songs", exact=True).set_input_files(music(f"{name}.flac", 60.0, seed=44, tags=tags))
    link = page.locator("[data-songs] .song", has_text="curlew").locator(".song-mood a").first
    expect(link).to_have_text(COMPOSITE, timeout=ANALYSIS_TIMEOUT_MS)
    link.click()
    correct(page, "tense", "nostalgic")
    page.get_by_role("link", name="Report").click()
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    expect(page.locator(".sheet")).to_contain_text("Your feedback")

    sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))
    assert len(sheets) == 1
    page.emulate_media(media="print")
    expect(page.locator(".site-header")).to_be_hidden()
    # Paper is white in every theme.
    assert page.evaluate("getComputedStyle(document.querySelector('.sheet')).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.timeout(240)
def test_these_pages_are_no_wider_than_their_screen(open_page: Open, music: Music) -> None:
    page = open_page()
    sign_in(page)
    one, other = analyse(page, *(music(f"gull {seed}.flac", 20.0, seed=seed) for seed in (45, 46)))
    for address in (one, other):
        page.goto(address)
        verdict(page).get_by_role("button", name="Agree", exact=True).click()
        expect(verdict(page)).to_contain_text("You agreed")
    ids = [address.split("/")[2] for address in (one, other)]
    for width in (390, 768, 1280, 2560):
        page.set_viewport_size({"width": width, "height": 900})
        for path in ("/corrections/", f"/compare/?a={ids[0]}&b={ids[1]}", f"/compare/?a={ids[0]}", f"{one}report/"):
            page.goto(path)
            page.evaluate("document.querySelectorAll('details:not(.menu)').forEach(part => part.open = true)")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
