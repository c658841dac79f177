"""Giving songs: whole folders, over connections that break, and pages that are left."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Locator, Page, expect

from tests import sounds
from tests.browser.conftest import Open
from tests.browser.people import come_in
from tests.browser.test_story import COMPOSITE, HEARD_IN_MS
from tests.system.processes import wait_for

SLOW_BYTES_A_SECOND = 2_500_000

Music = Callable[..., Path]


@pytest.fixture
def page(open_page: Open) -> Page:
    page = open_page()
    come_in(page)
    return page


@pytest.fixture
def network(page: Page) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    return session


def slow(network: CDPSession, *, bytes_a_second: int = SLOW_BYTES_A_SECOND, offline: bool = False) -> None:
    conditions = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second, "offline": offline}
    network.send("Network.emulateNetworkConditions", conditions)


@pytest.fixture
def parts(page: Page) -> list[int]:
    """Where the parts began that the page has sent."""
    begun: list[int] = []

    def noted(request: object) -> None:
        if request.method == "PATCH":
            begun.append(int(request.headers["upload-offset"]))

    page.on("request", noted)
    return begun


def give(page: Page, *songs: Path) -> None:
    page.get_by_label("Songs", exact=True).set_input_files(list(songs))


def row(page: Page, name: str) -> Locator:
    return page.locator("[data-songs] .song", has_text=name)


def heard(row: Locator) -> None:
    expect(row.locator(".song-mood a")).to_have_text(COMPOSITE, timeout=HEARD_IN_MS)


def sha256_of_song(page: Page, row: Locator) -> str:
    answer = page.request.get(f"/api/predictions/{row.get_attribute('data-song')}/")
    return answer.json()["sha256"]


@pytest.mark.timeout(240)
def test_a_folder_is_taken_whole_and_the_title_counts(page: Page, music: Music, tmp_path: Path) -> None:
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

    page.get_by_label("Folder of songs").set_input_files(folder)

    expect(page.get_by_text("2 files that are no songs were left out.")).to_be_visible()
    for number in range(1, 5):
        heard(row(page, f"{number:02} piece"))
    expect(page).to_have_title("Listen · Countermood")
    titles = page.evaluate("window.titles")
    assert titles[0] == "0 of 4 · Countermood"
    assert set(titles) & {f"{over} of 4 · Countermood" for over in (1, 2, 3)}
    expect(page.locator("[data-queue-status]")).to_be_hidden()


@pytest.mark.timeout(240)
def test_a_folder_dropped_anywhere_is_walked(page: Page, network: CDPSession, music: Music, tmp_path: Path) -> None:
    folder = tmp_path / "dropped"
    (folder / "deep" / "deeper").mkdir(parents=True)
    music("at the bottom.flac", 15.0, seed=71).rename(folder / "deep" / "deeper" / "at the bottom.flac")
    (folder / "notes.txt").write_text("nothing to hear")
    alone = music("beside it.flac", 15.0, seed=72)
    data = {"items": [], "files": [str(folder), str(alone)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        network.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 60, "data": data})
    expect(page.get_by_text("1 file that is no song was left out.")).to_be_visible()
    heard(row(page, "at the bottom.flac"))
    heard(row(page, "beside it.flac"))


@pytest.mark.timeout(240)
def test_songs_can_be_dropped_onto_the_history_too(page: Page, network: CDPSession, music: Music) -> None:
    page.goto("/songs/")
    data = {"items": [], "files": [str(music("late comer.flac", 15.0, seed=73))], "dragOperationsMask": 1}
    network.send("Input.dispatchDragEvent", {"type": "dragEnter", "x": 300, "y": 60, "data": data})
    expect(page.locator(":root")).to_have_attribute("data-dropping", "")
    for kind in ("dragOver", "drop"):
        network.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 60, "data": data})
    expect(page.locator(":root")).not_to_have_attribute("data-dropping", "")
    expect(page.get_by_role("heading", name="Just given")).to_be_visible()
    heard(row(page, "late comer.flac"))


@pytest.mark.timeout(240)
def test_an_upload_goes_on_by_itself_when_the_connection_is_back(
    page: Page, network: CDPSession, parts: list[int], music: Music
) -> None:
    song = music("long way.wav", 110.0, seed=81)
    slow(network)
    give(page, song)
    sent = row(page, "long way.wav")
    expect(sent.locator("[data-text]")).to_have_text(re.compile(r"Uploading, ([3-9]\d) % of 10 MB"))
    expect(page.locator("[data-sending-text]")).to_contain_text("Sending 1 of 1")
    slow(network, offline=True)
    expect(sent).to_contain_text("There is no connection")
    expect(sent).to_contain_text("It goes on as soon as there is one")
    sent_before = len(parts)
    slow(network, bytes_a_second=-1)
    expect(sent).to_have_attribute("data-song", re.compile("."))
    assert min(parts[sent_before:]) > 0
    assert sha256_of_song(page, sent) == hashlib.sha256(song.read_bytes()).hexdigest()


@pytest.mark.timeout(240)
def test_a_connection_that_breaks_is_tried_again_and_at_once_if_one_wishes(page: Page, music: Music) -> None:
    page.route("**/arriving/*/", lambda route: route.abort("internetdisconnected"))
    give(page, music("again.wav", 15.0, seed=82))
    sent = row(page, "again.wav")
    expect(sent.locator("[data-text]")).to_have_text("The connection broke off", timeout=20_000)
    expect(sent.locator("[data-time-left]")).to_have_text("It goes on in 8 s", timeout=20_000)
    page.unroute_all()
    sent.get_by_role("button", name="Go on now").click()
    expect(sent).to_have_attribute("data-song", re.compile("."), timeout=4_000)


@pytest.mark.timeout(240)
def test_who_was_signed_out_meanwhile_goes_on_after_signing_in_again(
    page: Page, network: CDPSession, parts: list[int], music: Music
) -> None:
    slow(network)
    give(page, music("signed out.wav", 110.0, seed=88))
    sent = row(page, "signed out.wav")
    expect(sent.locator("[data-text]")).to_have_text(re.compile(r"Uploading, [5-9]\d %"))
    page.context.clear_cookies()
    expect(sent).to_contain_text("You are no longer signed in", timeout=20_000)
    come_in(page.context.new_page())
    parts.clear()
    sent.get_by_role("button", name="Send again").click()
    expect(sent).to_have_attribute("data-song", re.compile("."))
    assert min(parts) > 0


@pytest.mark.timeout(240)
def test_a_page_left_while_sending_is_found_again(
    page: Page, network: CDPSession, parts: list[int], music: Music
) -> None:
    song = music("left alone.wav", 110.0, seed=83)
    slow(network)
    give(page, song)
    expect(row(page, "left alone.wav").locator("[data-text]")).to_have_text(re.compile(r"Uploading, [5-9]\d %"))
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/songs/")
    assert asked == ["beforeunload"]

    page.get_by_role("link", name="Listen").click()
    stopped = page.locator("[data-arriving]", has_text="left alone.wav")
    expect(stopped).to_contain_text(re.compile(r"[3-9]\d % of 9\.7 MB arrived"))
    parts.clear()
    slow(network, bytes_a_second=-1)
    give(page, song)
    expect(stopped).to_have_count(0)
    sent = row(page, "left alone.wav")
    expect(sent).to_have_attribute("data-song", re.compile("."))
    assert min(parts) > 0
    assert sha256_of_song(page, sent) == hashlib.sha256(song.read_bytes()).hexdigest()


@pytest.mark.timeout(240)
def test_what_stopped_can_be_given_up(page: Page, network: CDPSession, music: Music) -> None:
    slow(network)
    give(page, music("given up.wav", 110.0, seed=84))
    expect(row(page, "given up.wav").locator("[data-text]")).to_have_text(re.compile(r"Uploading, [2-9]\d %"))
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    stopped = page.locator("[data-arriving]", has_text="given up.wav")
    stopped.get_by_role("button", name="Discard").click()
    expect(stopped).to_have_count(0)
    page.reload()
    expect(page.locator("main")).not_to_contain_text("given up.wav")


@pytest.mark.timeout(240)
def test_a_file_on_its_way_is_cancelled_and_the_next_one_is_sent(page: Page, network: CDPSession, music: Music) -> None:
    slow(network)
    songs = [music(f"way {number}.wav", 60.0, seed=85 + number) for number in range(4)]
    give(page, *songs)
    expect(row(page, "way 3.wav").locator("[data-text]")).to_have_text("Waiting to be sent, number 2")
    row(page, "way 0.wav").get_by_role("button", name="Cancel").click()
    expect(row(page, "way 0.wav")).to_have_count(0)
    expect(row(page, "way 2.wav").locator("[data-text]")).to_contain_text("Uploading")
    page.get_by_role("button", name="Send no more").click()
    for number in range(4):
        expect(row(page, f"way {number}.wav")).to_have_count(0)

    def forgotten() -> bool:
        page.reload()
        return page.locator("[data-arriving]", has_text="way").count() == 0

    wait_for(forgotten, what="page without what was cancelled")


@pytest.mark.timeout(120)
def test_a_large_text_is_refused_by_its_first_bytes(page: Page, parts: list[int], tmp_path: Path) -> None:
    text = tmp_path / "encyclopedia.mp3"
    text.write_text("The free encyclopedia. " * 500_000)
    give(page, text)
    expect(row(page, "encyclopedia.mp3")).to_contain_text("The file is a text file")
    assert parts == [0]


@pytest.mark.timeout(240)
def test_what_is_here_already_is_not_sent_again(page: Page, parts: list[int], music: Music) -> None:
    song = music("twice.flac", 15.0, seed=91)
    give(page, song)
    heard(row(page, "twice.flac"))
    parts.clear()
    give(page, song)
    expect(row(page, "twice.flac")).to_have_count(1)
    heard(row(page, "twice.flac"))
    assert parts == []


@pytest.mark.timeout(240)
def test_all_that_wait_are_cancelled_at_once(page: Page, music: Music) -> None:
    give(page, *(music(f"wrong {number}.flac", 90.0, seed=95 + number) for number in range(4)))
    expect(row(page, "wrong 3.flac").locator("[data-text]")).to_contain_text("Waiting, number")
    page.get_by_role("button", name="Cancel all that wait").click()
    expect(page.get_by_text("no longer waited for")).to_be_visible()
    expect(row(page, "wrong 3.flac").locator("[data-text]")).to_have_text("Cancelled")
