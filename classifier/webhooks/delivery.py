"""Sends the messages that are due, and decides when to try again."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from time import monotonic
from typing import Any

from django.db import connections
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.models import WebhookEndpoint, WebhookMessage
from classifier.webhook_models import MessageStatus
from classifier.webhooks.endpoints import private_allowed, valid_secrets
from classifier.webhooks.http_post import Answer, http_post

logger = logging.getLogger(__name__)

RETRY_AFTER = tuple(
    timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 28_800)
)
"""How long to wait after each try: about a day in all. After the last one, the message has failed."""
MAX_JITTER = 0.1
LONGEST_RETRY_AFTER = timedelta(hours=1)
"""Of what a receiver asks for."""
HELD_FOR = timedelta(minutes=2)
"""A message that is being sent; longer than a try takes. If the process dies meanwhile, it is sent again then."""
AT_ONCE, OF_EACH = 200, 20
ENDPOINTS_AT_ONCE = 8
GONE = 410


@dataclass(frozen=True)
class Deliveries:
    delivered: int = 0
    failed: int = 0
    """Tries, after which most messages are tried again."""


def deliver_due(*, clock: Callable[[], datetime] = timezone.now) -> Deliveries:
    """Endpoints side by side, the messages of each one after the other, so that a slow receiver delays no other."""
    due = WebhookMessage.objects.filter(_is_due(clock())).order_by("endpoint", "created_at", "id")
    groups = [
        [message_id for message_id, _ in group][:OF_EACH]
        for _, group in groupby(due.values_list("id", "endpoint_id")[:AT_ONCE], key=lambda pair: pair[1])
    ]
    if len(groups) < 2:
        outcomes = [_deliver_group(group, clock) for group in groups]
    else:
        with ThreadPoolExecutor(ENDPOINTS_AT_ONCE) as pool:
            outcomes = list(pool.map(lambda group: _in_thread(group, clock), groups))
    return Deliveries(sum(map(sum, outcomes)), sum(len(one) - sum(one) for one in outcomes))


def _in_thread(ids: Iterable[Any], clock: Callable[[], datetime]) -> list[bool]:
    try:
        return _deliver_group(ids, clock)
    finally:
        connections.close_all()


def _deliver_group(ids: Iterable[Any], clock: Callable[[], datetime]) -> list[bool]:
    outcomes = []
    for message_id in ids:
        message = _claim(message_id, clock())
        if message is None:
            continue
        delivered = _deliver(message, clock)
        outcomes.append(delivered)
        if not delivered:
            break  # the others of this endpoint would wait for the same time limit
    return outcomes


def _is_due(now: datetime) -> Q:
    """A time far ahead is from before the clock was set back."""
    due = Q(next_at__lte=now) | Q(next_at__gt=now + 2 * RETRY_AFTER[-1])
    return due & Q(status=MessageStatus.PENDING, endpoint__is_active=True)


def _claim(message_id: Any, now: datetime) -> WebhookMessage | None:
    # Against another process: the first one moves it ahead, and for the second it is not due.
    mine = WebhookMessage.objects.filter(_is_due(now), id=message_id)
    if not mine.update(next_at=now + HELD_FOR, attempts=F("attempts") + 1, last_at=now):
        return None
    return WebhookMessage.objects.select_related("endpoint__owner").filter(id=message_id).first()


def _deliver(message: WebhookMessage, clock: Callable[[], datetime]) -> bool:
    started, now = monotonic(), clock()
    endpoint = message.endpoint
    try:
        headers = signed_headers(message, valid_secrets(endpoint, now), now)
        answer = http_post(endpoint.url, message.body, headers, private_allowed=private_allowed(endpoint.owner))
    except ProductError as error:
        answer = Answer(0, error.message)
    values: dict[str, Any] = {
        "response_status": answer.status,
        "error_message": "" if answer.is_success else answer.text,
        "duration_ms": round(1000 * (monotonic() - started)),
    }
    if answer.is_success:
        values["status"] = MessageStatus.DELIVERED
    elif message.attempts > len(RETRY_AFTER):
        values["status"] = MessageStatus.FAILED
    else:
        values["next_at"] = clock() + _wait(message.attempts, answer)
    if answer.status == GONE:
        values["status"] = MessageStatus.FAILED
        _switch_off(endpoint, gettext("The receiver answered 410 Gone, so that this webhook is switched off."))
    # The user may have asked to send it again at this moment: only the row of this try.
    WebhookMessage.objects.filter(id=message.id, status=MessageStatus.PENDING, attempts=message.attempts).update(
        **values
    )
    if not answer.is_success:
        logger.info("Webhook message %s: %s", message.webhook_id, answer.text)
    return answer.is_success


def signed_headers(message: WebhookMessage, secrets: Iterable[str], now: datetime) -> dict[str, str]:
    """The three headers of Standard Webhooks; a signature for each secret that is valid now."""
    from standardwebhooks import Webhook  # loaded with the first message

    time = now.astimezone(UTC)
    signatures = [Webhook(secret).sign(message.webhook_id, time, message.body) for secret in secrets]
    return {
        "webhook-id": message.webhook_id,
        "webhook-timestamp": str(int(time.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _wait(attempts: int, answer: Answer) -> timedelta:
    wait = RETRY_AFTER[attempts - 1] * (1 + random.uniform(0, MAX_JITTER))  # noqa: S311  (no secret depends on it)
    asked = timedelta(seconds=answer.retry_after_s or 0)
    return max(wait, min(asked, LONGEST_RETRY_AFTER))


def _switch_off(endpoint: WebhookEndpoint, reason: str) -> None:
    WebhookEndpoint.objects.filter(id=endpoint.id).update(is_active=False, error_message=reason)
