"""Requests that never reach the application are answered with an identifier, which the log has too."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState

from mmc.logs import ContextFilter
from mmc.web import connection
from mmc.web.connection import ClientConnection
from mmc.web.deadlines import Deadlines
from mmc.web.settings import HEAD_TIMEOUT_S, MAX_HEAD_BYTES

Talk = Callable[[int, Deadlines], Awaitable[bytes]]


async def _no_application(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("The request reached the application.")


def answer_to(talk: Talk) -> bytes:
    """What a client is sent that talks to a server on a port of this machine."""

    async def serve() -> bytes:
        config = Config(_no_application, http=ClientConnection, ws="none", h11_max_incomplete_event_size=MAX_HEAD_BYTES)
        config.load()
        state = ServerState()
        server = await asyncio.get_running_loop().create_server(
            lambda: ClientConnection(config=config, server_state=state, app_state={}), "127.0.0.1", 0
        )
        async with server:
            return await talk(server.sockets[0].getsockname()[1], Deadlines(state.connections))  # type: ignore[arg-type]

    return asyncio.run(serve())


@pytest.fixture(autouse=True)
def _log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "mmc.web.connection")
    caplog.handler.addFilter(ContextFilter())


def check(answer: bytes, status: int, caplog: pytest.LogCaptureFixture) -> None:
    assert answer.startswith(f"HTTP/1.1 {status} ".encode()), answer
    identifier = re.search(rb"\r\nx-request-id: ([0-9a-f]{32})\r\n", answer)
    assert identifier is not None
    assert b"\r\nconnection: close\r\n" in answer.lower()
    [record] = caplog.records
    assert record.request_id == identifier[1].decode()
    assert str(status) in record.getMessage()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"no request\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-Large: " + b"x" * (MAX_HEAD_BYTES + 1), 431),
    ],
    ids=["malformed", "too large"],
)
def test_what_is_no_request(sent: bytes, status: int, caplog: pytest.LogCaptureFixture) -> None:
    async def talk(port: int, deadlines: Deadlines) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        answer = await reader.read()
        writer.close()
        return answer

    check(answer_to(talk), status, caplog)


def test_a_head_that_is_not_complete_in_time(caplog: pytest.LogCaptureFixture) -> None:
    async def talk(port: int, deadlines: Deadlines) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\n")
        [served] = await _until(lambda: [one for one in deadlines.connections if one.received_bytes])
        deadlines.check(served.waiting_since + HEAD_TIMEOUT_S + 1)
        answer = await reader.read()
        writer.close()
        return answer

    check(answer_to(talk), 408, caplog)


def test_a_connection_on_which_no_request_began_is_closed_without_an_answer(caplog: pytest.LogCaptureFixture) -> None:
    async def talk(port: int, deadlines: Deadlines) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        [served] = await _until(lambda: list(deadlines.connections))
        deadlines.check(served.waiting_since + HEAD_TIMEOUT_S + 1)
        try:
            return await reader.read()
        except ConnectionResetError:
            return b""
        finally:
            writer.close()

    assert answer_to(talk) == b""
    assert caplog.records == []


def test_a_connection_that_has_to_make_room(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(connection, "MAX_CONNECTIONS", 1)

    async def talk(port: int, deadlines: Deadlines) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await _until(lambda: list(deadlines.connections))
        _, second = await asyncio.open_connection("127.0.0.1", port)
        answer = await reader.read()
        writer.close()
        second.close()
        return answer

    check(answer_to(talk), 503, caplog)


async def _until(value: Callable[[], list[Any]]) -> list[Any]:
    while not (found := value()):
        await asyncio.sleep(0)
    return found
