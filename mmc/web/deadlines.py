"""Closes the connections of clients that are too slow."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Iterable
from dataclasses import dataclass

from mmc.web.connection import ClientConnection
from mmc.web.settings import ANSWER_WINDOW_S, BODY_WINDOW_S, HEAD_TIMEOUT_S, MIN_BYTES_PER_S

CHECK_EVERY_S = 1.0


@dataclass
class Window:
    """A count at a moment, to compare a later one with."""

    started_at: float
    count: int

    def too_slow(self, now: float, count: int, length_s: float) -> bool:
        """Whether fewer bytes than allowed have passed since; begins a new window once this one has its length."""
        if now - self.started_at < length_s:
            return False
        slow = count - self.count < MIN_BYTES_PER_S * (now - self.started_at)
        self.started_at, self.count = now, count
        return slow


class Deadlines:
    """Watches every connection of one process."""

    def __init__(self, connections: Iterable[ClientConnection]) -> None:
        self.connections = connections
        self._bodies: weakref.WeakKeyDictionary[ClientConnection, Window] = weakref.WeakKeyDictionary()
        self._answers: weakref.WeakKeyDictionary[ClientConnection, Window] = weakref.WeakKeyDictionary()

    async def watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(CHECK_EVERY_S)
            self.check(loop.time())

    def check(self, now: float) -> None:
        for connection in list(self.connections):
            if self._head_is_late(connection, now):
                connection.time_out()
            elif self._body_is_slow(connection, now) or self._answer_is_not_read(connection, now):
                connection.abort()

    def _head_is_late(self, connection: ClientConnection, now: float) -> bool:
        return (
            not connection.has_request
            and not connection.lingering
            and not connection.unsent_bytes
            and now - connection.waiting_since > HEAD_TIMEOUT_S
        )

    def _body_is_slow(self, connection: ClientConnection, now: float) -> bool:
        if not connection.body_expected:
            self._bodies.pop(connection, None)
            return False
        window = self._bodies.setdefault(connection, Window(now, connection.received_bytes))
        return window.too_slow(now, connection.received_bytes, BODY_WINDOW_S)

    def _answer_is_not_read(self, connection: ClientConnection, now: float) -> bool:
        if not connection.unsent_bytes:
            self._answers.pop(connection, None)
            return False
        window = self._answers.setdefault(connection, Window(now, connection.sent_bytes))
        return window.too_slow(now, connection.sent_bytes, ANSWER_WINDOW_S)
