"""The client for programs that do one thing at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

import httpx

from countermood_client import calls
from countermood_client.calls import Call, OnProgress, checked_url
from countermood_client.errors import ConnectionFailed
from countermood_client.methods import Method
from countermood_client.polling import DEFAULT_WAIT_S, Polling
from countermood_client.resources import Entry, Page, Song
from countermood_client.retries import Retries

Answer = TypeVar("Answer")
P = ParamSpec("P")


def _sends(build: Callable[P, Call[Answer]]) -> Method[Client, P, Answer]:
    return Method(build, lambda client, call: client._send(call))


def _lists(build: Callable[P, Call[Page[Entry]]]) -> Method[Client, P, Iterator[Entry]]:
    return Method(build, lambda client, call: client._entries(call))


def _reads(build: Callable[P, Call[bytes]]) -> Method[Client, P, bytes]:
    return Method(build, lambda client, call: client._read(call))


def _streams(build: Callable[P, Call[bytes]]) -> Method[Client, P, AbstractContextManager[Iterator[bytes]]]:
    return Method(build, lambda client, call: client._stream(call))


class Client:
    """`url` is the address of the server, such as `http://localhost:8000`; `token` one of the page “API tokens”.

    Requests that fail for a moment are sent again as `retries` says. Methods raise `ApiError` where the server refuses
    a request, and `ConnectionFailed` where it does not answer.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        retries: Retries | None = None,
        timeout_s: float = 60.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._retries = retries or Retries()
        self._http = httpx.Client(
            base_url=checked_url(url),
            headers={"Authorization": f"Bearer {token}"},
            timeout=timeout_s,
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    songs = _lists(calls.songs)
    song = _sends(calls.song)
    update = _sends(calls.update)
    delete = _sends(calls.delete)
    upload = _sends(calls.upload)
    add_links = _sends(calls.add_links)
    job = _sends(calls.job)
    export = _streams(calls.export)
    export_account = _streams(calls.export_account)
    import_corrections = _sends(calls.import_corrections)
    sources = _lists(calls.sources)
    scan = _sends(calls.scan)
    playlists = _lists(calls.playlists)
    create_playlist = _sends(calls.create_playlist)
    refresh_playlist = _sends(calls.refresh_playlist)
    playlist_songs = _lists(calls.playlist_songs)
    playlist_file = _reads(calls.playlist_file)
    webhooks = _lists(calls.webhooks)
    webhook = _sends(calls.webhook)
    add_webhook = _sends(calls.add_webhook)
    update_webhook = _sends(calls.update_webhook)
    delete_webhook = _sends(calls.delete_webhook)
    change_webhook_secret = _sends(calls.change_webhook_secret)
    test_webhook = _sends(calls.test_webhook)
    deliveries = _lists(calls.deliveries)
    send_again = _sends(calls.send_again)

    def wait(self, song_id: str, *, timeout_s: float = DEFAULT_WAIT_S) -> Song:
        """The song once it is analysed. Raises `JobFailed` and `TimedOut`."""
        polling = Polling(timeout_s)
        while not polling.is_done(self.job(song_id)):
            time.sleep(polling.pause_s())
        return self.song(song_id)

    def tag(self, path: Path, *, on_progress: OnProgress | None = None, timeout_s: float = DEFAULT_WAIT_S) -> Song:
        """Upload a song and wait for its mood."""
        return self.wait(self.upload(path, on_progress=on_progress)["id"], timeout_s=timeout_s)

    def _entries(self, call: Call[Page[Entry]]) -> Iterator[Entry]:
        following: Call[Page[Entry]] | None = call
        while following is not None:
            page = self._send(following)
            yield from page["results"]
            following = calls.following(page)

    def _send(self, call: Call[Answer]) -> Answer:
        with self._response(call) as response:
            response.read()
            answer: Any = response.json() if response.content else None
            return answer  # type: ignore[no-any-return]

    def _read(self, call: Call[bytes]) -> bytes:
        with self._response(call) as response:
            return response.read()

    @contextmanager
    def _stream(self, call: Call[bytes]) -> Iterator[Iterator[bytes]]:
        with self._response(call) as response:
            yield response.iter_bytes()

    @contextmanager
    def _response(self, call: Call[Any]) -> Iterator[httpx.Response]:
        attempt = 0
        while True:
            attempt += 1
            options = call.options()
            failure: httpx.TransportError | None = None
            response: httpx.Response | None = None
            try:
                response = self._http.send(self._http.build_request(call.method, call.path, **options), stream=True)
                if response.is_success:
                    yield response
                    return
                response.read()
            except httpx.TransportError as error:
                if response is not None:
                    raise ConnectionFailed(f"The answer of the server broke off: {error}.") from error
                failure = error
            finally:
                calls.close(options)
                if response is not None:
                    response.close()
            time.sleep(self._retries.pause_s(call, attempt, response, failure))
