"""Server-sent events. A stream has no thread: the web server asks it for news every second (see mmc/web)."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

import orjson
from django.db import DatabaseError, close_old_connections
from django.http import StreamingHttpResponse

from classifier.errors import ProductError

logger = logging.getLogger(__name__)

POLL_S = 1.0
KEEP_ALIVE_POLLS = 15
"""Proxies close connections that are silent for a minute."""
MAX_POLLS = 900
"""Then the stream ends, and the client connects again."""
RETRY_MS = 2000
MAX_STREAMS, MAX_STREAMS_OF_USER = 200, 10

Event = tuple[str, Any]
"""Its name, and its data as JSON."""


class EventStream(StreamingHttpResponse):
    """`news` gives the events since the last call, or None to end the stream."""

    poll_s = POLL_S

    def __init__(self, user_id: int, news: Callable[[], list[Event] | None]) -> None:
        open_streams.add(user_id)
        self._user_id = user_id
        self._news = news
        self._polls = 0
        super().__init__(self._until_the_end(), content_type="text/event-stream")
        self.headers["Cache-Control"] = "private, no-store"
        # nginx would keep events back.
        self.headers["X-Accel-Buffering"] = "no"

    def poll(self) -> bytes | None:
        """What is to be sent now, maybe nothing; None at the end."""
        close_old_connections()
        try:
            events = self._news() if self._polls < MAX_POLLS else None
        except DatabaseError as error:
            logger.warning("An event stream ends, since the database does not answer: %s", error)
            events = None
        finally:
            close_old_connections()
        if events is None:
            return None
        begins = self._polls == 0
        self._polls += 1
        text = f"retry: {RETRY_MS}\n\n".encode() if begins else b""
        for name, data in events:
            text += f"id: {int(time.time() * 1000)}\nevent: {name}\ndata: ".encode() + orjson.dumps(data) + b"\n\n"
        return text or (b": \n\n" if self._polls % KEEP_ALIVE_POLLS == 0 else b"")

    def close(self) -> None:
        if not self.closed:
            open_streams.remove(self._user_id)
        super().close()

    def _until_the_end(self) -> Iterator[bytes]:
        """For servers that know no `poll`."""
        while (text := self.poll()) is not None:
            yield text
            time.sleep(self.poll_s)


class OpenStreams:
    """Those of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of_user: Counter[int] = Counter()

    def add(self, user_id: int) -> None:
        with self._lock:
            if self._of_user[user_id] >= MAX_STREAMS_OF_USER or self._of_user.total() >= MAX_STREAMS:
                raise ProductError(
                    "too_many_streams",
                    f"Too many event streams are open: a user may have {MAX_STREAMS_OF_USER}, and all together "
                    f"{MAX_STREAMS}. Close one, or read the jobs.",
                    HTTPStatus.TOO_MANY_REQUESTS,
                )
            self._of_user[user_id] += 1

    def remove(self, user_id: int) -> None:
        with self._lock:
            self._of_user[user_id] -= 1
            if not self._of_user[user_id]:
                del self._of_user[user_id]

    def count(self) -> int:
        return self._of_user.total()


open_streams = OpenStreams()
