"""What a person says of songs, two songs side by side, and a song on paper."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.people import come_in
from tests.browser.test_story import COMPOSITE, HEARD_IN_MS

Music = Callable[..., Path]
LONG = "A title that goes on and on " * 9


def hear(page: Page, *songs: Path) -> list[str]:
    """Hands in songs and waits for their moods; the addresses of their pages, in the same order."""
    page.goto("/")
    page.get_by_label("Songs", exact=True).set_input_files(songs)
    found = []
    for song in songs:
        link = page.locator("[data-songs] .song", has_text=song.stem).locator(".song-mood a").first
        expect(link).to_have_text(COMPOSITE, timeout=HEARD_IN_MS)
        found.append(link.get_attribute("href"))
    return found


def own_part(page: Page):
    return page.locator("#your-ear")


@pytest.mark.timeout(240)
def test_a_person_agrees_corrects_and_sees_it_counted(open_page: Open, music: Music) -> None:
    page = open_page()
    come_in(page)
    [address] = hear(page, music("tern.flac", 25.0, seed=41, tags={"title": "tern"}))
    page.goto(address)
    page.evaluate("window.stayed = true")

    fits = own_part(page).get_by_role("button", name="It fits")
    fits.click()
    expect(fits).to_have_attribute("aria-pressed", "true")
    expect(fits).to_be_focused()
    expect(page.locator("[data-verdict-status]")).to_have_text("Saved: it fits.")
    expect(own_part(page)).to_contain_text("You said that it fits")

    page.get_by_label("First of all").select_option("tension")
    page.get_by_label("And also").select_option("amazement")
    own_part(page).get_by_role("button", name="Save").click()
    expect(own_part(page)).to_contain_text("You set the moods yourself")
    expect(own_part(page)).to_contain_text("Wondrous")
    assert page.evaluate("window.stayed"), "the page was left, and the music with it"

    page.goto("/your-ear/")
    row = page.locator(".judged-songs tbody tr", has_text="tern")
    expect(row).to_contain_text("Wondrous")
    square = page.locator("#first td a").first
    told = square.get_attribute("title")
    square.click()
    expect(page).to_have_url(re.compile(r"/songs/\?first=.*said_first="))
    expect(page.locator(".songs [data-song]")).to_have_count(int(told.split(" ")[0]))

    page.goto(address)
    own_part(page).get_by_role("button", name="Take it back").click()
    expect(own_part(page)).not_to_contain_text("You set the moods yourself")
    page.goto("/your-ear/")
    expect(page.locator("main")).not_to_contain_text("tern")


@pytest.mark.timeout(240)
def test_a_word_is_said_without_a_script(open_page: Open, music: Music) -> None:
    page = open_page()
    come_in(page)
    [address] = hear(page, music("plover.flac", 20.0, seed=42))
    plain = open_page(java_script_enabled=False)
    come_in(plain)
    plain.goto(address)
    own_part(plain).get_by_role("button", name="It does not").click()
    expect(plain.locator(".messages")).to_contain_text("Saved: it does not fit.")
    expect(own_part(plain)).to_contain_text("Which moods would be right?")


@pytest.mark.timeout(240)
def test_two_mixes_are_heard_at_the_same_place(open_page: Open, music: Music) -> None:
    page = open_page()
    come_in(page)
    dull = music("heron (rough mix).flac", 40.0, seed=43, brightness=0.2, tags={"title": "heron (rough mix)"})
    bright = music("heron (final mix).flac", 40.0, seed=43, brightness=0.9, tags={"title": "heron (final mix)"})
    one, _ = hear(page, dull, bright)
    page.goto(one)
    page.get_by_role("link", name="Compare with").click()
    expect(page.get_by_role("heading", name="Perhaps another version of it")).to_be_visible()
    page.get_by_role("link", name=re.compile("final mix")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Side by side")
    for title in ("Over time", "Nine emotions", "Where they lie", "What differs most in the sound"):
        expect(page.get_by_role("heading", name=title)).to_be_visible()
    assert page.locator(".compare-emotions li").count() == 9

    place = page.get_by_role("slider", name="Position in both songs")
    place.focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("Math.round(document.querySelector('#audio-a').currentTime) === 10")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("!document.querySelector('#audio-a').paused")
    place.focus()
    page.keyboard.press("b")
    page.wait_for_function(
        "() => { const [a, b] = ['a', 'b'].map(name => document.querySelector(`#audio-${name}`));"
        " return a.paused && !b.paused && b.currentTime >= 10 && b.currentTime < 20 }"
    )
    expect(page.get_by_role("button", name=re.compile("Hear B"))).to_have_attribute("aria-pressed", "true")
    volumes = page.evaluate("['a', 'b'].map(name => document.querySelector(`#audio-${name}`).volume)")
    assert sorted(volumes)[1] == 1
    assert sorted(volumes)[0] < 1
    page.get_by_label("Equally loud").uncheck()
    assert page.evaluate("['a', 'b'].map(name => document.querySelector(`#audio-${name}`).volume)") == [1, 1]

    page.get_by_role("link", name="End to end").click()
    expect(page).to_have_url(re.compile("align=part"))
    page.get_by_role("link", name="Exchange A and B").click()
    expect(page.locator(".compare-title").first).to_contain_text("final mix")


@pytest.mark.timeout(240)
def test_a_report_is_one_sheet_of_paper_however_long_its_words(open_page: Open, music: Music) -> None:
    page = open_page(color_scheme="dark")
    come_in(page)
    name = "curlew " + "c" * 200
    tags = {"title": f"curlew {LONG}"[:250], "artist": LONG[:250]}
    page.goto("/")
    page.get_by_label("Songs", exact=True).set_input_files(music(f"{name}.flac", 60.0, seed=44, tags=tags))
    link = page.locator("[data-songs] .song", has_text="curlew").locator(".song-mood a").first
    expect(link).to_have_text(COMPOSITE, timeout=HEARD_IN_MS)
    link.click()
    page.get_by_label("First of all").select_option("tension")
    page.get_by_label("And also").select_option("nostalgia")
    own_part(page).get_by_role("button", name="Save").click()
    expect(own_part(page)).to_contain_text("You set the moods yourself")
    page.get_by_role("link", name="Report").click()
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    expect(page.locator(".sheet")).to_contain_text("A listener says")

    sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))
    assert len(sheets) == 1
    page.emulate_media(media="print")
    expect(page.locator(".site-header")).to_be_hidden()
    # Paper is white, whatever the screen is.
    assert page.evaluate("getComputedStyle(document.querySelector('.sheet')).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.timeout(240)
def test_these_pages_are_no_wider_than_their_screen(open_page: Open, music: Music) -> None:
    page = open_page()
    come_in(page)
    one, other = hear(page, *(music(f"gull {seed}.flac", 20.0, seed=seed) for seed in (45, 46)))
    for address in (one, other):
        page.goto(address)
        own_part(page).get_by_role("button", name="It fits").click()
        expect(own_part(page)).to_contain_text("You said that it fits")
    ids = [address.split("/")[2] for address in (one, other)]
    for width in (390, 768, 1280, 2560):
        page.set_viewport_size({"width": width, "height": 900})
        for path in ("/your-ear/", f"/compare/?a={ids[0]}&b={ids[1]}", f"/compare/?a={ids[0]}", f"{one}report/"):
            page.goto(path)
            page.evaluate("document.querySelectorAll('details:not(.menu)').forEach(part => part.open = true)")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
