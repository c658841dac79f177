"""The body of a request as the file that WSGI reads, for a thread while the event loop receives."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError
from typing import Any

Receive = Callable[[], Awaitable[Any]]


class ClientDisconnected(ConnectionResetError):
    """The client closed the connection, or was too slow, before its request ended."""


class ReceivedBody(io.BytesIO):
    """A body that is already here."""

    complete = True


class IncomingBody(io.RawIOBase):
    """A body that a thread reads while it arrives. The event loop stops receiving while the thread does not read."""

    def __init__(self, receive: Receive, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._receive = receive
        self._loop = loop
        self._buffer = bytearray()
        self.complete = False

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        """As many bytes as asked for; fewer at the end of the body, or once of a connection that broke."""
        wanted = None if size is None or size < 0 else size
        try:
            while not self.complete and (wanted is None or len(self._buffer) < wanted):
                self._receive_more()
        except ClientDisconnected:
            if not self._buffer:
                raise
        return self._take(len(self._buffer) if wanted is None else wanted)

    def readinto(self, buffer: Any) -> int:
        block = self.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)

    def readline(self, size: int | None = -1) -> bytes:
        limit = None if size is None or size < 0 else size
        while (end := self._buffer.find(b"\n")) < 0 and not self.complete:
            if limit is not None and len(self._buffer) >= limit:
                break
            self._receive_more()
        length = len(self._buffer) if end < 0 else end + 1
        return self._take(length if limit is None else min(length, limit))

    def _take(self, length: int) -> bytes:
        block = bytes(self._buffer[:length])
        del self._buffer[:length]
        return block

    def _receive_more(self) -> None:
        try:
            message = asyncio.run_coroutine_threadsafe(self._next(), self._loop).result()
        except (CancelledError, RuntimeError) as error:  # the server stops
            raise ClientDisconnected("The server stops.") from error
        if message["type"] == "http.disconnect":
            raise ClientDisconnected("The client disconnected before its request ended.")
        self._buffer += message.get("body", b"")
        self.complete = not message.get("more_body", False)

    async def _next(self) -> Any:
        return await self._receive()
