"""The queue of the player: what is in it, and how it is changed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.player.conftest import ALBUM, Player

pytestmark = pytest.mark.timeout(240)
PLAY = re.compile("^Play ")


def test_the_queue_is_used_by_keyboard(player: Player) -> None:
    player.start()
    page, press = player.page, player.page.keyboard.press
    player.button("Pause").focus()
    press("Space")
    expect(player.button("Play")).to_be_focused()
    player.position.focus()
    before = player.seconds()
    press("ArrowRight")
    press("ArrowRight")
    player.wait_until_after(before + 8)
    player.button("Queue").focus()
    press("Enter")
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    assert player.queue() == ["Ferry 1", "Ferry 2", "Ferry 3"]
    player.button("Move down: Ferry 1").focus()
    press("Enter")
    expect(player.button("Move down: Ferry 1")).to_be_focused()
    press("Enter")
    assert player.queue() == ["Ferry 2", "Ferry 3", "Ferry 1"]
    expect(player.button("Move up: Ferry 1")).to_be_focused()
    player.button("Remove: Ferry 2").focus()
    press("Enter")
    expect(player.button("Remove: Ferry 3")).to_be_focused()
    assert player.queue() == ["Ferry 3", "Ferry 1"]
    press("Escape")
    expect(player.button("Queue")).to_be_focused()
    expect(page.get_by_role("heading", name="Queue")).to_be_hidden()
    page.reload()
    player.button("Queue").click()
    assert player.queue() == ["Ferry 3", "Ferry 1"]
    player.button("Clear").click()
    expect(player.bar).to_be_hidden()
    expect(page.locator("main")).to_be_focused()


def test_shuffling_keeps_the_song_that_plays_and_can_be_undone(player: Player) -> None:
    player.start()
    player.button("Next song").click()
    player.button("Shuffle").click()
    expect(player.button("Shuffle")).to_have_attribute("aria-pressed", "true")
    player.button("Queue").click()
    shuffled = player.queue()
    assert shuffled[0] == "Ferry 2"
    assert sorted(shuffled) == ["Ferry 1", "Ferry 2", "Ferry 3"]
    player.button("Shuffle").click()
    assert player.queue() == ["Ferry 1", "Ferry 2", "Ferry 3"]
    expect(player.title).to_have_text("Ferry 2")


def test_a_row_of_the_history_is_played_with_the_songs_around_it(player: Player) -> None:
    player.page.goto("/songs/?album=ferry&sort=album")
    player.page.get_by_role("button", name="Play Ferry 2").click()
    expect(player.title).to_have_text("Ferry 2")
    player.button("Queue").click()
    assert player.queue() == ["Ferry 1", "Ferry 2", "Ferry 3"]


def test_a_selection_of_the_history_is_played_with_songs_of_other_pages(player: Player) -> None:
    page = player.page
    page.goto("/songs/?q=ferry&sort=title")
    page.get_by_label("Select Ferry 3").check()
    page.locator("[data-search]").fill("short")
    page.keyboard.press("Enter")
    page.get_by_label("Select Short 1").check()
    page.get_by_role("form", name="Actions for the selected songs").get_by_role(
        "button", name="Play", exact=True
    ).click()
    expect(player.button("Pause")).to_be_visible()
    player.button("Queue").click()
    assert sorted(player.queue()) == ["Ferry 3", "Short 1"]


def test_similar_songs_are_played_from_the_page_of_a_song(player: Player) -> None:
    page = player.page
    page.goto(ALBUM)
    page.locator(".group-songs").get_by_role("link", name="Ferry 3").click()
    page.get_by_role("button", name="Play with similar songs").click()
    expect(player.title).to_have_text("Ferry 3")
    player.button("Queue").click()
    assert player.queue()[0] == "Ferry 3"
    assert len(player.queue()) == 6
    # The page's own player pauses the queue, and the other way round.
    page.keyboard.press("Escape")
    page.locator("[data-play]").click()
    expect(player.button("Play")).to_be_visible()
    player.button("Play").click()
    expect(page.locator("[data-play]")).to_have_attribute("aria-label", "Play")


def test_a_playlist_is_played_in_its_order(player: Player) -> None:
    page = player.page
    page.goto("/playlists/")
    page.locator(".ready-made a").first.click()
    titles = page.locator(".playlist-songs strong").all_inner_texts()
    page.get_by_role("button", name=f"Play {titles[-1]}").click()
    expect(player.title).to_have_text(titles[-1])
    player.button("Queue").click()
    assert player.queue() == titles
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Keep this playlist").click()
    expect(player.button("Pause")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Play", exact=True).click()
    expect(player.title).to_have_text(titles[0])
    page.goto("/playlists/")
    page.locator(".playlists").get_by_role("button", name=PLAY).click()
    expect(player.title).to_have_text(titles[0])
