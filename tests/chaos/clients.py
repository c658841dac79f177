"""People who upload songs whatever happens to the server: whole, or in parts that resume."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from random import Random

import requests

TUS = {"Tus-Resumable": "1.0.0"}
OCTETS = {"Content-Type": "application/offset+octet-stream"}
TIMEOUT_S = 60


class Uploader:
    """Tries each song until the server has accepted it. `retries` counts what failed on the way."""

    def __init__(self, address: str, token: str, rng: Random, give_up_at: float) -> None:
        self.address = address
        self.headers = {"Authorization": f"Bearer {token}"}
        self.rng = rng
        self.give_up_at = give_up_at
        self.retries = 0

    def upload(self, path: Path) -> str:
        """The id of the accepted song."""
        return (self._resumable if self.rng.random() < 0.4 else self._whole)(path)

    def _whole(self, path: Path) -> str:
        def send() -> requests.Response:
            with path.open("rb") as file:
                return requests.post(
                    f"{self.address}/api/predict/",
                    files={"file": (path.name, file)},
                    headers=self.headers,
                    timeout=TIMEOUT_S,
                )

        return str(self._insist(send, 200, 202).json()["id"])

    def _resumable(self, path: Path) -> str:
        content = path.read_bytes()
        headers = self.headers | TUS
        name = b64encode(path.name.encode()).decode()
        announced = {"Upload-Length": str(len(content)), "Upload-Metadata": f"filename {name}"}
        created = self._insist(
            lambda: requests.post(f"{self.address}/api/uploads/", headers=headers | announced, timeout=TIMEOUT_S), 201
        )
        upload = f"{self.address}{created.headers['Location']}"
        while True:
            state = self._insist(lambda: requests.head(upload, headers=headers, timeout=TIMEOUT_S), 200)
            if "Upload-Song" in state.headers:
                return state.headers["Upload-Song"].rstrip("/").rpartition("/")[2]
            offset = int(state.headers["Upload-Offset"])
            end = offset + max(1, self.rng.randrange(len(content) // 3, len(content)))
            position = headers | OCTETS | {"Upload-Offset": str(offset)}
            # A lost answer, a conflict or an error: the next turn asks how much has arrived.
            self._try(lambda: requests.patch(upload, data=content[offset:end], headers=position, timeout=TIMEOUT_S))  # noqa: B023

    def _insist(self, send: Callable[[], requests.Response], *expected: int) -> requests.Response:
        while True:
            response = self._try(send)
            if response is not None and response.status_code in expected:
                return response
            # A server that dies answers with an error of the server or not at all, never with one of the client.
            if response is not None and response.status_code < 500 and response.status_code not in (408, 409, 423):
                raise AssertionError(f"The server rejects a good upload: {response.status_code} {response.text[:300]}")
            self.retries += 1
            if time.monotonic() > self.give_up_at:
                raise AssertionError("The server does not come back.")
            time.sleep(self.rng.uniform(0.1, 0.8))

    def _try(self, send: Callable[[], requests.Response]) -> requests.Response | None:
        try:
            return send()
        except requests.RequestException:
            return None
