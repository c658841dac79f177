"""A whole library: a folder is connected, analysed once, and stays so when its files are renamed and retagged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import mutagen
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests import sounds
from tests.browser.sign_in import signed_in_page
from tests.browser.test_story import ANALYSIS_TIMEOUT_MS
from tests.system.clients import BrowserClient
from tests.system.processes import wait_for
from tests.system.product import RunningProduct

SONGS = 6


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two albums of three songs, in a folder of music."""
    folder = tmp_path_factory.mktemp("music")
    for number in range(SONGS):
        album = folder / ("First Album" if number < 3 else "Second Album")
        album.mkdir(exist_ok=True)
        song = sounds.music(12.0, seed=200 + number)
        sounds.write(album / f"{number} song.mp3", song, tags={"title": f"Piece {number}", "artist": "The Testers"})
    return folder


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, library: Path) -> Iterator[RunningProduct]:
    """A server that may read this folder."""
    settings = {"MUSIC_DIRS": str(library), "SOURCE_WATCH": "off"}
    with RunningProduct(tmp_path_factory.mktemp("sources") / "var", **settings) as product:
        wait_for(lambda: BrowserClient(product.address).health().get("worker"), what="worker that answers")
        yield product


@pytest.fixture
def page(browser: Browser, product: RunningProduct) -> Iterator[Page]:
    with signed_in_page(browser, product.address) as page:
        yield page


def state(page: Page) -> Locator:
    return page.locator(".source-line strong")


def fact(page: Page, name: str) -> str:
    return page.locator(".source-facts dt", has_text=re.compile(f"^{name}$")).locator("+ dd").inner_text()


def scan(page: Page) -> None:
    """And wait until it is over."""
    page.get_by_role("button", name="Scan now").click()
    expect(page.get_by_text(re.compile("A scan of .* begins in a moment"))).to_be_visible()
    expect(page.get_by_text(re.compile("^Last scan"))).to_be_visible(timeout=60_000)


def analysed_at(page: Page) -> dict[str, str]:
    """When the analysis of each song ended, by its id."""
    songs = page.request.get("/api/predictions/?page_size=50").json()["results"]
    assert {song["status"] for song in songs} == {"done"}
    return {song["id"]: song["finished_at"] for song in songs}


def retag(path: Path, **tags: str) -> None:
    file = mutagen.File(path, easy=True)
    file.update({name: [value] for name, value in tags.items()})
    file.save()


def expect_accessible(page: Page) -> None:
    assert [violation["id"] for violation in Axe().run(page).response["violations"]] == []


@pytest.mark.timeout(900)
def test_a_library_is_analysed_once_whatever_happens_to_its_files(page: Page, library: Path) -> None:
    page.get_by_role("link", name="Sources", exact=True).first.click()
    page.get_by_role("link", name="Add a source").click()
    expect(page.get_by_role("link", name="First Album")).to_be_visible()
    expect_accessible(page)
    page.get_by_label("Name in Countermood").fill("Everything")
    page.get_by_role("button", name="Add this folder").click()

    expect(page.get_by_role("heading", name="Everything")).to_be_visible()
    expect(page.get_by_text(f"{SONGS} of {SONGS} songs")).to_be_visible(timeout=ANALYSIS_TIMEOUT_MS)
    expect(state(page)).to_have_text("Up to date")
    expect(page.locator("[data-announcer]")).to_have_text("Up to date")
    expect_accessible(page)
    before = analysed_at(page)
    assert len(before) == SONGS

    (library / "First Album").rename(library / "Renamed Album")
    (library / "Second Album" / "3 song.mp3").rename(library / "third piece.mp3")
    retag(library / "Second Album" / "4 song.mp3", title="Another title")
    scan(page)

    expect(page.get_by_text(re.compile(rf"{SONGS} files, 1 changed, 4 moved"))).to_be_visible()
    assert fact(page, "Analysed") == str(SONGS)
    assert analysed_at(page) == before
    page.get_by_role("link", name="Show these songs in the history").click()
    expect(page.get_by_role("link", name="Another title", exact=True)).to_be_visible()
    expect(page.locator(".song")).to_have_count(SONGS)
    expect(page.get_by_text("Source: Everything")).to_be_visible()
    page.get_by_role("link", name="Another title", exact=True).click()
    page.get_by_text("About this song").click()
    expect(page.get_by_text("Second Album/4 song.mp3")).to_be_visible()


@pytest.mark.timeout(900)
def test_a_paused_library_waits(page: Page, library: Path) -> None:
    page.goto("/sources/")
    page.get_by_role("link", name="Everything").click()
    page.get_by_role("button", name="Pause").click()
    expect(state(page)).to_have_text("Paused")
    sounds.write(library / "new song.mp3", sounds.music(12.0, seed=300))
    scan(page)
    expect(page.get_by_text(f"{SONGS} of {SONGS + 1} songs")).to_be_visible()
    page.goto("/")
    expect(page.get_by_text("1 song waits in the background")).to_be_visible()
    page.goto("/sources/")
    expect(state(page)).to_have_text("Paused")
    page.get_by_role("link", name="Everything").click()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text(f"{SONGS + 1} of {SONGS + 1} songs")).to_be_visible(timeout=ANALYSIS_TIMEOUT_MS)


@pytest.mark.timeout(900)
def test_a_removed_library_leaves_its_files(page: Page, library: Path) -> None:
    files = sorted(library.rglob("*.mp3"))
    page.goto("/sources/")
    page.get_by_role("link", name="Everything").click()
    page.get_by_role("link", name="Remove").click()
    expect(page.get_by_text("The folder and its files stay as they are.")).to_be_visible()
    expect_accessible(page)
    page.get_by_role("button", name="Remove source and songs").click()
    expect(page.get_by_text(re.compile("Removed Everything with"))).to_be_visible()
    page.goto("/songs/")
    expect(page.get_by_text("No songs yet.")).to_be_visible()
    assert sorted(library.rglob("*.mp3")) == files
