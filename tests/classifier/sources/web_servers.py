"""Web servers on this machine that answer as a test wants, also in ways that no server should."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    """A body of this kind; one of JSON is in `body`."""
    headers: Mapping[str, str]
    body: bytes = b""
    pairs: list[tuple[str, str]] = field(default_factory=list)
    """Of query and form, where a name may come several times."""

    def values(self, name: str) -> list[str]:
        return [value for one, value in self.pairs if one == name]

    @property
    def parameters(self) -> dict[str, str]:
        return self.query | self.form


@dataclass
class Answer:
    content: bytes = b""
    media_type: str = "application/json"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    blocks: Iterator[bytes] | None = None
    """Sent after the content, without a Content-Length: the end of the connection is the end of the body."""


def as_json(content: Any, status: int = 200) -> Answer:
    return Answer(json.dumps(content).encode(), status=status)


def ranged(request: Request, content: bytes, media_type: str = "audio/mpeg") -> Answer:
    """A file, or the range of it that was asked for."""
    unit, _, span = request.headers.get("Range", "").partition("=")
    if unit != "bytes":
        return Answer(content, media_type)
    first, _, last = span.partition("-")
    start, end = int(first), min(int(last or len(content)), len(content) - 1)
    if start >= len(content):
        return Answer(b"", media_type, 416, {"Content-Range": f"bytes */{len(content)}"})
    headers = {"Content-Range": f"bytes {start}-{end}/{len(content)}"}
    return Answer(content[start : end + 1], media_type, 206, headers)


@dataclass
class WebServer:
    address: str
    requests: list[Request] = field(default_factory=list)

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]


@contextmanager
def web_server(answer: Callable[[Request], Answer], tls: ssl.SSLContext | None = None) -> Iterator[WebServer]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            is_form = "form" in self.headers.get("Content-Type", "")
            query = parse_qsl(url.query, keep_blank_values=True)
            form = parse_qsl(body.decode(), keep_blank_values=True) if is_form else []
            request = Request(self.command, url.path, dict(query), dict(form), self.headers, body, [*query, *form])
            server.requests.append(request)
            self._send(answer(request))

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

        def _send(self, reply: Answer) -> None:
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.media_type)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.blocks is None and "Content-Length" not in reply.headers:
                self.send_header("Content-Length", str(len(reply.content)))
            if reply.blocks is not None:
                self.send_header("Connection", "close")
                self.close_connection = True
            self.end_headers()
            try:
                self.wfile.write(reply.content)
                for block in reply.blocks or ():
                    self.wfile.write(block)
                    self.wfile.flush()
            except OSError:
                self.close_connection = True  # the client has seen enough

        def log_message(self, *arguments: object) -> None:
            pass

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.daemon_threads = True
    web.handle_error = lambda *arguments: None  # type: ignore[method-assign]  # a client may leave at any time
    if tls is not None:
        web.socket = tls.wrap_socket(web.socket, server_side=True)
    server = WebServer(f"{'https' if tls else 'http'}://127.0.0.1:{web.server_address[1]}")
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        web.shutdown()
        thread.join()
        web.server_close()
