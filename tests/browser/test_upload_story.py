"""Uploads: whole folders, lost connections, closed pages, duplicates, and the summary of a batch."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import CDPSession, Locator, Page, Route, expect

from tests import sounds
from tests.browser.conftest import Open
from tests.browser.sign_in import sign_in
from tests.browser.test_story import ANALYSIS_TIMEOUT_MS, COMPOSITE
from tests.system.processes import wait_for
from tests.system.product import RunningProduct

UPLOAD_REQUESTS = "**/api/uploads/**"
# The page sends 64 kB first, then chunks of 4 MB: of a file of 10 MB the third one starts behind this offset.
THIRD_CHUNK = 4_000_000

Music = Callable[..., Path]


@pytest.fixture
def page(open_page: Open) -> Page:
    page = open_page()
    sign_in(page)
    return page


@pytest.fixture
def network(page: Page) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    return session


def set_offline(network: CDPSession, offline: bool) -> None:
    conditions = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1, "offline": offline}
    network.send("Network.emulateNetworkConditions", conditions)


class Gate:
    """Holds back the chunks of uploads from an offset on, so that a test can act in the middle of an upload."""

    def __init__(self, page: Page, offset: int) -> None:
        self._page = page
        self._offset = offset
        self._held: list[Route] = []
        page.route(UPLOAD_REQUESTS, self._handle)

    def _handle(self, route: Route) -> None:
        # Without the header where the page has cancelled the request already.
        offset = int(route.request.headers.get("upload-offset", 0))
        if route.request.method == "PATCH" and offset >= self._offset:
            self._held.append(route)
        else:
            route.continue_()

    def break_connections(self, error: str = "connectionreset") -> None:
        """The held chunks fail, and later ones pass."""
        self._offset = sys.maxsize
        for route in self._held:
            route.abort(error)
        self._held.clear()


def expect_uploading(row: Locator) -> None:
    """In the middle of the upload: some chunks are stored."""
    expect(text(row)).to_have_text(re.compile(r"Uploading, [1-9]\d? % of \d+ MB"))


@pytest.fixture
def offsets(page: Page) -> list[int]:
    """The Upload-Offset of each PATCH request of the page."""
    offsets: list[int] = []

    def record(request: object) -> None:
        if request.method == "PATCH":
            offsets.append(int(request.headers["upload-offset"]))

    page.on("request", record)
    return offsets


def choose(page: Page, *songs: Path) -> None:
    page.get_by_label("Songs", exact=True).set_input_files(list(songs))


def row(page: Page, name: str) -> Locator:
    return page.locator("[data-songs] .song", has_text=name)


def text(row: Locator) -> Locator:
    return row.locator("[data-text]")


def expect_done(row: Locator) -> None:
    expect(row.locator(".song-mood a")).to_have_text(COMPOSITE, timeout=ANALYSIS_TIMEOUT_MS)


def expect_uploaded(row: Locator) -> None:
    expect(row).to_have_attribute("data-song", re.compile("."))


def expect_accessible(page: Page) -> None:
    assert [violation["id"] for violation in Axe().run(page).response["violations"]] == []


def sha256_of_song(page: Page, row: Locator) -> str:
    answer = page.request.get(f"/api/predictions/{row.get_attribute('data-song')}/")
    return answer.json()["sha256"]


def text_file(folder: Path, name: str, repeat: int = 100) -> Path:
    path = folder / name
    path.write_text("The free encyclopedia. " * repeat)
    return path


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


@pytest.mark.timeout(600)
def test_an_upload_continues_when_the_connection_is_back(
    page: Page, network: CDPSession, offsets: list[int], music: Music
) -> None:
    song = music("long way.wav", 110.0, seed=81)
    gate = Gate(page, THIRD_CHUNK)
    choose(page, song)
    sent = row(page, "long way.wav")
    expect_uploading(sent)
    expect(page.locator("[data-uploading-text]")).to_contain_text("Uploading 1 of 1")
    expect_accessible(page)
    set_offline(network, True)
    gate.break_connections("internetdisconnected")
    expect(sent).to_contain_text("You are offline")
    expect(sent).to_contain_text("Continues when the connection is back")
    before = len(offsets)
    set_offline(network, False)
    expect_uploaded(sent)
    assert min(offsets[before:]) >= THIRD_CHUNK
    assert sha256_of_song(page, sent) == hashlib.sha256(song.read_bytes()).hexdigest()


@pytest.mark.timeout(600)
def test_a_lost_connection_is_retried_with_growing_delays_and_at_once_on_request(page: Page, music: Music) -> None:
    page.route(UPLOAD_REQUESTS, lambda route: route.abort("internetdisconnected"))
    choose(page, music("again.wav", 15.0, seed=82))
    sent = row(page, "again.wav")
    expect(text(sent)).to_have_text("Connection lost")
    expect(sent.locator("[data-time-left]")).to_have_text(re.compile(r"Trying again in [78] s"))
    page.unroute_all()
    with page.expect_request(UPLOAD_REQUESTS):
        sent.get_by_role("button", name="Try now").click()
    expect_uploaded(sent)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("status", [507, 408])
def test_the_page_keeps_trying_for_as_long_as_the_server_fails(page: Page, music: Music, status: int) -> None:
    """At most five minutes apart, and without help it continues in the end."""
    page.clock.install()
    message = "The server’s disk is full." if status == 507 else "It took too long."

    def fail(route: Route) -> None:
        route.fulfill(status=status, json={"error": {"code": "disk_full", "message": message}})

    page.route(UPLOAD_REQUESTS, fail)
    choose(page, music(f"patient {status}.wav", 15.0, seed=status))
    sent = row(page, f"patient {status}.wav")
    for _ in range(12):
        expect(text(sent)).to_have_text(message)
        with page.expect_request(UPLOAD_REQUESTS):
            page.clock.fast_forward(301_000)
    expect(sent.locator("[data-time-left]")).to_have_text(re.compile(r"Trying again in [45] min"))
    page.unroute_all()
    page.clock.fast_forward(301_000)
    expect_uploaded(sent)


@pytest.mark.timeout(600)
def test_an_upload_whose_end_failed_is_not_sent_again(page: Page, offsets: list[int], music: Music) -> None:
    """The server has every byte, and answers with an error until it can store the song."""
    song = music("nearly there.wav", 110.0, seed=187)
    failures = {"left": 3}

    def fail(route: Route) -> None:
        request = route.request
        is_last = request.method == "PATCH" and int(request.headers["upload-offset"]) > 2 * THIRD_CHUNK
        if failures["left"] and (is_last or (request.method == "HEAD" and failures["left"] < 3)):
            failures["left"] -= 1
            route.fulfill(status=507, body="")
        else:
            route.continue_()

    page.route(UPLOAD_REQUESTS, fail)
    created: list[str] = []
    page.on("request", lambda request: created.append(request.url) if request.method == "POST" else None)
    choose(page, song)
    sent = row(page, "nearly there.wav")
    expect_uploaded(sent)
    assert failures["left"] == 0
    assert [url for url in created if url.endswith("/api/uploads/")] == created
    assert len(created) == 1
    assert offsets.count(0) == 1


@pytest.mark.timeout(600)
def test_an_announced_file_without_bytes_is_listed_and_can_be_cancelled(page: Page, music: Music) -> None:
    Gate(page, 0)
    with page.expect_request(lambda request: request.method == "PATCH"):
        choose(page, music("announced.wav", 60.0, seed=188))
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    announced = page.locator("[data-unfinished-upload]", has_text="announced.wav")
    expect(announced).to_contain_text("Announced, nothing of")
    announced.get_by_role("button", name="Cancel").click()
    expect(announced).to_have_count(0)


@pytest.mark.timeout(600)
def test_a_signed_out_user_continues_after_signing_in_again(page: Page, offsets: list[int], music: Music) -> None:
    gate = Gate(page, THIRD_CHUNK)
    choose(page, music("signed out.wav", 110.0, seed=88))
    sent = row(page, "signed out.wav")
    expect_uploading(sent)
    page.context.clear_cookies()
    gate.break_connections()
    expect(sent).to_contain_text("You are signed out")
    sign_in(page.context.new_page())
    offsets.clear()
    sent.get_by_role("button", name="Retry").click()
    expect_uploaded(sent)
    assert min(offsets) >= THIRD_CHUNK


@pytest.mark.timeout(600)
@pytest.mark.parametrize("remembered", [True, False], ids=["same browser", "browser without storage"])
def test_an_upload_continues_after_its_page_was_closed(
    page: Page, offsets: list[int], music: Music, remembered: bool
) -> None:
    song = music(f"left alone {remembered}.wav", 110.0, seed=83 + remembered)
    gate = Gate(page, THIRD_CHUNK)
    choose(page, song)
    expect_uploading(row(page, song.name))
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.accept()))
    page.goto("/songs/")
    assert dialogs == ["beforeunload"]
    if not remembered:
        page.evaluate("localStorage.clear()")

    page.goto("/")
    unfinished = page.locator("[data-unfinished-upload]", has_text=song.name)
    expect(unfinished).to_contain_text(re.compile(r"4\d % of 9\.7 MB uploaded"))
    offsets.clear()
    gate.break_connections()
    choose(page, song)
    expect(unfinished).to_have_count(0)
    sent = row(page, song.name)
    expect_uploaded(sent)
    assert min(offsets) >= THIRD_CHUNK
    assert sha256_of_song(page, sent) == hashlib.sha256(song.read_bytes()).hexdigest()


@pytest.mark.timeout(600)
def test_an_unfinished_upload_can_be_deleted(page: Page, music: Music) -> None:
    Gate(page, THIRD_CHUNK)
    choose(page, music("given up.wav", 110.0, seed=184))
    expect_uploading(row(page, "given up.wav"))
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    unfinished = page.locator("[data-unfinished-upload]", has_text="given up.wav")
    unfinished.get_by_role("button", name="Delete").click()
    expect(unfinished).to_have_count(0)
    page.reload()
    expect(page.locator("main")).not_to_contain_text("given up.wav")


@pytest.mark.timeout(600)
def test_a_cancelled_upload_makes_room_for_the_next_one(page: Page, music: Music) -> None:
    Gate(page, THIRD_CHUNK)
    songs = [music(f"way {number}.wav", 60.0, seed=185 + number) for number in range(4)]
    choose(page, *songs)
    expect_uploading(row(page, "way 0.wav"))
    expect(text(row(page, "way 3.wav"))).to_have_text("Upload queued, number 2")
    row(page, "way 0.wav").get_by_role("button", name="Cancel").click()
    expect(row(page, "way 0.wav")).to_have_count(0)
    expect(text(row(page, "way 2.wav"))).to_contain_text("Uploading")
    page.get_by_role("button", name="Cancel all uploads").click()
    for number in range(4):
        expect(row(page, f"way {number}.wav")).to_have_count(0)

    def is_deleted() -> bool:
        page.reload()
        return page.locator("[data-unfinished-upload]", has_text="way").count() == 0

    wait_for(is_deleted, what="page without the cancelled uploads")


@pytest.mark.timeout(300)
def test_a_large_text_is_rejected_by_its_first_bytes(page: Page, offsets: list[int], tmp_path: Path) -> None:
    choose(page, text_file(tmp_path, "encyclopedia.mp3", repeat=500_000))
    expect(row(page, "encyclopedia.mp3")).to_contain_text("Failed: The file is a text")
    assert offsets == [0]


@pytest.mark.timeout(600)
def test_a_duplicate_is_not_sent_again_and_links_to_the_song(page: Page, offsets: list[int], music: Music) -> None:
    song = music("twice.flac", 15.0, seed=91)
    choose(page, song)
    expect_done(row(page, "twice.flac"))
    offsets.clear()
    choose(page, song)
    again = row(page, "twice.flac")
    expect(again.filter(has_text="You already have this song")).to_be_visible()
    expect(again).to_have_count(1)
    expect_done(again)
    assert offsets == []
    again.get_by_role("link", name="twice.flac", exact=True).click()
    expect(page).to_have_url(re.compile(r"/songs/[\da-f-]{36}/$"))


@pytest.mark.timeout(600)
def test_a_finished_batch_is_summed_up_and_survives_a_reload(page: Page, music: Music, tmp_path: Path) -> None:
    silent = sounds.write(tmp_path / "too short.wav", sounds.tone(440, 1.0))
    choose(page, music("good.flac", 15.0, seed=92), silent, text_file(tmp_path, "words.mp3"))
    expect(row(page, "words.mp3")).to_contain_text("Failed: ")
    expect_uploaded(row(page, "good.flac"))
    expect_uploaded(row(page, "too short.wav"))
    page.reload()
    summary = page.locator("[data-batch]")
    expect(summary.locator("[data-batch-text]")).to_have_text("1 done, 2 failed.", timeout=ANALYSIS_TIMEOUT_MS)
    failures = summary.locator("li")
    expect(failures).to_have_count(2)
    expect(failures.filter(has_text="too short.wav").get_by_role("link")).to_have_attribute(
        "href", re.compile("/songs/")
    )
    expect(failures.filter(has_text="words.mp3")).to_contain_text("The file is a text")
    expect_accessible(page)
    summary.get_by_role("button", name="Dismiss").click()
    expect(summary).to_be_hidden()


@pytest.mark.timeout(600)
def test_failed_files_of_a_batch_are_retried_together(page: Page, music: Music) -> None:
    def reject(route: Route) -> None:
        route.fulfill(status=429, json={"error": {"code": "too_many_uploads", "message": "Too many uploads."}})

    page.route(UPLOAD_REQUESTS, reject)
    songs = [music(f"retried {number}.flac", 15.0, seed=195 + number) for number in range(2)]
    choose(page, *songs)
    summary = page.locator("[data-batch]")
    expect(summary.locator("[data-batch-text]")).to_have_text("0 done, 2 failed.")
    page.unroute_all()
    summary.get_by_role("button", name="Retry failed").click()
    expect(summary).to_be_hidden()
    for song in songs:
        expect_done(row(page, song.name))
    expect(summary.locator("[data-batch-text]")).to_have_text("2 done.")


@pytest.mark.timeout(600)
def test_all_queued_songs_are_cancelled_at_once(page: Page, product: RunningProduct, music: Music) -> None:
    with product.paused_analysis():
        choose(page, *(music(f"wrong {number}.flac", 20.0, seed=95 + number) for number in range(4)))
        last = row(page, "wrong 3.flac")
        expect(text(last)).to_contain_text("Queued, number")
        page.get_by_role("button", name="Cancel all queued songs").click()
        expect(page.get_by_text(re.compile(r"Cancelled \d songs?\."))).to_be_visible()
        expect(text(row(page, "wrong 3.flac"))).to_have_text("Cancelled")
