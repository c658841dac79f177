"""The player of a server with two short albums."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests import sounds
from tests.browser.conftest import EXPECTED_ERRORS
from tests.system.clients import ApiClient, BrowserClient
from tests.system.processes import wait_for
from tests.system.product import RunningProduct

ALBUM = "/album/?name=ferry&artist=the+night"
SHORT = "/album/?name=short&artist=the+night"
# Media keys as the browser delivers them: to the handlers that the page has set.
RECORD_MEDIA_KEYS = """{
  window.mediaKeys = {};
  const set = MediaSession.prototype.setActionHandler;
  MediaSession.prototype.setActionHandler = function (name, handler) {
    window.mediaKeys[name] = handler;
    return set.call(this, name, handler);
  };
}"""


class Player:
    """The bar of a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.bar = page.get_by_role("region", name="Player")
        self.title = self.bar.locator("[data-title]")
        self.position = self.bar.get_by_label("Position in the song")
        self.note = page.locator("[data-player-note]")

    def button(self, name: str) -> Locator:
        return self.bar.get_by_role("button", name=name, exact=True)

    def start(self, address: str = ALBUM) -> None:
        self.page.goto(address)
        self.page.locator(".group-head").get_by_role("button", name="Play").click()
        expect(self.button("Pause")).to_be_visible()

    def seconds(self) -> int:
        return int(self.position.input_value())

    def wait_until_after(self, seconds: int) -> None:
        self.page.wait_for_function("s => Number(document.querySelector('[data-seek]').value) > s", arg=seconds)

    def queue(self) -> list[str]:
        return self.bar.locator("[data-row-title]").all_inner_texts()


@pytest.fixture(scope="package")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with two albums of three songs each: of three quarters of a minute, and of three seconds."""
    folder = tmp_path_factory.mktemp("player")
    with RunningProduct(folder / "var") as product:
        owner = BrowserClient(product.address)
        wait_for(lambda: owner.health().get("worker"), what="worker that answers")
        owner.create_owner()
        api = ApiClient(product.address, owner.create_token())
        songs = [
            api.submit(
                sounds.write(
                    folder / f"{album} {number}.flac",
                    sounds.music(seconds, seed=number),
                    tags={"title": f"{album} {number}", "artist": "The Night", "album": album, "track": str(number)},
                )
            )["id"]
            for album, seconds in (("Ferry", 45.0), ("Short", 3.2))
            for number in (1, 2, 3)
        ]
        for song in songs:
            api.wait_until_finished(song)
        yield product.address


@pytest.fixture(scope="package")
def signed_in(address: str) -> BrowserClient:
    client = BrowserClient(address)
    client.sign_in()
    return client


@pytest.fixture
def context(browser: Browser, address: str, signed_in: BrowserClient) -> Iterator[BrowserContext]:
    """The test fails if a page logs an error."""
    errors: list[str] = []
    context = new_context(browser, address, signed_in)
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    yield context
    context.close()
    assert [error for error in errors if not any(text in error for text in EXPECTED_ERRORS)] == []


def new_context(browser: Browser, address: str, client: BrowserClient, **options: object) -> BrowserContext:
    context = browser.new_context(base_url=address, **{"viewport": {"width": 1280, "height": 900}, **options})
    context.set_default_timeout(20_000)
    context.add_cookies([{"name": one.name, "value": one.value, "url": address} for one in client.session.cookies])
    context.add_init_script(RECORD_MEDIA_KEYS)
    return context


@pytest.fixture
def player(context: BrowserContext) -> Player:
    return Player(context.new_page())
