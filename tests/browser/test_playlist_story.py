"""Playlists: a mixture of moods is played through, exported and read back; a sentence becomes a list."""

import re
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import m3u8
import mutagen
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.sign_in import sign_in
from tests.browser.test_story import ANALYSIS_TIMEOUT_MS, COMPOSITE

NAMES = ("Ebb", "Spring Tide", "Undertow")
ARTIST = "The Harbour Pilots"
SECONDS = 3.2
# What the player shows, and on which page.
TELL_TITLES = """{
  let told = "";
  new MutationObserver(() => {
    const title = document.querySelector("#player [data-title]")?.textContent;
    if (title && title !== told) window.heard(location.pathname, (told = title));
  }).observe(document, { childList: true, subtree: true });
}"""

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def songs(open_page: Open, music: Callable[..., Path]) -> list[Path]:
    """Three short songs in a folder, uploaded and analysed."""
    page = open_page()
    sign_in(page)
    songs = [
        music(f"{name}.flac", SECONDS, tonic=5 + number, tags={"title": name, "artist": ARTIST})
        for number, name in enumerate(NAMES)
    ]
    page.get_by_label("Songs", exact=True).set_input_files(songs)
    for name in NAMES:
        row = page.locator("[data-songs] .song", has_text=name)
        expect(row.locator(".song-mood a")).to_have_text(COMPOSITE, timeout=ANALYSIS_TIMEOUT_MS)
    return songs


def titles(page: Page) -> list[str]:
    return page.locator(".playlist-songs strong").all_inner_texts()


def test_a_mixture_becomes_a_playlist_that_is_played_through_exported_and_read_back(
    open_page: Open, songs: list[Path]
) -> None:
    page = open_page()
    sign_in(page)
    page.goto("/songs/?q=pilots")
    page.get_by_role("link", name="Make a playlist").click()
    page.get_by_label("Name", exact=True).fill("Tides")
    expect(page.get_by_label("Calm", exact=True)).to_be_hidden()
    page.get_by_label("A mixture of moods").check()
    page.get_by_label("Calm", exact=True).select_option(label="very")
    page.get_by_label("Tense", exact=True).select_option(label="not")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Preview")).to_be_visible()
    expect(page.locator(".playlist-songs li").first).to_contain_text(re.compile(r"Calm \d+ %, Tense \d+ % only"))
    previewed = titles(page)
    assert sorted(previewed) == sorted(NAMES)
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_role("heading", name="Tides")).to_be_visible()
    assert titles(page) == previewed
    playlist = page.url

    heard: list[tuple[str, str]] = []
    page.expose_function("heard", lambda path, title: heard.append((path, title)))
    page.add_init_script(TELL_TITLES)
    page.reload()
    page.get_by_role("main").get_by_role("button", name="Play", exact=True).click()
    for link in ("Map", "History"):
        page.get_by_role("navigation", name="Main").get_by_role("link", name=link).click()
        expect(page.locator("#player [data-title]")).to_have_text(re.compile("."))
    player = page.get_by_role("region", name="Player")
    expect(player.get_by_role("button", name="Play", exact=True)).to_be_visible()
    # At its end, the queue is back at its first song.
    assert [title for title, _ in groupby(title for _, title in heard)] == [*previewed, previewed[0]]
    assert [path for path, _ in groupby(path for path, _ in heard)][1:] == ["/map/", "/songs/"]

    page.goto(playlist)
    with page.expect_download() as download:
        page.get_by_role("link", name="M3U8").click()
    file = songs[0].with_name(download.value.suggested_filename)
    download.value.save_as(file)
    assert file.name == "Tides.m3u8"
    read_back = m3u8.load(str(file)).segments
    assert [one.title for one in read_back] == [f"{ARTIST} - {title}" for title in previewed]
    assert [one.duration for one in read_back] == [round(SECONDS)] * 3
    assert [mutagen.File(file.parent / one.uri)["title"] for one in read_back] == [[title] for title in previewed]

    page.get_by_role("link", name="Navidrome").click()
    expect(page.locator(".message.error")).to_contain_text("its songs are chosen by weights of moods")
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("The playlist “Tides” is deleted.")).to_be_visible()


def test_a_sentence_is_understood_becomes_a_playlist_and_is_listed_without_scripts(
    open_page: Open, songs: list[Path]
) -> None:
    page = open_page("/", java_script_enabled=False)
    sign_in(page)
    page.goto("/songs/")
    page.get_by_role("link", name="Or ask in a sentence").click()
    box = page.get_by_label("Which songs do you want?")
    box.fill(f'very calm but not tense, by "{ARTIST}", with a kazoo')
    box.press("Enter")
    parts = page.get_by_role("form", name="Parts of the sentence")
    expect(parts.locator("legend")).to_have_text(["Mood", "Mood", "Artist"])
    expect(parts.get_by_label("Mood 1", exact=True)).to_have_value("calm")
    expect(parts.get_by_label("How much of the mood 2")).to_have_value("not")
    expect(parts.get_by_label("Artist", exact=True)).to_have_value(ARTIST)
    expect(page.locator(".notice", has_text="Not understood:")).to_contain_text("kazoo")
    expect(page.get_by_role("heading", name="3 songs")).to_be_visible()
    found = titles(page)
    assert sorted(found) == sorted(NAMES)

    page.get_by_label("Name", exact=True).fill("Slack water")
    page.get_by_role("button", name="Keep as playlist").click()
    expect(page.get_by_role("heading", name="Slack water")).to_be_visible()
    assert titles(page) == found
    page.get_by_role("link", name="All playlists").click()
    listed = page.locator(".playlists li", has_text="Slack water")
    expect(listed).to_contain_text("3 songs")
    expect(listed).to_contain_text("Calm, not Tense")

    # The form of the rule has what was understood.
    listed.get_by_role("link").click()
    page.get_by_role("link", name="Edit").click()
    expect(page.get_by_label("A mixture of moods")).to_be_checked()
    page.get_by_label("Joyful", exact=True).select_option(label="very")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".playlist-songs li").first).to_contain_text(re.compile(r"Joyful \d+ %"))
