"""When a request is sent again, and after how long."""

from __future__ import annotations

import random
from dataclasses import dataclass

import httpx

from countermood_client.calls import Call
from countermood_client.errors import ApiError, ConnectionFailed

NOT_CARRIED_OUT = {429, 503}
BUSY = {*NOT_CARRIED_OUT, 502, 504}
"""Statuses of a server that is starting, overloaded or behind a proxy that does not reach it."""


@dataclass(frozen=True)
class Retries:
    """Requests that create something have an Idempotency-Key, so that they are not carried out twice. The few that
    cannot have one are sent again only where the server did not get them."""

    attempts: int = 6
    longest_wait_s: float = 60.0

    def pause_s(
        self, call: Call[object], attempt: int, response: httpx.Response | None, failure: httpx.TransportError | None
    ) -> float:
        """Before the next attempt, after `attempt` of them (from 1). Raises ApiError or ConnectionFailed if this was
        the last one."""
        pause_s = self._pause_s(attempt, response) if _is_temporary(call, response, failure) else None
        if pause_s is not None:
            return pause_s
        if response is not None:
            raise ApiError.of(response)
        raise ConnectionFailed(f"The server does not answer: {failure}.") from failure

    def _pause_s(self, attempt: int, response: httpx.Response | None) -> float | None:
        if attempt >= self.attempts:
            return None
        if response is not None and (told := _retry_after_s(response)) is not None:
            return told if told <= self.longest_wait_s else None
        # Doubled each time, with a random part, so that clients that failed together do not come back together.
        return min(self.longest_wait_s, 0.5 * 2.0 ** (attempt - 1)) * random.uniform(0.5, 1.0)


def _is_temporary(call: Call[object], response: httpx.Response | None, failure: httpx.TransportError | None) -> bool:
    if response is None:
        return call.is_repeatable or isinstance(failure, httpx.ConnectError | httpx.ConnectTimeout)
    if response.status_code in (BUSY if call.is_repeatable else NOT_CARRIED_OUT):
        return True
    # The first attempt of this request is still running: its answer comes with the next one.
    return response.status_code == 409 and "idempotency_key_in_use" in response.text


def _retry_after_s(response: httpx.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isdecimal() else None
