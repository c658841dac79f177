"""Somebody who uses a running product over HTTP: first in the pages, then by the API."""

import re
from pathlib import Path
from typing import Any

import requests

from tests.system.processes import wait_for

NAME = "olga"
PASSWORD = "open sesame, please"


class Visitor:
    def __init__(self, address: str) -> None:
        self.address = address
        self.session = requests.Session()

    def health(self) -> dict[str, Any]:
        try:
            return self.session.get(f"{self.address}/health/", timeout=5).json()
        except requests.RequestException:
            return {}

    def make_owner(self, setup_token: str = "") -> requests.Response:
        """The first visit."""
        form = {"username": NAME, "password": PASSWORD, "password_again": PASSWORD, "setup_token": setup_token}
        return self._send("/setup/", form)

    def sign_in(self) -> requests.Response:
        return self._send("/login/", {"username": NAME, "password": PASSWORD})

    def make_key(self) -> str:
        """A token for the API, which its page shows once."""
        page = self._send("/tokens/", {"name": "a test"}).text
        found = re.search(r"mmc_[\w-]+", page)
        assert found, page
        return found.group()

    def _send(self, path: str, form: dict[str, str]) -> requests.Response:
        self.session.get(f"{self.address}{path}", timeout=10)
        form["csrfmiddlewaretoken"] = self.session.cookies["csrftoken"]
        return self.session.post(f"{self.address}{path}", data=form, timeout=10)


class Caller:
    """A script with a key to the API."""

    def __init__(self, address: str, key: str) -> None:
        self.address = address
        self.headers = {"Authorization": f"Bearer {key}"}

    def submit(self, path: Path) -> dict[str, Any]:
        with path.open("rb") as file:
            response = requests.post(
                f"{self.address}/api/predict/", files={"file": (path.name, file)}, headers=self.headers, timeout=30
            )
        assert response.status_code in (200, 202), response.text
        return response.json()

    def song(self, song_id: str) -> dict[str, Any]:
        response = requests.get(f"{self.address}/api/predictions/{song_id}/", headers=self.headers, timeout=30)
        assert response.status_code == 200, response.text
        return response.json()

    def await_end(self, song_id: str, *, timeout_s: float) -> dict[str, Any]:
        """The song as soon as it is done, failed or cancelled."""

        def look() -> dict[str, Any] | None:
            song = self.song(song_id)
            return song if song["status"] not in ("queued", "running") else None

        return wait_for(look, timeout_s=timeout_s, what=f"end of song {song_id}")

    def await_listening(self, song_id: str, *, timeout_s: float) -> dict[str, Any]:
        """The song as soon as some of its segments, and not all, have been heard."""

        def look() -> dict[str, Any] | None:
            song = self.song(song_id)
            assert song["status"] in ("queued", "running"), f"It was {song['status']} too soon to be disturbed"
            return song if song["progress"]["segments_done"] else None

        return wait_for(look, timeout_s=timeout_s, what=f"progress of song {song_id}")


def newcomer(address: str, setup_token: str = "") -> Caller:
    """Makes the owner's account and a key, as on a first visit."""
    visitor = Visitor(address)
    wait_for(lambda: visitor.health().get("worker"), timeout_s=60, what="worker that answers")
    welcome = visitor.make_owner(setup_token)
    assert welcome.url == f"{address}/", welcome.text
    return Caller(address, visitor.make_key())
