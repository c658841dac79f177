"""What users do with webhooks: add, edit, switch, delete, change the secret, send a test, send a message again."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext

from classifier.accounts.security_log import Kind, record_event
from classifier.errors import ProductError
from classifier.models import Person, WebhookEndpoint, WebhookMessage
from classifier.outgoing.addresses import allowed_for
from classifier.sources.secrets import decrypt, encrypt
from classifier.webhook_models import MessageStatus, WebhookEvent
from classifier.webhooks.outbox import message_body

MAX_ENDPOINTS = 10
MAX_URL = 1000
SECRET_BYTES = 32
PREFIX = "whsec_"
BOTH_VALID_FOR = timedelta(days=1)
"""After a change of the secret, messages are signed with both for so long."""
TEST = "webhook.test"


def endpoint_add(
    *, owner: Person, url: str, events: Sequence[str], now: datetime, request: HttpRequest | None = None
) -> tuple[WebhookEndpoint, str]:
    """Returns the endpoint and its secret, which is shown once."""
    url, chosen = _checked(url, events)
    secret = _new_secret()
    with transaction.atomic():
        # Against two forms at once.
        Person.objects.select_for_update(no_key=True).filter(pk=owner.pk).values_list("pk", flat=True).first()
        if WebhookEndpoint.objects.filter(owner=owner).count() >= MAX_ENDPOINTS:
            raise ProductError(
                "webhooks_too_many",
                gettext("You have %(most)s webhooks, which is the limit: delete one first.") % {"most": MAX_ENDPOINTS},
            )
        endpoint = WebhookEndpoint.objects.create(
            owner=owner, url=url, events=chosen, encrypted_secret=encrypt(secret), created_at=now
        )
    record_event(Kind.WEBHOOK_ADDED, owner, request, host=urlsplit(url).hostname)
    return endpoint, secret


def endpoint_edit(*, endpoint: WebhookEndpoint, url: str, events: Sequence[str], is_active: bool) -> None:
    """Switched on again, messages that wait are sent."""
    url, chosen = _checked(url, events)
    WebhookEndpoint.objects.filter(id=endpoint.id).update(url=url, events=chosen, is_active=is_active, error_message="")


def endpoint_delete(*, endpoint: WebhookEndpoint, request: HttpRequest | None = None) -> None:
    WebhookEndpoint.objects.filter(id=endpoint.id).delete()
    record_event(Kind.WEBHOOK_REMOVED, endpoint.owner, request, host=urlsplit(endpoint.url).hostname)


def secret_change(*, endpoint: WebhookEndpoint, now: datetime, request: HttpRequest | None = None) -> str:
    """Returns the new secret, which is shown once. The previous one signs too for a day."""
    secret = _new_secret()
    WebhookEndpoint.objects.filter(id=endpoint.id).update(
        encrypted_secret=encrypt(secret),
        encrypted_previous_secret=endpoint.encrypted_secret,
        previous_until=now + BOTH_VALID_FOR,
    )
    record_event(Kind.WEBHOOK_SECRET_CHANGED, endpoint.owner, request, host=urlsplit(endpoint.url).hostname)
    return secret


def valid_secrets(endpoint: WebhookEndpoint, now: datetime) -> list[str]:
    """The secrets that sign now, the newest first. Raises ProductError where another key encrypted them."""
    stored = [endpoint.encrypted_secret]
    if endpoint.previous_until is not None and now < endpoint.previous_until:
        stored.append(endpoint.encrypted_previous_secret)
    return [decrypt(one) for one in stored if one]


def trial_send(*, endpoint: WebhookEndpoint, now: datetime) -> WebhookMessage:
    body = message_body(TEST, {"message": "A test from Countermood."}, now)
    return WebhookMessage.objects.create(endpoint=endpoint, event=TEST, body=body, created_at=now, next_at=now)


def message_send_again(*, message: WebhookMessage, now: datetime) -> None:
    """With the same id, so that a receiver that has had it can tell."""
    # One that waits for its next try is sent now.
    WebhookMessage.objects.filter(id=message.id).update(
        status=MessageStatus.PENDING, attempts=0, next_at=now, error_message=""
    )


def private_allowed(owner: Person) -> bool:
    return allowed_for(settings.WEBHOOK_PRIVATE_NETWORKS, owner)


def own_endpoint(owner: Person, endpoint_id: UUID) -> WebhookEndpoint | None:
    return WebhookEndpoint.objects.filter(owner=owner, id=endpoint_id).first()


def _checked(url: str, events: Sequence[str]) -> tuple[str, list[str]]:
    url = url.strip()
    try:
        parts = urlsplit(url)
        valid = bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or not re.fullmatch(rf"https?://[^\s\\\x00-\x1f\x7f#]{{1,{MAX_URL - 8}}}", url) or "@" in parts.netloc:
        raise ProductError(
            "webhook_url_invalid",
            gettext(
                "The address must begin with https:// or http://, without spaces, a user name or a part after “#”."
            ),
        )
    unknown = set(events) - set(WebhookEvent.values)
    if unknown or not events:
        raise ProductError(
            "webhook_events_invalid",
            gettext("Choose at least one of the events %(events)s.") % {"events": ", ".join(WebhookEvent.values)},
        )
    return url, [event for event in WebhookEvent.values if event in events]


def _new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")
