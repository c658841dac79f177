"""Moods go into the files of a library, are read there by another program, and are taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from ml.audio.audio_hash import audio_hash
from tests import sounds
from tests.browser.sign_in import signed_in_page
from tests.browser.test_story import ANALYSIS_TIMEOUT_MS
from tests.system.clients import BrowserClient
from tests.system.processes import wait_for
from tests.system.product import RunningProduct
from tests.tag_programs import by_taglib

SONGS = 4


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An album in several formats."""
    folder = tmp_path_factory.mktemp("music")
    for number, suffix in enumerate((".mp3", ".flac", ".m4a", ".opus")):
        song = sounds.music(12.0, seed=300 + number)
        sounds.write(
            folder / f"{number} song{suffix}", song, tags={"title": f"Piece {number}", "artist": "The Testers"}
        )
    return folder


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, library: Path) -> Iterator[RunningProduct]:
    settings = {"MUSIC_DIRS": str(library), "MUSIC_DIRS_WRITABLE": str(library)}
    with RunningProduct(tmp_path_factory.mktemp("tags") / "var", **settings) as product:
        wait_for(lambda: BrowserClient(product.address).health().get("worker"), what="worker that answers")
        yield product


@pytest.fixture
def page(browser: Browser, product: RunningProduct) -> Iterator[Page]:
    with signed_in_page(browser, product.address) as page:
        yield page


def analysed_at(page: Page) -> dict[str, str]:
    songs = page.request.get("/api/predictions/?page_size=50").json()["results"]
    assert {song["status"] for song in songs} == {"done"}
    return {song["id"]: song["finished_at"] for song in songs}


def expect_accessible(page: Page) -> None:
    assert [violation["id"] for violation in Axe().run(page).response["violations"]] == []


@pytest.mark.timeout(900)
def test_moods_are_previewed_written_read_by_another_program_and_undone(page: Page, library: Path) -> None:
    paths = sorted(library.iterdir())
    page.goto("/sources/add/")
    page.get_by_role("button", name="Add this folder").click()
    expect(page.get_by_text(f"{SONGS} of {SONGS} songs")).to_be_visible(timeout=ANALYSIS_TIMEOUT_MS)
    # What the models say of synthetic sounds need not be certain; what their owner states counts in any case.
    page.goto("/songs/")
    page.get_by_label("All on this page").check()
    page.get_by_role("button", name="Correct moods").click()
    page.get_by_label("Main mood").select_option("calm")
    page.get_by_label("Second mood").select_option("dreamy")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(f"Your moods for {SONGS} songs are saved.")).to_be_visible()
    before, hashes = analysed_at(page), [audio_hash(path) for path in paths]
    contents = [path.read_bytes() for path in paths]

    page.goto("/sources/")
    page.get_by_role("heading", level=2).get_by_role("link").click()
    page.get_by_role("link", name="Write moods into the files").click()
    expect_accessible(page)
    page.get_by_label("Also write valence and arousal").check()
    page.get_by_role("button", name="Preview").click()
    write = page.get_by_role("button", name=f"Write moods into {SONGS} files")
    expect(write).to_be_visible(timeout=60_000)
    expect(page.get_by_role("cell", name="Calm and Dreamy; Calm; Dreamy")).to_have_count(SONGS)
    expect_accessible(page)
    assert [path.read_bytes() for path in paths] == contents

    write.click()
    expect(page.get_by_role("heading", name="Written")).to_be_visible(timeout=60_000)
    expect(page.locator("[data-announcer]")).to_have_text("Written")
    for number, path in enumerate(paths):
        tags = by_taglib(path)
        assert tags["MOOD"] == ["Calm and Dreamy", "Calm", "Dreamy"]
        assert (tags["TITLE"], tags["ARTIST"]) == ([f"Piece {number}"], ["The Testers"])
        assert 1 <= float(tags["VALENCE"][0]) <= 9
    assert [audio_hash(path) for path in paths] == hashes

    page.get_by_role("link", name="Moods in the files of").click()
    page.locator(".row").get_by_role("link").first.click()
    page.get_by_role("button", name="Scan now").click()
    expect(page.get_by_text(re.compile(f"^Last scan.*{SONGS} files, nothing new"))).to_be_visible(timeout=60_000)
    assert analysed_at(page) == before

    page.get_by_role("link", name="Write moods into the files").click()
    page.get_by_role("link", name="Written").click()
    page.get_by_role("button", name=f"Undo {SONGS} files").click()
    expect(page.get_by_role("heading", name="Undone")).to_be_visible(timeout=60_000)
    assert ["MOOD" in by_taglib(path) for path in paths] == [False] * SONGS
    assert [audio_hash(path) for path in paths] == hashes


def test_a_tagged_copy_is_downloaded(page: Page, tmp_path: Path) -> None:
    page.goto("/songs/?q=Piece+0")
    page.locator("[data-row-link]").first.click()
    page.get_by_text("About this song").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download with moods in the tags").click()
    copy = tmp_path / "copy.mp3"
    download.value.save_as(copy)
    assert download.value.suggested_filename == "0 song.mp3"
    assert by_taglib(copy)["MOOD"] == ["Calm and Dreamy", "Calm", "Dreamy"]
