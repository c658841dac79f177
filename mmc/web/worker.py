"""gunicorn's worker: an event loop for connections, threads for Django."""

from __future__ import annotations

import asyncio
import contextlib
import resource
from typing import Any

from uvicorn.server import Server
from uvicorn_worker import UvicornWorker

from mmc.web.connection import ClientConnection
from mmc.web.deadlines import Deadlines
from mmc.web.settings import GRACE_S, KEEP_ALIVE_S, MAX_CONNECTIONS, MAX_HEAD_BYTES
from mmc.web.threaded_wsgi import ThreadedWsgi


class WebWorker(UvicornWorker):
    CONFIG_KWARGS: dict[str, Any] = {
        "loop": "asyncio",
        "http": ClientConnection,
        "ws": "none",
        "lifespan": "off",
        "interface": "asgi3",
        # X-Forwarded-For and -Proto count only with TRUST_PROXY, and then Django reads them.
        "proxy_headers": False,
        "server_header": False,
        "h11_max_incomplete_event_size": MAX_HEAD_BYTES,
        "timeout_keep_alive": KEEP_ALIVE_S,
        "timeout_graceful_shutdown": GRACE_S,
    }

    async def _serve(self) -> None:
        allow_files(2 * MAX_CONNECTIONS)
        self.config.app = application = ThreadedWsgi(self.wsgi)
        server = Server(config=self.config)
        application.is_stopping = lambda: server.should_exit
        self._install_sigquit_handler()
        watch = asyncio.create_task(Deadlines(server.server_state.connections).watch())  # type: ignore[arg-type]
        try:
            await server.serve(sockets=self.sockets)
        finally:
            watch.cancel()


def allow_files(count: int) -> None:
    """Many systems allow 1024 open files, connections included, and more to those who ask."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(soft, count + 256) if hard == resource.RLIM_INFINITY else min(max(soft, count + 256), hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
