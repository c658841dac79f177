"""An album from its tags: its page with the cover, editing many songs, deleting with undo, and the bin."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import sounds
from tests.browser.conftest import Open
from tests.browser.sign_in import sign_in
from tests.browser.test_story import ANALYSIS_TIMEOUT_MS, COMPOSITE

TITLES = ("Low Tide", "High Tide")


@pytest.mark.timeout(300)
def test_an_album_is_shown_edited_deleted_and_restored(open_page: Open, music: Callable[..., Path]) -> None:
    page = open_page()
    sign_in(page)
    songs = [
        music(
            f"{title}.flac", 12.0, tonic=number,
            tags={"title": title, "artist": "The Sluice", "album": "Tides", "date": "2001", "tracknumber": str(number)},
        )
        for number, title in enumerate(TITLES, start=1)
    ]  # fmt: skip
    for song in songs:
        sounds.attach_cover(song, sounds.image("PNG", 600, 600))
    page.get_by_label("Songs", exact=True).set_input_files(songs)
    for title in TITLES:
        row = page.locator("[data-songs] .song", has_text=title)
        expect(row.locator(".song-mood a")).to_have_text(COMPOSITE, timeout=ANALYSIS_TIMEOUT_MS)

    page.goto("/albums/?q=tides")
    page.get_by_role("link", name="Tides").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tides")
    expect(page.locator(".group-song-title a")).to_have_text(TITLES)
    cover = page.locator("img.cover.large")
    assert cover.evaluate("image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])") == [360, 360]
    expect(page.get_by_role("img", name="2 songs around valence")).to_be_visible()
    page.get_by_role("link", name="The Sluice").click()
    expect(page.locator(".group-name")).to_contain_text("Tides")

    page.goto("/songs/?album=tides")
    page.get_by_label("Select All on this page").check()
    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_label("Album", exact=True).fill("Spring Tides")
    page.get_by_label("Year").fill("2002")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved for 2 songs.")).to_be_visible()
    page.goto("/songs/?album=spring+tides&year_from=2002")
    expect(page.locator(".song")).to_have_count(2)

    page.get_by_label("Select All on this page").check()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Move 2 songs to the bin").click()
    expect(page.get_by_text("2 songs are in the bin.")).to_be_visible()
    expect(page.locator(".song")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("2 songs are back in your history.")).to_be_visible()
    expect(page.locator(".song")).to_have_count(2)

    page.get_by_role("link", name="Delete Low Tide").click()
    page.get_by_role("button", name="Move to bin").click()
    page.get_by_role("link", name="Bin", exact=True).first.click()
    page.get_by_label("Select Low Tide").check()
    page.get_by_role("button", name="Delete selected songs permanently").click()
    page.get_by_role("button", name="Delete 1 song permanently").click()
    expect(page.get_by_text("Deleted 1 song permanently.")).to_be_visible()
    expect(page.get_by_label("Select Low Tide")).to_have_count(0)
