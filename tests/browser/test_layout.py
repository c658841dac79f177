"""Layout: no sideways scrolling, whatever fonts are installed; touch targets, titles, themes, keyboard."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Playwright, expect

from tests.browser.conftest import Open, launch
from tests.browser.pages import PAGES_WITH_SONGS
from tests.browser.sample_server import SampleServer
from tests.browser.sign_in import sign_in
from tests.browser.test_story import ANALYSIS_TIMEOUT_MS

FONT_FOLDERS = {name: Path("/usr/share/fonts/truetype") / name for name in ("dejavu", "liberation", "noto")}
FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""
# Width in CSS pixels and size of text in percent. At 200 % zoom, a window of 1280 px has 640 CSS pixels.
VIEWS = ((390, 100), (1280, 100), (640, 100), (390, 200), (1280, 200))
TITLES = {
    "long": "Вечная–Ночь" * 20,
    "japanese": "夜の底が白くなった、信号所に汽車が止まった。" * 6,
    "arabic": "موسيقى هادئة في الليل الطويل " * 8,
    "emoji": "🎷🌙👩🏽‍🚀 Night Music 🎻" * 8,
}
# What can be pressed, without links in running text and what is not visible.
SMALL_TARGETS = """() => {
  const controls = "button, summary, select, textarea, input:not([type=hidden]), a[href]";
  const inSentence = (element) =>
    element.matches("a") && getComputedStyle(element).display === "inline" &&
    [...element.parentElement.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  const targetOf = (element) => {
    const row = element.matches("[data-row-link]") && element.closest(".song");
    const label = element.matches("[type=checkbox], [type=radio], [type=file]") && element.labels[0];
    // The button of the browser's own field, where it is not hidden behind the label.
    const file = element.matches("[type=file]") && element.getBoundingClientRect().height >= 39.5 && element;
    return row || file || label || element;
  };
  return [...document.querySelectorAll(controls)]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.disabled)
    .filter((element) => !element.closest(".visually-hidden, .skip, svg") && !inSentence(element))
    .map((element) => ({ element, box: targetOf(element).getBoundingClientRect() }))
    .filter(({ box }) => box.width && box.height && box.height < 39.5)
    .map(({ element, box }) => `${element.outerHTML.slice(0, 120)}: ${box.width} x ${box.height}`);
}"""


# Of each chart with places or directions of moods: how many labels it has, and which of them overlap.
COVERED_LABELS = """() => {
  const charts = [...document.querySelectorAll("figure .petal-chart, .plane, .compare-plane, .sheet-plane")];
  const groups = charts.map((chart) =>
    [...chart.querySelectorAll("g[class^=mood] text, .petal-chart > text")].map((text) =>
      ({ text: text.textContent, box: text.getBoundingClientRect() })));
  const overlap = (one, other) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > 0.5 &&
    Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 2; // Boxes have room for accents.
  const pairs = groups.flatMap((labels) => labels.flatMap((one, index) => {
    const others = labels.slice(index + 1).filter((other) => overlap(one.box, other.box));
    return others.map((other) => `${one.text}, ${other.text}`);
  }));
  return [groups.map((labels) => labels.length), pairs];
}"""


@pytest.fixture(params=FONT_FOLDERS)
def one_font_browser(request: pytest.FixtureRequest, playwright: Playwright, tmp_path: Path) -> Iterator[Browser]:
    with launch_with_fonts(playwright, request.param, tmp_path) as browser:
        yield browser


def launch_with_fonts(playwright: Playwright, package: str, folder: Path) -> Browser:
    """A browser that finds the fonts of a single Debian package."""
    fonts = FONT_FOLDERS[package]
    if not fonts.is_dir():
        message = f"The fonts in {fonts} are not installed; .ci/run installs them."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    config = folder / f"{package}.conf"
    config.write_text(FONTCONFIG.format(fonts=fonts, cache=folder / "cache"))
    return launch(playwright, FONTCONFIG_FILE=str(config))


def open_details(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details:not(.menu)').forEach(part => part.open = true)")


def background(page: Page) -> list[int]:
    """The page's background as red, green and blue."""
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return [int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("font_files", [True, False], ids=["own fonts", "own fonts blocked"])
def test_no_page_scrolls_sideways_with_any_installed_font(
    one_font_browser: Browser, server: SampleServer, font_files: bool
) -> None:
    context = one_font_browser.new_context(base_url=server.address)
    context.add_cookies(server.cookies(server.owner))
    if not font_files:
        context.route("**/*.woff2", lambda route: route.abort())
    page = context.new_page()
    wide = []
    for name, path in PAGES_WITH_SONGS.items():
        page.goto(path(server))
        open_details(page)
        page.evaluate("document.fonts.ready.then(() => null)")
        for width, percent in VIEWS:
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate("percent => { document.documentElement.style.fontSize = `${percent}%`; }", percent)
            actual = page.evaluate("document.documentElement.scrollWidth")
            if actual > width:
                wide.append(f"{name} at {width} px and {percent} % is {actual} px wide")
    context.close()
    assert wide == []


@pytest.mark.timeout(300)
@pytest.mark.parametrize("font_files", [True, False], ids=["own fonts", "own fonts blocked"])
def test_no_label_of_a_mood_covers_another_with_any_installed_font(
    one_font_browser: Browser, server: SampleServer, font_files: bool
) -> None:
    context = one_font_browser.new_context(base_url=server.address)
    context.add_cookies(server.cookies(server.owner))
    if not font_files:
        context.route("**/*.woff2", lambda route: route.abort())
    page = context.new_page()
    covered = {}
    for name in ("result", "compare", "report"):
        page.goto(PAGES_WITH_SONGS[name](server))
        page.evaluate("document.fonts.ready.then(() => null)")
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            counts, pairs = page.evaluate(COVERED_LABELS)
            assert set(counts) == {16}
            if pairs:
                covered[f"{name} at {width} px"] = pairs
    context.close()
    assert covered == {}


def test_text_has_the_same_width_with_any_installed_font(
    playwright: Playwright, server: SampleServer, tmp_path: Path
) -> None:
    widths = {}
    for package in FONT_FOLDERS:
        with launch_with_fonts(playwright, package, tmp_path) as browser:
            context = browser.new_context(base_url=server.address, viewport={"width": 1280, "height": 900})
            context.add_cookies(server.cookies(server.owner))
            page = context.new_page()
            page.goto("/how-good/")
            page.evaluate("document.fonts.ready.then(() => null)")
            widths[package] = [
                page.locator(text).first.bounding_box()["width"]
                for text in (".wordmark span", ".site-nav a", ".contents a")
            ]
    assert len({tuple(width) for width in widths.values()}) == 1, widths


@pytest.mark.timeout(240)
def test_no_page_scrolls_sideways_with_long_titles_in_any_script(open_page: Open, music: Callable[..., Path]) -> None:
    page = open_page()
    sign_in(page)
    files = [
        music(f"{name}.flac", 12.0, seed=60 + number, tags={"title": title, "artist": title})
        for number, (name, title) in enumerate(TITLES.items())
    ]
    page.get_by_label("Songs", exact=True).set_input_files(files)
    results = {}
    for name, title in TITLES.items():
        row = page.locator("[data-songs] .song", has_text=title[:12])
        expect(row.locator(".song-mood")).to_be_visible(timeout=ANALYSIS_TIMEOUT_MS)
        link = row.locator("[data-row-link]")
        assert line_count(row.locator(".song-title strong")) <= 2, name
        assert link.evaluate("link => getComputedStyle(link).direction") == ("rtl" if name == "arabic" else "ltr")
        results[name] = link.get_attribute("href")
    long = results["long"]
    paths = ["/", "/songs/", "/map/", "/over-time/", "/corrections/", f"{long}report/", *results.values()]
    paths += [f"{long}delete/", f"/compare/?a={long.split('/')[2]}", "/people/", "/tokens/", "/password/"]
    for path in paths:
        page.goto(path)
        open_details(page)
        for width in (390, 768, 1280, 2560):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
    page.goto(long)
    assert line_count(page.locator(".hero-song strong")) <= 2


def line_count(text: Locator) -> int:
    return text.evaluate("text => Math.round(text.clientHeight / parseFloat(getComputedStyle(text).lineHeight))")


@pytest.mark.timeout(240)
def test_every_control_is_at_least_40_px_high_on_a_phone(browser: Browser, server: SampleServer) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    context = browser.new_context(base_url=server.address, **phone)
    context.add_cookies(server.cookies(server.owner))
    page = context.new_page()
    small = {}
    for name, path in PAGES_WITH_SONGS.items():
        page.goto(path(server))
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        page.evaluate("document.fonts.ready.then(() => null)")
        if targets := page.evaluate(SMALL_TARGETS):
            small[name] = targets
    context.close()
    assert small == {}


def test_the_page_follows_the_theme_of_the_device_until_one_is_set(open_page: Open) -> None:
    page = open_page(color_scheme="dark")
    sign_in(page)
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
    sign_in(page)
    page.goto("/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="connect your whole library")).to_be_focused()
    with page.expect_file_chooser():
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    page.locator(".menu summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="API tokens")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="API tokens")).to_be_hidden()
    expect(page.locator(".menu summary")).to_be_focused()
