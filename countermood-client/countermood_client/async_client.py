"""The client for programs with an event loop. Each method is that of `Client`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
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


def _sends(build: Callable[P, Call[Answer]]) -> Method[AsyncClient, P, Coroutine[Any, Any, Answer]]:
    return Method(build, lambda client, call: client._send(call))


def _lists(build: Callable[P, Call[Page[Entry]]]) -> Method[AsyncClient, P, AsyncIterator[Entry]]:
    return Method(build, lambda client, call: client._entries(call))


def _reads(build: Callable[P, Call[bytes]]) -> Method[AsyncClient, P, Coroutine[Any, Any, bytes]]:
    return Method(build, lambda client, call: client._read(call))


def _streams(
    build: Callable[P, Call[bytes]],
) -> Method[AsyncClient, P, AbstractAsyncContextManager[AsyncIterator[bytes]]]:
    return Method(build, lambda client, call: client._stream(call))


class AsyncClient:
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
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._retries = retries or Retries()
        self._http = httpx.AsyncClient(
            base_url=checked_url(url),
            headers={"Authorization": f"Bearer {token}"},
            timeout=timeout_s,
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

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

    async def wait(self, song_id: str, *, timeout_s: float = DEFAULT_WAIT_S) -> Song:
        """The song once it is analysed. Raises `JobFailed` and `TimedOut`."""
        polling = Polling(timeout_s)
        while not polling.is_done(await self.job(song_id)):
            await asyncio.sleep(polling.pause_s())
        return await self.song(song_id)

    async def tag(
        self, path: Path, *, on_progress: OnProgress | None = None, timeout_s: float = DEFAULT_WAIT_S
    ) -> Song:
        """Upload a song and wait for its mood."""
        song = await self.upload(path, on_progress=on_progress)
        return await self.wait(song["id"], timeout_s=timeout_s)

    async def _entries(self, call: Call[Page[Entry]]) -> AsyncIterator[Entry]:
        following: Call[Page[Entry]] | None = call
        while following is not None:
            page = await self._send(following)
            for entry in page["results"]:
                yield entry
            following = calls.following(page)

    async def _send(self, call: Call[Answer]) -> Answer:
        async with self._response(call) as response:
            await response.aread()
            answer: Any = response.json() if response.content else None
            return answer  # type: ignore[no-any-return]

    async def _read(self, call: Call[bytes]) -> bytes:
        async with self._response(call) as response:
            return await response.aread()

    @asynccontextmanager
    async def _stream(self, call: Call[bytes]) -> AsyncIterator[AsyncIterator[bytes]]:
        async with self._response(call) as response:
            yield response.aiter_bytes()

    @asynccontextmanager
    async def _response(self, call: Call[Any]) -> AsyncIterator[httpx.Response]:
        attempt = 0
        while True:
            attempt += 1
            options = call.options()
            failure: httpx.TransportError | None = None
            response: httpx.Response | None = None
            try:
                response = await self._http.send(
                    self._http.build_request(call.method, call.path, **options), stream=True
                )
                if response.is_success:
                    yield response
                    return
                await response.aread()
            except httpx.TransportError as error:
                if response is not None:
                    raise ConnectionFailed(f"The answer of the server broke off: {error}.") from error
                failure = error
            finally:
                calls.close(options)
                if response is not None:
                    await response.aclose()
            await asyncio.sleep(self._retries.pause_s(call, attempt, response, failure))
