"""Uploads that were left: signed out, the page closed, cancelled."""

from __future__ import annotations

import hashlib
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.sign_in import sign_in
from tests.browser.uploads.conftest import (
    THIRD_CHUNK,
    Gate,
    Music,
    choose,
    expect_uploaded,
    expect_uploading,
    row,
    sha256_of_song,
    text,
)
from tests.system.processes import wait_for


@pytest.mark.timeout(600)
def test_an_announced_file_without_bytes_is_listed_and_can_be_cancelled(page: Page, music: Music) -> None:
    Gate(page, 0)
    with page.expect_request(lambda request: request.method == "PATCH"):
        choose(page, music("announced.wav", 60.0, seed=188))
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    announced = page.locator("[data-unfinished-upload]", has_text="announced.wav")
    expect(announced).to_contain_text("Not started, 0 of")
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
