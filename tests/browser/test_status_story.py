"""The owner's status page in a browser: it refreshes itself, can be paused, and says when the server is gone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.sign_in import sign_in


def status_page(open_page: Open, **options: object) -> Page:
    page = open_page(**options)
    sign_in(page)
    page.locator(".menu summary").click()
    page.get_by_role("link", name="Status", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Status")
    return page


def test_it_refreshes_itself_until_it_is_paused(open_page: Open) -> None:
    page = status_page(open_page)
    time = page.locator("#status-time")
    first = time.inner_text()
    expect(time).not_to_have_text(first)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Refresh again")).to_be_visible()
    # The next refresh would come within five seconds; htmx asks this page first.
    page.evaluate(
        "new Promise((done) => document.addEventListener('htmx:beforeRequest', (event) => done(event), {once: true}))"
        ".then((event) => { if (!event.defaultPrevented) throw new Error('not paused'); })"
    )


def test_it_keeps_the_focus_when_it_refreshes(open_page: Open) -> None:
    page = status_page(open_page)
    page.locator("#workers").focus()
    first = page.locator("#status-time").inner_text()
    expect(page.locator("#status-time")).not_to_have_text(first)
    expect(page.locator("#workers")).to_be_focused()


def test_it_says_when_the_server_does_not_answer(open_page: Open) -> None:
    page = status_page(open_page)
    page.context.set_offline(True)
    expect(page.get_by_role("alert")).to_contain_text("The server does not answer")
    page.context.set_offline(False)
    expect(page.get_by_role("alert")).to_be_hidden()


def test_signed_out_it_goes_to_the_page_to_sign_in(open_page: Open) -> None:
    page = status_page(open_page)
    page.context.clear_cookies()
    expect(page).to_have_url(re.compile(r"/login/"))


def test_it_works_without_javascript(open_page: Open) -> None:
    page = status_page(open_page, java_script_enabled=False)
    expect(page.get_by_role("heading", name="Workers")).to_be_visible()
    expect(page.get_by_role("button", name="Pause")).to_be_hidden()
    expect(page.get_by_text("answers", exact=True)).to_be_visible()
