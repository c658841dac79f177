"""Runs a WSGI application in threads, as an ASGI application.

The event loop reads small bodies before a thread is used, and sends answers after the thread is done with them. A
thread waits for a client only where it reads a large body, or writes an answer that it computes on the way.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from typing import Any, Protocol

from mmc.web.connection import CLOSE
from mmc.web.environ import FileAnswer, build_environ
from mmc.web.pools import Pools, body_length
from mmc.web.request_body import ClientDisconnected, IncomingBody, Receive, ReceivedBody
from mmc.web.settings import BLOCK_BYTES, PREFETCH_BYTES, TRANSFERS_PER_CLIENT
from mmc.web.turns import Turns, client_of

logger = logging.getLogger(__name__)

Send = Callable[[Any], Awaitable[None]]
WsgiApplication = Callable[..., Iterable[bytes]]


@dataclass
class Answer:
    """What the application gave to `start_response`, and what its thread leaves to the event loop."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    rest: Blocks | None = None
    polled: Polled | None = None
    sent: bool = False


class Polled(Protocol):
    """An answer that has no thread while it waits: it is asked for its next bytes every `poll_s` seconds."""

    poll_s: float

    def poll(self) -> bytes | None:
        """Maybe none; None at the end."""

    def close(self) -> None: ...


class Blocks:
    """The blocks of an answer that any thread can read, such as those of a file."""

    def __init__(self, result: Iterable[bytes]) -> None:
        self._blocks = iter(result)
        self.close: Callable[[], None] = getattr(result, "close", lambda: None)

    def next(self) -> bytes:
        """At least BLOCK_BYTES; fewer at the end."""
        block = bytearray()
        while len(block) < BLOCK_BYTES and (part := next(self._blocks, None)) is not None:
            block += part
        return bytes(block)


class ThreadedWsgi:
    def __init__(self, application: WsgiApplication) -> None:
        self.application = application
        self.is_stopping: Callable[[], bool] = lambda: False
        self.pools = Pools.create()
        self.turns = Turns(TRANSFERS_PER_CLIENT)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        length = body_length(scope["headers"])
        try:
            body: ReceivedBody | IncomingBody
            if length is not None and length <= PREFETCH_BYTES:
                body = ReceivedBody(await _received(receive) if length else b"")
            else:
                body = IncomingBody(receive, loop)
            call = ApplicationCall(self.application, scope, body, send, loop)
            pool = self.pools.of(scope, length)
            turn = self.turns.turn_of(client_of(scope)) if pool is self.pools.transfers else contextlib.nullcontext()
            async with turn:
                answer = await loop.run_in_executor(pool, call.run)
            if answer.polled is not None:
                await self._poll(answer, answer.polled, body, receive, send)
            elif not answer.sent:
                await self._send(answer, scope, body, send)
        except ClientDisconnected as error:
            logger.debug("%s %s: %s", scope["method"], scope["path"], error)

    async def _send(self, answer: Answer, scope: dict[str, Any], body: ReceivedBody | IncomingBody, send: Send) -> None:
        loop = asyncio.get_running_loop()
        block, rest = answer.body, answer.rest
        try:
            await send(start_message(answer, body))
            while rest is not None and block and scope["method"] != "HEAD":
                await send(body_message(block, more=True))
                block = await loop.run_in_executor(self.pools.files, rest.next)
            await send(body_message(block))
        finally:
            if rest is not None:
                await loop.run_in_executor(self.pools.files, rest.close)

    async def _poll(
        self, answer: Answer, polled: Polled, body: ReceivedBody | IncomingBody, receive: Receive, send: Send
    ) -> None:
        """Until its end, or until the client is gone or the server stops."""
        loop = asyncio.get_running_loop()
        gone = asyncio.create_task(_disconnected(receive))
        try:
            await send(start_message(answer, body))
            while not gone.done() and not self.is_stopping():
                block = await loop.run_in_executor(self.pools.events, polled.poll)
                if block is None:
                    break
                if block:
                    await send(body_message(block, more=True))
                await asyncio.wait({gone}, timeout=polled.poll_s)
            await send(body_message(b""))
        finally:
            gone.cancel()
            await loop.run_in_executor(self.pools.events, polled.close)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _received(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnected("The client disconnected before its request ended.")
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)


def start_message(answer: Answer, body: ReceivedBody | IncomingBody) -> dict[str, Any]:
    headers = answer.headers
    if not body.complete:
        # Nothing will read the rest of the body, so the next request cannot be found behind it.
        headers = [*(header for header in headers if header[0] != b"connection"), CLOSE]
    return {"type": "http.response.start", "status": answer.status, "headers": headers}


def body_message(block: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": block, "more_body": more}


class ApplicationCall:
    """One request in its thread."""

    def __init__(
        self,
        application: WsgiApplication,
        scope: dict[str, Any],
        body: ReceivedBody | IncomingBody,
        send: Send,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._application = application
        self._scope = scope
        self._body = body
        self._send = send
        self._loop = loop
        self._answer = Answer()

    def run(self) -> Answer:
        result: Any = self._application(build_environ(self._scope, self._body), self._start_response)
        if hasattr(result, "poll_s"):
            self._answer.polled = result
            return self._answer
        if isinstance(result, FileAnswer) or getattr(result, "any_thread", False):
            return self._leave_blocks(Blocks(result))
        try:
            if getattr(result, "streaming", False):
                self._stream(result)
            else:
                self._answer.body = b"".join(result)
        finally:
            if close := getattr(result, "close", None):
                close()
        return self._answer

    def _start_response(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[..., None]:
        self._answer.status = int(status.partition(" ")[0])
        self._answer.headers = [
            (name.lower().encode("latin-1"), value.strip().encode("latin-1")) for name, value in headers
        ]
        return self._unsupported_write

    def _unsupported_write(self, data: bytes) -> None:
        raise NotImplementedError("The write callable of PEP 3333, which Django does not use.")

    def _leave_blocks(self, blocks: Blocks) -> Answer:
        """Most files end with their first block, and need no other thread."""
        try:
            self._answer.body = blocks.next()
        except BaseException:
            blocks.close()
            raise
        if len(self._answer.body) < BLOCK_BYTES:
            blocks.close()
        else:
            self._answer.rest = blocks
        return self._answer

    def _stream(self, blocks: Iterable[bytes]) -> None:
        """Send while the application computes, as fast as the client reads."""
        self._push(start_message(self._answer, self._body))
        for block in blocks:
            if block:
                self._push(body_message(block, more=True))
        self._push(body_message(b""))
        self._answer.sent = True

    def _push(self, message: dict[str, Any]) -> None:
        try:
            asyncio.run_coroutine_threadsafe(self._sent(message), self._loop).result()
        except (CancelledError, RuntimeError) as error:  # the server stops
            raise ClientDisconnected("The server stops.") from error

    async def _sent(self, message: dict[str, Any]) -> None:
        await self._send(message)
