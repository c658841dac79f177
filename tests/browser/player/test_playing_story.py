"""The player plays: to the end, from key presses, and past songs that cannot be played."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.player.conftest import ALBUM, SHORT, Player

pytestmark = pytest.mark.timeout(240)


def test_a_queue_is_played_through_to_its_end(player: Player) -> None:
    player.page.add_init_script(
        """addEventListener("DOMContentLoaded", () => {
          window.titles = [];
          const title = document.querySelector("[data-title]");
          new MutationObserver(() => window.titles.push(title.textContent)).observe(title, { childList: true });
        });"""
    )
    player.start(SHORT)
    expect(player.button("Play")).to_be_visible()
    expect(player.title).to_have_text("Short 1")
    assert player.page.evaluate("window.titles") == ["Short 1", "Short 2", "Short 3", "Short 1"]
    player.button("Repeat: off").click()
    player.button("Play").click()
    player.page.wait_for_function("() => window.titles.length > 7")
    expect(player.button("Pause")).to_be_visible()


def test_next_previous_and_seeking(player: Player) -> None:
    player.start()
    player.button("Next song").click()
    expect(player.title).to_have_text("Ferry 2")
    player.button("Previous song").click()
    expect(player.title).to_have_text("Ferry 1")
    box = player.position.bounding_box()
    assert box
    player.page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] / 2)
    player.wait_until_after(19)
    # After some seconds, Previous is the start of the same song.
    player.button("Previous song").click()
    player.page.wait_for_function("() => Number(document.querySelector('[data-seek]').value) < 10")
    expect(player.title).to_have_text("Ferry 1")


def test_media_keys_and_what_the_system_shows(player: Player) -> None:
    player.start()
    page = player.page
    shown = "[navigator.mediaSession.metadata].map(({ title, artist, album }) => [title, artist, album])[0]"
    assert page.evaluate(shown) == ["Ferry 1", "The Night", "Ferry"]
    page.evaluate("window.mediaKeys.nexttrack({})")
    expect(player.title).to_have_text("Ferry 2")
    assert page.evaluate(shown) == ["Ferry 2", "The Night", "Ferry"]
    page.evaluate("window.mediaKeys.pause({})")
    expect(player.button("Play")).to_be_visible()
    page.wait_for_function("() => navigator.mediaSession.playbackState === 'paused'")
    page.evaluate("window.mediaKeys.play({})")
    expect(player.button("Pause")).to_be_visible()
    page.evaluate("window.mediaKeys.seekto({ seekTime: 30 })")
    player.wait_until_after(29)
    page.evaluate("window.mediaKeys.seekbackward({ seekOffset: 20 })")
    page.wait_for_function("() => Number(document.querySelector('[data-seek]').value) < 20")


def test_a_song_that_cannot_be_played_is_skipped_with_a_sentence(player: Player) -> None:
    page = player.page
    page.goto(ALBUM)
    second = page.locator(".group-songs li", has_text="Ferry 2").get_by_role("link").get_attribute("href")
    page.route(f"**{second}audio", lambda route: route.fulfill(body=b"no audio", content_type="audio/flac"))
    player.start()
    player.button("Next song").click()
    expect(player.title).to_have_text("Ferry 3")
    expect(player.note).to_have_text("“Ferry 2” cannot be played and was skipped.")
    page.route("**/audio", lambda route: route.fulfill(status=404))
    player.button("Previous song").click()
    expect(player.note).to_have_text("“Ferry 3” cannot be played.")
    expect(player.button("Play")).to_be_visible()
