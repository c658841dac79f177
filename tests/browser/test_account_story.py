"""A person protects an account: an authenticator app, a passkey of the browser, and signing in with each."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.sample_server import SampleServer, submit_form

PASSWORD = "open sesame, please, pia"


@pytest.fixture
def page(browser: Browser, server: SampleServer) -> Iterator[Page]:
    """By the name localhost: browsers offer no passkeys for a bare address."""
    address = server.address.replace("127.0.0.1", "localhost")
    context = browser.new_context(base_url=address)
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def invite(server: SampleServer, name: str) -> str:
    """The path of an invitation link."""
    invited = submit_form(server.owner, "/people/", username=name, way="invitation")
    link = re.search(r'class="secret">https?://[^/]+([^<]+)<', invited)
    assert link, invited
    return link[1]


def create_account(page: Page, server: SampleServer, name: str) -> None:
    page.goto(invite(server, name))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Repeat password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="What does your music feel like?").wait_for()


def sign_out(page: Page, name: str) -> None:
    page.locator("summary", has_text=name).click()
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("heading", level=1, name="Sign in").wait_for()


def type_password(page: Page, name: str) -> None:
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")


def test_an_authenticator_app_is_set_up_and_asked_for(page: Page, server: SampleServer) -> None:
    create_account(page, server, "pia")
    page.goto("/account/")
    page.get_by_role("link", name="Set up an authenticator app").click()
    assert page.locator(".qr-code").bounding_box()["width"] > 150
    totp = pyotp.TOTP(page.locator("code.secret").inner_text())
    page.get_by_label("Code").fill(totp.now())
    page.get_by_role("button", name="Set up").click()
    codes = page.locator("pre.secret").inner_text().split()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert codes[9] in download.value.path().read_text()
    sign_out(page, "pia")
    type_password(page, "pia")
    page.get_by_label("Code").fill(codes[0])
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="What does your music feel like?").wait_for()
    page.goto("/account/")
    expect(page.get_by_text("9 unused recovery codes")).to_be_visible()


def test_a_passkey_of_the_browser_signs_in(page: Page, server: SampleServer) -> None:
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    create_account(page, server, "kim")
    page.goto("/account/passkeys/add/")
    page.get_by_label("Name").fill("Laptop")
    page.get_by_role("button", name="Create passkey").click()
    page.get_by_role("heading", level=1, name="Recovery codes").wait_for()
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_text("Passkey “Laptop”, never used")).to_be_visible()

    sign_out(page, "kim")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", level=1, name="What does your music feel like?").wait_for()

    sign_out(page, "kim")
    type_password(page, "kim")
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("heading", level=1, name="What does your music feel like?").wait_for()


def test_a_list_of_devices_shows_this_one(page: Page, server: SampleServer) -> None:
    create_account(page, server, "uma")
    page.goto("/account/")
    expect(page.get_by_text("Chrome on Linux")).not_to_have_count(0)
    expect(page.get_by_text("this one")).to_be_visible()
