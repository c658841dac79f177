"""Where messages may go: not into the network of the server, and not where a receiver redirects to."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from django.utils import timezone

from classifier.models import Person, WebhookMessage
from classifier.outgoing import session as outgoing_session
from classifier.webhooks.delivery import RETRY_AFTER, deliver_due
from classifier.webhooks.endpoints import trial_send
from tests.classifier.webhooks.conftest import Clock, Receiver, add


def test_a_redirect_is_not_followed(anna: Person, receiver: Receiver) -> None:
    endpoint, _ = add(anna, receiver.url)
    message = trial_send(endpoint=endpoint, now=timezone.now())
    receiver.answers, receiver.headers = [302], {"Location": receiver.url}
    assert deliver_due().failed == 1
    message.refresh_from_db()
    assert "redirects (302)" in message.error_message
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "192.168.1.5", "169.254.169.254", "::1", "fd00::1", "::ffff:127.0.0.1"]
)
def test_no_webhook_goes_to_a_private_address(anna: Person, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(host: str, port: int, *args: Any, **options: Any) -> list[Any]:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(outgoing_session, "create_connection", lambda *args, **options: pytest.fail("It connected."))
    endpoint, _ = add(anna)
    message = trial_send(endpoint=endpoint, now=timezone.now())
    assert deliver_due().failed == 1
    message.refresh_from_db()
    assert message.error_message.startswith(
        f"hooks.example.org is at {address}, an address in the server’s own network"
    )


def test_a_name_that_changes_its_address_is_checked_at_every_connection(
    anna: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: what is connected to is what was checked."""
    addresses = iter(["93.184.215.14", "127.0.0.1"])
    tried: list[str] = []

    def resolve(host: str, port: int, *args: Any, **options: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(addresses), port))]

    def connect(target: tuple[str, int], *args: object, **options: object) -> socket.socket:
        tried.append(target[0])
        raise OSError("not reachable")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(outgoing_session, "create_connection", connect)
    endpoint, _ = add(anna)
    trial_send(endpoint=endpoint, now=clock())
    for _ in range(2):
        assert deliver_due(clock=clock).failed == 1
        clock.pass_by(RETRY_AFTER[0])
    assert tried == ["93.184.215.14"]
    assert "own network" in WebhookMessage.objects.get().error_message
