"""Whole folders, chosen and dropped."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests import sounds
from tests.browser.uploads.conftest import Music, expect_done, row


@pytest.mark.timeout(600)
def test_a_folder_is_uploaded_and_the_title_of_the_page_counts(page: Page, music: Music, tmp_path: Path) -> None:
    folder = tmp_path / "An Album"
    (folder / "CD 2").mkdir(parents=True)
    for number in range(1, 4):
        song = music(f"{number:02} piece.flac", 15.0, seed=60 + number)
        song.rename(folder / ("CD 2" if number > 2 else ".") / song.name)
    # Long enough that the page sees the others done before it.
    sounds.write_long(folder / "CD 2" / "04 piece.mp3", 1500)
    (folder / "cover.jpg").write_bytes(b"\xff\xd8\xff" + bytes(100))
    (folder / "An Album.m3u").write_text("#EXTM3U\n")
    page.evaluate("""() => {
        window.titles = [];
        new MutationObserver(() => window.titles.push(document.title))
          .observe(document.querySelector("title"), { childList: true });
    }""")
    title = page.title()

    page.get_by_label("Folder of songs").set_input_files(folder)

    expect(page.get_by_text("Skipped 2 files that are not audio.")).to_be_visible()
    for number in range(1, 5):
        expect_done(row(page, f"{number:02} piece"))
    expect(page.locator("[data-batch-text]")).to_have_text("4 done.")
    expect(page).to_have_title(title)
    titles = page.evaluate("window.titles")
    assert titles[0] == "0 of 4 · Countermood"
    assert set(titles) & {f"{done} of 4 · Countermood" for done in (1, 2, 3)}
    expect(page.locator("[data-queue-status]")).to_be_hidden()


@pytest.mark.timeout(600)
def test_a_dropped_folder_is_walked(page: Page, network: CDPSession, music: Music, tmp_path: Path) -> None:
    folder = tmp_path / "dropped"
    (folder / "deep" / "deeper").mkdir(parents=True)
    music("at the bottom.flac", 15.0, seed=71).rename(folder / "deep" / "deeper" / "at the bottom.flac")
    (folder / "notes.txt").write_text("not audio")
    alone = music("beside it.flac", 15.0, seed=72)
    data = {"items": [], "files": [str(folder), str(alone)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        network.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 60, "data": data})
    expect(page.get_by_text("Skipped 1 file that is not audio.")).to_be_visible()
    expect_done(row(page, "at the bottom.flac"))
    expect_done(row(page, "beside it.flac"))


@pytest.mark.timeout(600)
def test_songs_can_be_dropped_onto_the_history(page: Page, network: CDPSession, music: Music) -> None:
    page.goto("/songs/")
    data = {"items": [], "files": [str(music("late comer.flac", 15.0, seed=73))], "dragOperationsMask": 1}
    network.send("Input.dispatchDragEvent", {"type": "dragEnter", "x": 300, "y": 60, "data": data})
    expect(page.locator(":root")).to_have_attribute("data-dropping", "")
    for kind in ("dragOver", "drop"):
        network.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 60, "data": data})
    expect(page.locator(":root")).not_to_have_attribute("data-dropping", "")
    expect(page.get_by_role("heading", name="Uploads")).to_be_visible()
    expect_done(row(page, "late comer.flac"))
