"""HTTP to servers that users name: a session of `requests` that connects only to addresses which were checked, and
whose connections can be ended after a time limit."""

from __future__ import annotations

import contextlib
import socket
import threading
import weakref
from collections.abc import Callable, Iterator
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from mmc import __version__

MAX_ADDRESSES = 4

Check = Callable[[str, str], None]
"""Raises for a host and its numeric address if no connection may go there."""


class OutgoingSession(requests.Session):
    """Follows no redirect, uses no proxy, keeps no cookie and knows no password of the environment."""

    def __init__(self, check: Check) -> None:
        super().__init__()
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.headers["User-Agent"] = f"Countermood/{__version__}"
        self._open: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._late = threading.Event()
        for scheme in ("http://", "https://"):
            self.mount(scheme, _CheckedAdapter(self._open, check))

    @property
    def is_late(self) -> bool:
        """Whether a time limit has ended the connections."""
        return self._late.is_set()

    @contextlib.contextmanager
    def ended_after(self, limit_s: float) -> Iterator[None]:
        """End all connections of this session after so many seconds, however busy they are."""
        timer = threading.Timer(limit_s, self._end_connections)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def resolve_redirects(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        """None: `requests` would look where a redirect goes even if told not to follow it, and read its whole body."""
        return iter(())

    def _end_connections(self) -> None:
        self._late.set()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)  # wakes whoever reads from it


class _CheckedAdapter(HTTPAdapter):
    """Connects only to addresses that are allowed, and knows its connections."""

    def __init__(self, opened: weakref.WeakSet[socket.socket], check: Check) -> None:
        self._opened, self._check = opened, check
        super().__init__(pool_connections=2, pool_maxsize=2)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        opened, check = self._opened, self._check

        class Http(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return _connect(self, check)

            def connect(self) -> None:
                super().connect()
                opened.add(self.sock)

        class Https(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return _connect(self, check)

            def connect(self) -> None:
                super().connect()
                opened.add(self.sock)

        class HttpPool(HTTPConnectionPool):
            ConnectionCls = Http

        class HttpsPool(HTTPSConnectionPool):
            ConnectionCls = Https

        self.poolmanager.pool_classes_by_scheme = {"http": HttpPool, "https": HttpsPool}


def _connect(connection: HTTPConnection, check: Check) -> socket.socket:
    """A socket to a checked address of the host. No name is looked up between the check and the connection."""
    host, port = connection.host, connection.port or connection.default_port
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise NameResolutionError(host, connection, socket.gaierror(str(error))) from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        check(host, address)
    failure: OSError | None = None
    for address in addresses[:MAX_ADDRESSES]:
        try:
            return create_connection((address, port), connection.timeout, socket_options=connection.socket_options)
        except OSError as error:
            failure = error
    raise NewConnectionError(connection, f"No address of {host} could be connected to: {failure}")
