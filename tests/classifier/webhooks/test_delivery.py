"""What receivers get: signed messages, tried again until they are delivered."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from classifier.models import MessageStatus, Person
from classifier.webhooks import http_post
from classifier.webhooks.delivery import RETRY_AFTER, deliver_due
from classifier.webhooks.endpoints import message_send_again, secret_change, trial_send
from tests.classifier.webhooks.conftest import Clock, Receiver, add


def test_a_receiver_gets_a_signed_message(anna: Person, receiver: Receiver) -> None:
    endpoint, secret = add(anna, receiver.url)
    message = trial_send(endpoint=endpoint, now=timezone.now())
    assert deliver_due().delivered == 1
    [(headers, body)] = receiver.requests
    assert Webhook(secret).verify(body, headers)["type"] == "webhook.test"
    assert headers["webhook-id"] == f"msg_{message.id.hex}"
    assert headers["content-type"] == "application/json"
    message.refresh_from_db()
    assert (message.status, message.attempts, message.response_status) == ("delivered", 1, 204)
    assert deliver_due().delivered == 0


def test_a_changed_body_or_another_secret_does_not_verify(anna: Person, receiver: Receiver) -> None:
    endpoint, secret = add(anna, receiver.url)
    trial_send(endpoint=endpoint, now=timezone.now())
    deliver_due()
    [(headers, body)] = receiver.requests
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace(b"test", b"best"), headers)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 44).verify(body, headers)


def test_both_secrets_verify_for_a_day_after_a_change(anna: Person, receiver: Receiver, clock: Clock) -> None:
    endpoint, old = add(anna, receiver.url)
    new = secret_change(endpoint=endpoint, now=clock())

    def verified_by() -> list[bool]:
        trial_send(endpoint=endpoint, now=clock())
        assert deliver_due(clock=clock).delivered == 1
        headers, body = receiver.requests[-1]
        times = headers["webhook-timestamp"]
        signatures = headers["webhook-signature"].split()
        expected = [
            Webhook(secret).sign(headers["webhook-id"], datetime.fromtimestamp(int(times), UTC), body.decode())
            for secret in (old, new)
        ]
        return [one in signatures for one in expected]

    assert verified_by() == [True, True]
    clock.pass_by(timedelta(days=1, seconds=1))
    assert verified_by() == [False, True]


def test_a_message_is_tried_again_for_a_day_with_the_same_id(anna: Person, receiver: Receiver, clock: Clock) -> None:
    endpoint, _ = add(anna, receiver.url)
    message = trial_send(endpoint=endpoint, now=clock())
    receiver.answers = [500] * 20
    started = clock()
    for wait in RETRY_AFTER:
        assert deliver_due(clock=clock).failed == 1
        assert deliver_due(clock=clock).failed == 0
        clock.pass_by(wait)
    deliver_due(clock=clock)
    message.refresh_from_db()
    assert (message.status, message.attempts, message.response_status) == ("failed", 11, 500)
    assert message.error_message == "The receiver answered 500"
    assert timedelta(hours=23) < clock() - started < timedelta(hours=26)
    assert len({headers["webhook-id"] for headers, _ in receiver.requests}) == 1
    assert len({body for _, body in receiver.requests}) == 1
    message_send_again(message=message, now=clock())
    receiver.answers = []
    assert deliver_due(clock=clock).delivered == 1


def test_a_receiver_says_how_long_to_wait(anna: Person, receiver: Receiver, clock: Clock) -> None:
    endpoint, _ = add(anna, receiver.url)
    message = trial_send(endpoint=endpoint, now=clock())
    receiver.answers, receiver.headers = [429], {"Retry-After": "120"}
    deliver_due(clock=clock)
    message.refresh_from_db()
    assert message.next_at == clock() + timedelta(seconds=120)


def test_a_receiver_that_is_gone_switches_the_webhook_off(anna: Person, receiver: Receiver) -> None:
    endpoint, _ = add(anna, receiver.url)
    message = trial_send(endpoint=endpoint, now=timezone.now())
    receiver.answers = [410]
    deliver_due()
    endpoint.refresh_from_db()
    message.refresh_from_db()
    assert (endpoint.is_active, message.status) == (False, MessageStatus.FAILED)
    assert "410 Gone" in endpoint.error_message


def test_a_receiver_that_never_answers_is_given_up(
    anna: Person, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOK_PRIVATE_NETWORKS = "everyone"
    monkeypatch.setattr(http_post, "TIME_LIMIT_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint, _ = add(anna, f"http://127.0.0.1:{silent.getsockname()[1]}/")
        message = trial_send(endpoint=endpoint, now=timezone.now())
        assert deliver_due().failed == 1
    message.refresh_from_db()
    assert (message.status, message.response_status) == (MessageStatus.PENDING, 0)
    assert "did not answer" in message.error_message
