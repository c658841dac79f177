"""Messages are sent once, whatever happens to the processes that send them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from classifier.jobs.clean_up import clean_up
from classifier.models import MessageStatus, Person, WebhookMessage
from classifier.webhooks import delivery
from classifier.webhooks.delivery import deliver_due
from classifier.webhooks.delivery_thread import DeliveryThread
from classifier.webhooks.endpoints import trial_send
from tests.classifier.webhooks.conftest import Clock, Receiver, add


def test_a_failure_ends_the_round_of_its_endpoint_only(anna: Person, receiver: Receiver, clock: Clock) -> None:
    broken, _ = add(anna, "http://127.0.0.1:1/")
    for _ in range(3):
        trial_send(endpoint=broken, now=clock())
    working, _ = add(anna, receiver.url)
    for _ in range(3):
        trial_send(endpoint=working, now=clock())
    result = _in_one_thread(clock)
    assert (result.delivered, result.failed) == (3, 1)


def _in_one_thread(clock: Clock) -> Any:
    """Without threads, which do not see the rows of the transaction of a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivery, "_in_thread", delivery._deliver_group)
        patch.setattr(delivery, "ThreadPoolExecutor", _Inline)
        return deliver_due(clock=clock)


class _Inline:
    def __init__(self, size: int) -> None:
        self.size = size

    def __enter__(self) -> _Inline:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def map(self, call: Callable[[Any], Any], values: Any) -> Any:
        return map(call, values)


def test_two_processes_send_a_message_once(anna: Person, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint, _ = add(anna, receiver.url)
    trial_send(endpoint=endpoint, now=timezone.now())
    post = delivery.http_post
    inner: list[int] = []

    def other_process_first(*args: Any, **options: Any) -> Any:
        monkeypatch.setattr(delivery, "http_post", post)
        inner.append(deliver_due().delivered)
        return post(*args, **options)

    monkeypatch.setattr(delivery, "http_post", other_process_first)
    assert deliver_due().delivered == 1
    assert inner == [0]
    assert len(receiver.requests) == 1


def test_a_message_whose_process_died_is_sent_again(anna: Person, receiver: Receiver, clock: Clock) -> None:
    endpoint, _ = add(anna, receiver.url)
    message = trial_send(endpoint=endpoint, now=clock())
    assert delivery._claim(message.id, clock()) is not None  # and then it is killed
    assert deliver_due(clock=clock).delivered == 0
    clock.pass_by(delivery.HELD_FOR)
    assert deliver_due(clock=clock).delivered == 1


def test_a_message_from_before_the_clock_was_set_back_is_sent(anna: Person, receiver: Receiver, clock: Clock) -> None:
    endpoint, _ = add(anna, receiver.url)
    trial_send(endpoint=endpoint, now=clock() + timedelta(days=30))
    assert deliver_due(clock=clock).delivered == 1


@pytest.mark.django_db(transaction=True)
def test_a_thread_of_a_process_delivers_fifty_messages(anna: Person, receiver: Receiver) -> None:
    endpoints = [add(anna, receiver.url), add(anna, f"{receiver.url}/2")]
    for endpoint, _ in endpoints:
        for _ in range(25):
            trial_send(endpoint=endpoint, now=timezone.now())
    thread = DeliveryThread()
    thread.start()
    receiver.wait_for(50)
    thread.stop()
    thread.join()
    verified = 0
    for headers, body in receiver.requests:
        for _, secret in endpoints:
            try:
                Webhook(secret).verify(body, headers)
            except WebhookVerificationError:
                continue
            verified += 1
    assert verified == 50
    assert WebhookMessage.objects.filter(status=MessageStatus.DELIVERED).count() >= 49


def test_old_messages_are_deleted(anna: Person) -> None:
    endpoint, _ = add(anna)
    trial_send(endpoint=endpoint, now=timezone.now() - timedelta(days=8))
    trial_send(endpoint=endpoint, now=timezone.now())
    clean_up(now=timezone.now())
    assert WebhookMessage.objects.count() == 1
