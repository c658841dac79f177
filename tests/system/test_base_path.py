"""The site below a path, behind a proxy that passes the whole path on and behind one that strips it."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
import requests

from tests import sounds
from tests.system.clients import PASSWORD, ApiClient, BrowserClient
from tests.system.processes import wait_for
from tests.system.product import RunningProduct

BASE = "/moods"


class Addresses(HTMLParser):
    """Every address in a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        # A nonce is random, and may begin with a slash.
        values = [value for name, value in attributes if value and name != "nonce"]
        self.found |= {value for value in values if re.match(r"/\w", value)}


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProduct]:
    with RunningProduct(tmp_path_factory.mktemp("base") / "var", BASE_PATH=BASE) as product:
        yield product


@pytest.fixture(scope="module")
def browser(product: RunningProduct) -> BrowserClient:
    """Signed in as the owner, through a proxy that passes the path on."""
    browser = BrowserClient(product.address + BASE)
    wait_for(lambda: browser.health().get("ok"), what="answer of the server")
    home = browser.create_owner()
    assert home.url == f"{product.address}{BASE}/", home.text
    return browser


def test_every_address_of_every_page_is_below_the_path(product: RunningProduct, browser: BrowserClient) -> None:
    assert f"http://localhost:{product.port}{BASE}" in product.output()
    for page in ("/", "/songs/", "/map/", "/how-good/", "/tokens/", "/people/", "/no-such-page/"):
        for proxied in (f"{BASE}{page}", page):
            # requests sends the cookies of the path only: a stripping proxy has its own.
            answer = browser.session.get(
                product.address + proxied,
                headers={"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.session.cookies)},
                timeout=60,
            )
            addresses = Addresses(answer.text).found
            assert len(addresses) > 3, page
            assert {address for address in addresses if not address.startswith(f"{BASE}/")} == set(), proxied


def test_static_files_are_served_under_both_paths(product: RunningProduct, browser: BrowserClient) -> None:
    page = browser.session.get(f"{product.address}{BASE}/", timeout=60).text
    files = {address for address in Addresses(page).found if "/static/" in address}
    assert files
    for file in files:
        for address in (file, file.removeprefix(BASE)):
            assert requests.get(product.address + address, timeout=60).status_code == 200, address


def test_cookies_and_redirects_stay_below_the_path(product: RunningProduct, browser: BrowserClient) -> None:
    cookies = {cookie.name: cookie.path for cookie in browser.session.cookies}
    assert {"csrftoken", "sessionid"} <= set(cookies)
    assert set(cookies.values()) == {BASE}, cookies
    stranger = requests.get(f"{product.address}/songs/", allow_redirects=False, timeout=60)
    assert stranger.headers["Location"] == f"{BASE}/login/?next={BASE}/songs/"
    other = BrowserClient(product.address + BASE)
    signed_in = other.sign_in()
    assert signed_in.url == f"{product.address}{BASE}/"
    assert PASSWORD not in signed_in.text


@pytest.mark.timeout(600)
def test_a_resumable_upload_and_the_api_work_below_the_path(
    product: RunningProduct, browser: BrowserClient, tmp_path: Path
) -> None:
    token = browser.create_token()
    page = browser.session.get(f"{product.address}{BASE}/tokens/", timeout=60).text
    assert f"{product.address}{BASE}/api/predict/" in page
    content = sounds.write(tmp_path / "song.wav", sounds.music(6.0)).read_bytes()
    headers = {"Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"}
    created = requests.post(
        f"{product.address}{BASE}/api/uploads/",
        headers=headers
        | {"Upload-Length": str(len(content)), "Upload-Metadata": f"filename {b64encode(b'song.wav').decode()}"},
        timeout=60,
    )
    location = created.headers["Location"]
    assert location.startswith(f"{BASE}/api/uploads/")
    finished = requests.patch(
        product.address + location,
        data=content,
        headers=headers | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"},
        timeout=60,
    )
    song_address = finished.headers["Upload-Song"]
    assert song_address.startswith(f"{BASE}/api/predictions/")
    api = ApiClient(product.address + BASE, token)
    assert api.wait_until_finished(song_address.rstrip("/").rpartition("/")[2])["status"] == "done"
    wrong = requests.get(f"{product.address}{BASE}/api/no-such-address/", headers=headers, timeout=60)
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (404, "not_found")
