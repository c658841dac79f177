"""The player on every page, in every tab and on every screen."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.player.conftest import ALBUM, Player, new_context
from tests.browser.test_accessibility import description
from tests.browser.test_layout import SMALL_TARGETS
from tests.browser.test_vitals import MAX_LAYOUT_SHIFT, RECORD_VITALS
from tests.system.clients import BrowserClient

pytestmark = pytest.mark.timeout(240)


def test_the_sound_goes_on_from_page_to_page(player: Player) -> None:
    player.start()
    player.wait_until_after(1)
    for link, heading in (("Map", "Mood map"), ("History", "History"), ("Upload", "What does your music feel like?")):
        before = player.seconds()
        player.page.get_by_role("navigation", name="Main").get_by_role("link", name=link).click()
        expect(player.page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        expect(player.title).to_have_text("Ferry 1")
        expect(player.button("Pause")).to_be_visible()
        player.wait_until_after(before)
    player.page.go_back()
    expect(player.button("Pause")).to_be_visible()
    player.button("Pause").click()
    expect(player.button("Play")).to_be_visible()
    paused_at = player.seconds()
    player.page.reload()
    expect(player.button("Play")).to_be_visible()
    assert abs(player.seconds() - paused_at) <= 1


def test_the_player_is_reached_by_a_skip_link(player: Player) -> None:
    player.start()
    player.page.reload()
    skip = player.page.get_by_role("link", name="Skip to the player")
    skip.focus()
    expect(skip).to_be_in_viewport()
    player.page.keyboard.press("Enter")
    player.page.keyboard.press("Tab")
    expect(player.bar.get_by_role("link", name="Ferry 1")).to_be_focused()


def test_one_tab_plays_at_a_time_and_a_new_one_is_silent(context: BrowserContext, player: Player) -> None:
    player.start()
    other = Player(context.new_page())
    other.start()
    expect(player.button("Play")).to_be_visible()
    player.button("Play").click()
    expect(other.button("Play")).to_be_visible()
    # A tab that a script opens has a copy of the queue, and does not play it.
    with context.expect_page() as opened:
        player.page.evaluate("window.open('/songs/')")
    copy = Player(opened.value)
    expect(copy.title).to_have_text("Ferry 1")
    expect(copy.button("Play")).to_be_visible()
    expect(player.button("Pause")).to_be_visible()


def test_signing_out_forgets_the_queue(browser: Browser, address: str) -> None:
    client = BrowserClient(address)
    client.sign_in()
    context = new_context(browser, address, client)
    player = Player(context.new_page())
    player.start()
    player.page.locator(".menu summary").click()
    player.page.get_by_role("button", name="Log out").click()
    expect(player.page.get_by_role("button", name="Sign in")).to_be_visible()
    player.page.wait_for_function("() => Object.keys(sessionStorage).every((key) => !key.startsWith('queue'))")
    context.close()


def test_without_a_server_the_player_says_so(player: Player) -> None:
    player.page.goto(ALBUM)
    player.page.route("**/play-queue/**", lambda route: route.abort("internetdisconnected"))
    player.page.locator(".group-head").get_by_role("button", name="Play").click()
    expect(player.note).to_have_text("The server does not answer. Try again.")
    expect(player.bar).to_be_hidden()


def test_without_scripts_nothing_offers_a_queue(browser: Browser, address: str, signed_in: BrowserClient) -> None:
    context = new_context(browser, address, signed_in, java_script_enabled=False)
    page = context.new_page()
    page.goto("/songs/")
    expect(page.get_by_role("link", name="Ferry 1", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Play"))).to_have_count(0)
    context.close()


@pytest.mark.parametrize(("theme", "width"), [("light", 390), ("dark", 1280)], ids=str)
def test_the_player_fits_every_screen(
    browser: Browser, address: str, signed_in: BrowserClient, theme: str, width: int
) -> None:
    """Accessible, touchable, covers nothing, moves nothing, and is not printed."""
    phone = {"has_touch": True, "is_mobile": True} if width < 500 else {}
    view = {"viewport": {"width": width, "height": 844}, "color_scheme": theme, "reduced_motion": "reduce"}
    context = new_context(browser, address, signed_in, **view, **phone)
    context.add_init_script(RECORD_VITALS)
    player = Player(context.new_page())
    page = player.page
    player.start()
    player.button("Pause").click()
    for path in ("/songs/", "/map/", ALBUM, "/password/"):
        page.goto(path, wait_until="networkidle")
        expect(player.bar).to_be_in_viewport(ratio=0.99)
        assert page.evaluate("window.vitals.shift") < MAX_LAYOUT_SHIFT, path
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        footer, bar = page.locator(".site-footer").bounding_box(), player.bar.bounding_box()
        assert footer
        assert bar
        assert footer["y"] + footer["height"] <= bar["y"] + 1, path
    player.button("Queue").click()
    expect(player.button("Shuffle")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [description(violation) for violation in Axe().run(page).response["violations"]] == []
    if width < 500:
        assert page.evaluate(SMALL_TARGETS) == []
    page.emulate_media(media="print")
    expect(player.bar).to_be_hidden()
    context.close()
