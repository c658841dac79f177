"""Clients of a running product: a browser's session, and a script with an API token."""

import re
from pathlib import Path
from typing import Any

import requests

from tests.system.processes import wait_for

NAME = "olga"
PASSWORD = "open sesame, please"


class BrowserClient:
    def __init__(self, address: str) -> None:
        self.address = address
        self.session = requests.Session()

    def health(self) -> dict[str, Any]:
        try:
            return self.session.get(f"{self.address}/health/", timeout=5).json()
        except requests.RequestException:
            return {}

    def create_owner(self, setup_token: str = "") -> requests.Response:
        """The first visit."""
        form = {"username": NAME, "password": PASSWORD, "password_again": PASSWORD, "setup_token": setup_token}
        return self._post("/setup/", form)

    def sign_in(self) -> requests.Response:
        return self._post("/login/", {"username": NAME, "password": PASSWORD})

    def create_token(self, scopes: str = "read write") -> str:
        """An API token, which its page shows once."""
        page = self._post("/tokens/", {"name": "a test", "scopes": scopes}).text
        match = re.search(r"mmc_[\w-]+", page)
        assert match, page
        return match.group()

    def add_folder(self, folder: Path) -> None:
        """Add a folder of the server as a source. MUSIC_DIRS has to name it."""
        page = self._post("/sources/add/", {"folder": str(folder), "name": folder.name})
        assert "/sources/add/" not in page.url, page.text

    def _post(self, path: str, form: dict[str, str]) -> requests.Response:
        self.session.get(f"{self.address}{path}", timeout=30)
        form["csrfmiddlewaretoken"] = self.session.cookies["csrftoken"]
        return self.session.post(f"{self.address}{path}", data=form, timeout=30)


class ApiClient:
    def __init__(self, address: str, token: str) -> None:
        self.address = address
        self.headers = {"Authorization": f"Bearer {token}"}

    def submit(self, path: Path) -> dict[str, Any]:
        with path.open("rb") as file:
            response = requests.post(
                f"{self.address}/api/predict/", files={"file": (path.name, file)}, headers=self.headers, timeout=60
            )
        assert response.status_code in (200, 202), response.text
        return response.json()

    def song(self, song_id: str) -> dict[str, Any]:
        response = requests.get(f"{self.address}/api/predictions/{song_id}/", headers=self.headers, timeout=60)
        assert response.status_code == 200, response.text
        return response.json()

    def wait_until_finished(self, song_id: str) -> dict[str, Any]:
        """The song once it is done, failed or cancelled."""

        def finished() -> dict[str, Any] | None:
            song = self.song(song_id)
            return song if song["status"] not in ("queued", "running") else None

        return wait_for(finished, what=f"end of song {song_id}")

    def wait_until_running(self, song_id: str) -> dict[str, Any]:
        """The song once some of its segments, but not all, are analysed."""

        def running() -> dict[str, Any] | None:
            song = self.song(song_id)
            assert song["status"] in ("queued", "running"), f"It was {song['status']} before it could be interrupted"
            return song if song["progress"]["segments_done"] else None

        return wait_for(running, what=f"analysed segments of song {song_id}")


def first_visit(address: str, setup_token: str = "") -> ApiClient:
    """Create the owner's account and an API token."""
    return ApiClient(address, owner_browser(address, setup_token).create_token())


def owner_browser(address: str, setup_token: str = "") -> BrowserClient:
    """Create the owner's account; signed in."""
    browser = BrowserClient(address)
    wait_for(lambda: browser.health().get("worker"), what="worker that answers")
    home = browser.create_owner(setup_token)
    assert home.url == f"{address}/", home.text
    return browser
