"""A local web server that serves sounds, simulates errors, and records requests."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Page:
    """One URL with its simulated errors."""

    content: bytes = b""
    media_type: str = "audio/mpeg"
    etag: str | None = '"1"'
    ranges: bool = True
    statuses: list[int] = field(default_factory=list)
    """Status codes of the first requests."""

    headers: dict[str, str] = field(default_factory=dict)
    breaks_after: list[int] = field(default_factory=list)
    """Bytes after which the first connections are closed."""

    largest_piece: int | None = None
    """Maximum bytes of a range response."""

    chunked: bool = False
    pause_s: float = 0.0
    """Pause after each kilobyte."""


@dataclass
class SoundServer:
    link: str
    """The server's base URL without a trailing slash."""

    pages: dict[str, Page] = field(default_factory=dict)
    requests_made: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Path and headers of each request, in order."""

    def serve(self, path: str, content: bytes = b"", **options: object) -> str:
        """Serves `content` and returns its link."""
        self.pages[path] = Page(content, **options)  # type: ignore[arg-type]
        return self.link + path

    def requested_ranges(self) -> list[str | None]:
        return [headers.get("Range") for _, headers in self.requests_made]


@contextmanager
def sound_server() -> Iterator[SoundServer]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            server.requests_made.append((self.path, dict(self.headers)))
            page = server.pages.get(self.path)
            status = 404 if page is None else page.statuses.pop(0) if page.statuses else 200
            if page is None or status != 200:
                self._refuse(status, page.headers if page else {})
            else:
                self._send(page)

        def _refuse(self, status: int, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": "0"}.items():
                self.send_header(name, value)
            self.end_headers()

        def _send(self, page: Page) -> None:
            start = self._start(page)
            body = page.content[start:][: page.largest_piece if start else None]
            self.send_response(206 if start else 200)
            self.send_header("Content-Type", page.media_type)
            if page.etag:
                self.send_header("ETag", page.etag)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{start + len(body) - 1}/{len(page.content)}")
            for name, value in page.headers.items():
                self.send_header(name, value)
            self.send_header(
                *(("Transfer-Encoding", "chunked") if page.chunked else ("Content-Length", str(len(body))))
            )
            self.end_headers()
            until = page.breaks_after.pop(0) if page.breaks_after else None
            try:
                self._write(body[:until], page)
                if page.chunked and until is None:
                    self.wfile.write(b"0\r\n\r\n")
            except OSError:
                pass  # the client closed the connection
            self.close_connection = self.close_connection or until is not None

        def _start(self, page: Page) -> int:
            requested_range = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
            same = self.headers.get("If-Range", page.etag) == page.etag
            return int(requested_range[1]) if requested_range and page.ranges and same else 0

        def _write(self, body: bytes, page: Page) -> None:
            step = 1024 if page.pause_s else 1 << 16
            for at in range(0, len(body), step):
                piece = body[at : at + step]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if page.chunked else piece)
                time.sleep(page.pause_s)

        def log_message(self, *args: object) -> None:
            """Silent."""

    workspace = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server = SoundServer(f"http://127.0.0.1:{workspace.server_address[1]}")
    thread = threading.Thread(target=workspace.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        workspace.shutdown()
        workspace.server_close()
        thread.join()
