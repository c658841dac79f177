"""Uploads whose connection is lost, or whose server fails."""

from __future__ import annotations

import hashlib
import re

import pytest
from playwright.sync_api import CDPSession, Page, Route, expect

from tests.browser.uploads.conftest import (
    THIRD_CHUNK,
    UPLOAD_REQUESTS,
    Gate,
    Music,
    choose,
    expect_accessible,
    expect_uploaded,
    expect_uploading,
    row,
    set_offline,
    sha256_of_song,
    text,
)


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
