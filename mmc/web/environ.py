"""The WSGI environment of a request."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from mmc.web.settings import BLOCK_BYTES


def build_environ(scope: dict[str, Any], body: Any) -> dict[str, Any]:
    """By PEP 3333, from the scope of ASGI."""
    script_name = os.environ.get("SCRIPT_NAME", "").rstrip("/")
    path = _path(scope["raw_path"])
    if script_name and (path == script_name or path.startswith(f"{script_name}/")):
        path = path[len(script_name) :]
    server_name, server_port = scope.get("server") or ("localhost", 80)
    client_address, client_port = scope.get("client") or ("", "")
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": script_name,
        "PATH_INFO": path,
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server_name,
        "SERVER_PORT": str(server_port or 0),
        "REMOTE_ADDR": client_address,
        "REMOTE_PORT": str(client_port),
        "wsgi.version": (1, 0),
        # What a proxy says of it is Django's to judge: SECURE_PROXY_SSL_HEADER.
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileAnswer,
    }
    for name, value in scope["headers"]:
        _add_header(environ, name, value)
    return environ


def _path(raw_path: bytes) -> str:
    """Decoded as WSGI asks; of a whole URL, which a proxy may send, its path."""
    if not raw_path.startswith(b"/"):
        raw_path = urlsplit(raw_path).path or b"/"
    return unquote_to_bytes(raw_path).decode("latin-1")


def _add_header(environ: dict[str, Any], name: bytes, value: bytes) -> None:
    if b"_" in name:
        # X_Forwarded_For would become the same variable as X-Forwarded-For, which a proxy sets or removes.
        return
    key = name.decode("latin-1").upper().replace("-", "_")
    if key not in ("CONTENT_LENGTH", "CONTENT_TYPE"):
        key = f"HTTP_{key}"
    text = value.decode("latin-1")
    if key in environ:
        separator = "; " if key == "HTTP_COOKIE" else ","
        text = f"{environ[key]}{separator}{text}"
    environ[key] = text


class FileAnswer:
    """`wsgi.file_wrapper`: the blocks of a file, which any thread can read."""

    def __init__(self, file: Any, block_bytes: int = BLOCK_BYTES) -> None:
        self._file = file
        self.close = file.close

    def __iter__(self) -> Iterator[bytes]:
        while block := self._file.read(BLOCK_BYTES):
            yield block
