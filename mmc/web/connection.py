"""One connection of a client: uvicorn's protocol, with a lingering close, what deadlines need to know, and answers to
requests that never reach the application."""

from __future__ import annotations

import asyncio
import logging
import sys
import uuid
from http import HTTPStatus
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from mmc.logs import log_context
from mmc.web.settings import HEAD_TIMEOUT_S, LINGER_S, LINGER_SILENCE_S, MAX_CONNECTIONS, PREFETCH_BYTES

logger = logging.getLogger(__name__)

CLOSE = (b"connection", b"close")


class ClientConnection(H11Protocol):
    """Counts bytes in both directions. Its `transport` is wrapped, so that closing it can linger."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.waiting_since = self.loop.time()
        """Since when the connection waits for a request, whole or in part. Only meaningful without one."""
        self.received_bytes = 0
        self.lingering = False
        self._heard_at = self.waiting_since
        self.socket_transport = transport
        self.counting_transport = CountingTransport(transport, self)
        super().connection_made(self.counting_transport)  # type: ignore[arg-type]
        if len(self.connections) > MAX_CONNECTIONS:
            self._make_room()

    @property
    def has_request(self) -> bool:
        """Whether the head of a request is complete and its answer is not."""
        return self.cycle is not None and not self.cycle.response_complete

    @property
    def body_expected(self) -> bool:
        """Whether it is the client's turn to send the body of a request."""
        return (
            self.has_request
            and self.cycle.more_body
            and not self.cycle.waiting_for_100_continue
            and not self.flow.read_paused
        )

    @property
    def waits_for_client(self) -> bool:
        """Whether no thread works for this connection, since its client has not sent, or not read, enough."""
        return not self.has_request or self.flow.write_paused or (self.body_expected and self._body_is_small())

    def _body_is_small(self) -> bool:
        length = dict(self.headers).get(b"content-length", b"")
        return length.isdigit() and int(length) <= PREFETCH_BYTES

    def _make_room(self) -> None:
        """Close the connection that has waited longest for its client; this one where every other is at work."""
        waiting = [
            other for other in self.connections if isinstance(other, ClientConnection) and other.waits_for_client
        ]
        oldest = min(waiting, key=lambda other: other.waiting_since, default=self)
        oldest.refuse(HTTPStatus.SERVICE_UNAVAILABLE, "The server has too many connections: try again in a moment.")

    @property
    def sent_bytes(self) -> int:
        return self.counting_transport.written_bytes - self.unsent_bytes

    @property
    def unsent_bytes(self) -> int:
        return self.socket_transport.get_write_buffer_size()

    def data_received(self, data: bytes) -> None:
        self.received_bytes += len(data)
        self._heard_at = self.loop.time()
        if not self.lingering:
            super().data_received(data)

    def on_response_complete(self) -> None:
        self.waiting_since = self.loop.time()
        super().on_response_complete()

    def body_is_unread(self) -> bool:
        return self.conn.their_state is h11.SEND_BODY

    def linger(self) -> None:
        """Close only after the client has had time to read the answer, instead of resetting the connection."""
        self.lingering = True
        self.socket_transport.write_eof()
        self.flow.resume_reading()
        self._linger_until(self.loop.time() + LINGER_S)

    def _linger_until(self, end: float) -> None:
        now = self.loop.time()
        if now >= end or now - self._heard_at >= LINGER_SILENCE_S:
            self.socket_transport.close()
        elif not self.socket_transport.is_closing():
            self.loop.call_later(1, self._linger_until, end)

    def time_out(self) -> None:
        """Close, since the head of a request did not come in time; without an answer where it did not begin at all."""
        if self.conn.trailing_data[0]:
            message = f"The head of the request was not complete within {HEAD_TIMEOUT_S} s: try again."
            self.refuse(HTTPStatus.REQUEST_TIMEOUT, message)
        else:
            self.abort()

    def send_400_response(self, msg: str) -> None:
        """uvicorn calls this inside its handler of what is no HTTP request."""
        status = HTTPStatus(getattr(sys.exception(), "error_status_hint", HTTPStatus.BAD_REQUEST))
        self._answer(status, msg)
        self.linger()

    def refuse(self, status: HTTPStatus, message: str) -> None:
        """Close with an answer, which the client gets if it reads at all: nothing waits for that."""
        self._answer(status, message)
        self.abort()

    def _answer(self, status: HTTPStatus, message: str) -> None:
        """Its identifier is in the log, as that of every other answer. Nothing is sent during another answer."""
        if self.conn.our_state is not h11.IDLE:
            return
        request_id = uuid.uuid4().hex
        with log_context(request_id=request_id):
            logger.info("%s before the application: %s", status.value, message)
        body = f"{message}\n".encode()
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"x-request-id", request_id.encode()),
            (b"cache-control", b"no-store"),
            CLOSE,
        ]
        response = h11.Response(status_code=status, headers=headers, reason=status.phrase.encode())
        for event in (response, h11.Data(data=body), h11.EndOfMessage()):
            self.socket_transport.write(self.conn.send(event) or b"")

    def abort(self) -> None:
        self.socket_transport.abort()

    def shutdown(self) -> None:
        if self.lingering:
            self.socket_transport.close()
        else:
            super().shutdown()


class CountingTransport:
    """The transport that uvicorn writes to and closes."""

    def __init__(self, transport: asyncio.Transport, connection: ClientConnection) -> None:
        self._transport = transport
        self._connection = connection
        self.written_bytes = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        self.written_bytes += len(data)
        self._transport.write(data)

    def close(self) -> None:
        if self._connection.lingering:
            return
        if self._connection.body_is_unread() and not self._transport.is_closing():
            self._connection.linger()
        else:
            self._transport.close()

    def is_closing(self) -> bool:
        return self._connection.lingering or self._transport.is_closing()
