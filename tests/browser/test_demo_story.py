"""A new user without music adds the demo songs with one click."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.sample_server import SUBMIT_TIMEOUT_S, SampleServer, create_user
from tests.browser.test_story import ANALYSIS_TIMEOUT_MS, COMPOSITE

BUTTON = "Add five demo songs"


def page_of_new_user(browser: Browser, server: SampleServer, name: str, **options: object) -> Page:
    window = browser.new_context(base_url=server.address, viewport={"width": 1280, "height": 900}, **options)
    window.add_cookies(server.cookies(create_user(server.owner, name)))
    page = window.new_page()
    page.set_default_timeout(SUBMIT_TIMEOUT_S * 1000)
    return page


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("name", "scripted"), [("dora", True), ("emil", False)], ids=["script", "no script"])
def test_one_click_adds_five_songs_of_different_moods(
    browser: Browser, server: SampleServer, name: str, scripted: bool
) -> None:
    page = page_of_new_user(browser, server, name, java_script_enabled=scripted)
    page.goto("/")
    page.get_by_role("button", name=BUTTON).click()
    page.wait_for_url("**/songs/")
    expect(page.get_by_text("Added the demo songs.")).to_be_visible()
    moods = page.locator(".song .song-mood a")
    expect(moods).to_have_count(5, timeout=ANALYSIS_TIMEOUT_MS)
    names = [mood.inner_text() for mood in moods.all()]
    assert all(COMPOSITE.search(name) for name in names), names
    assert len(set(names)) == 4  # two of the five have the same name
    page.goto("/")
    expect(page.get_by_role("button", name=BUTTON)).to_be_hidden()
    page.context.close()


# Counts submitted forms and does not send them: a page that is being left answers no questions.
COUNT_FORMS = """
window.submitted = 0;
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) window.submitted += 1;
  event.preventDefault();
});
"""


def test_a_second_click_sends_no_second_form(browser: Browser, server: SampleServer) -> None:
    page = page_of_new_user(browser, server, "frida")
    page.goto("/songs/")
    page.evaluate(COUNT_FORMS)
    page.get_by_role("button", name=BUTTON).click()
    busy = page.get_by_role("button", name="Adding the songs…")
    expect(busy).to_have_attribute("aria-disabled", "true")
    busy.click(force=True)
    assert page.evaluate("window.submitted") == 1
    page.context.close()
