"""Signing in, for tests that need a signed-in page."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from tests.system.clients import NAME, PASSWORD


def sign_in(page: Page) -> None:
    """Create the owner's account on the first visit, sign in on later ones."""
    page.goto("/")
    if page.url.endswith("/setup/"):
        page.get_by_label("User name").fill(NAME)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Repeat password").fill(PASSWORD)
        page.get_by_role("button", name="Create account").click()
    elif "/login/" in page.url:
        page.get_by_label("User name").fill(NAME)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", level=1, name="What does your music feel like?").wait_for()
    page.wait_for_load_state()  # all scripts have run by then


@contextmanager
def signed_in_page(browser: Browser, address: str) -> Iterator[Page]:
    """A page of the owner, in a window of its own."""
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto("/")
    sign_in(page)
    yield page
    context.close()
