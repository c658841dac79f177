"""A receiver of webhooks that remembers what it gets, and a clock."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.utils import timezone

from classifier.errors import ProductError
from classifier.models import Person, WebhookEndpoint, WebhookEvent, WebhookMessage
from classifier.webhooks import delivery
from classifier.webhooks.endpoints import endpoint_add

URL = "https://hooks.example.org/in"
EVENTS = tuple(WebhookEvent.values)


class Receiver:
    """A real HTTP server that remembers what it gets. `answers` are statuses, one after the other; then 204."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.headers: dict[str, str] = {}
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.arrived = threading.Condition()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with outer.arrived:
                    outer.requests.append(({name.lower(): text for name, text in self.headers.items()}, body))
                    status = outer.answers.pop(0) if outer.answers else 204
                    outer.arrived.notify_all()
                self.send_response(status)
                for name, text in outer.headers.items():
                    self.send_header(name, text)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def wait_for(self, count: int) -> None:
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.requests) >= count, timeout=60)


@contextmanager
def running(receiver: Receiver) -> Iterator[Receiver]:
    thread = threading.Thread(target=receiver.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join()


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_PRIVATE_NETWORKS = "everyone"
    with running(Receiver()) as receiver:
        yield receiver


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, time: timedelta) -> None:
        self.now += time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.setattr(delivery.random, "uniform", lambda low, high: 0.0)
    return Clock()


def add(owner: Person, url: str = URL, events: tuple[str, ...] = EVENTS) -> tuple[WebhookEndpoint, str]:
    return endpoint_add(owner=owner, url=url, events=events, now=timezone.now())


def sent(owner: Person) -> list[dict[str, Any]]:
    messages = WebhookMessage.objects.filter(endpoint__owner=owner).order_by("created_at", "id")
    return [json.loads(message.body) for message in messages]


def code_of(call: Callable[[], Any]) -> str:
    with pytest.raises(ProductError) as caught:
        call()
    return caught.value.code
