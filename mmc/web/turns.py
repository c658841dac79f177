"""Limits how many requests of one client run at once. The others wait in the order in which they came."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

SESSION = re.compile(rb"\bsessionid=([^;\s]+)")


class Turns:
    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._semaphores: dict[bytes, asyncio.Semaphore] = {}
        self._users: Counter[bytes] = Counter()

    @contextlib.asynccontextmanager
    async def turn_of(self, client: bytes) -> AsyncIterator[None]:
        semaphore = self._semaphores.setdefault(client, asyncio.Semaphore(self._at_once))
        self._users[client] += 1
        try:
            async with semaphore:
                yield
        finally:
            self._users[client] -= 1
            if not self._users[client]:
                del self._users[client], self._semaphores[client]


def client_of(scope: dict[str, Any]) -> bytes:
    """A token, a session, or else the address. None of them is verified here. A made-up one is no advantage: such a
    request is rejected before its body is read."""
    headers = dict(scope["headers"])
    if authorization := headers.get(b"authorization"):
        return bytes(authorization)
    if session := SESSION.search(headers.get(b"cookie", b"")):
        return session[1]
    return str((scope.get("client") or ("",))[0]).encode()
