"""A batch of files: rejected ones, duplicates, and its summary."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests import sounds
from tests.browser.test_story import ANALYSIS_TIMEOUT_MS
from tests.browser.uploads.conftest import (
    UPLOAD_REQUESTS,
    Music,
    choose,
    expect_accessible,
    expect_done,
    expect_uploaded,
    row,
    text,
    text_file,
)
from tests.system.product import RunningProduct


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
