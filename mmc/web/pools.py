"""The threads of a web process, in pools that cannot block each other."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from mmc.web.settings import EVENT_THREADS, FILE_THREADS, PAGE_THREADS, PREFETCH_BYTES, TRANSFER_THREADS

# Requests that decode audio, download a link, or stream a file while it is computed. A selection may be such a file.
SLOW_PATHS = re.compile(
    rb"/(passage\.wav|tagged|export\.[a-z.]+|exports/[a-z.]+/|account/export/|report\.csv|songs/selection/"
    rb"|songs/links/|upload/link/)$"
)


@dataclass(frozen=True)
class Pools:
    """Pages and the API; uploads, exports and waiting calls; blocks of files; news for event streams."""

    pages: ThreadPoolExecutor
    transfers: ThreadPoolExecutor
    files: ThreadPoolExecutor
    events: ThreadPoolExecutor

    @classmethod
    def create(cls) -> Pools:
        return cls(
            pages=ThreadPoolExecutor(PAGE_THREADS, thread_name_prefix="page"),
            transfers=ThreadPoolExecutor(TRANSFER_THREADS, thread_name_prefix="transfer"),
            files=ThreadPoolExecutor(FILE_THREADS, thread_name_prefix="file"),
            events=ThreadPoolExecutor(EVENT_THREADS, thread_name_prefix="event"),
        )

    def of(self, scope: dict[str, Any], body_bytes: int | None) -> ThreadPoolExecutor:
        """`body_bytes` is None for a body in chunks."""
        if body_bytes is None or body_bytes > PREFETCH_BYTES:
            return self.transfers
        if b"wait=" in scope["query_string"] or SLOW_PATHS.search(scope["raw_path"]):
            return self.transfers
        return self.pages


def body_length(headers: list[tuple[bytes, bytes]]) -> int | None:
    """Of a request, in bytes; None for a body in chunks, whose length is not known."""
    fields = dict(headers)
    if b"transfer-encoding" in fields:
        return None
    length = fields.get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0
