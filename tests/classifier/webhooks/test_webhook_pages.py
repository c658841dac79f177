"""The pages of webhooks."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.models import Person, SecurityEvent, WebhookEndpoint, WebhookMessage
from classifier.webhooks.delivery import deliver_due
from classifier.webhooks.endpoints import MAX_ENDPOINTS, trial_send
from tests.classifier.webhooks.conftest import URL, Receiver, add, code_of


@pytest.mark.parametrize(
    "url", ["", "example.org", "ftp://example.org/", "https://", "https://anna:secret@example.org/", "https://a b.org/",
            "https://example.org/#x", "https://example.org:0/", "https://example.org/" + "x" * 1000],
)  # fmt: skip
def test_addresses_that_are_none_are_refused(anna: Person, url: str) -> None:
    assert code_of(lambda: add(anna, url)) == "webhook_url_invalid"


def test_events_and_number_of_webhooks_are_checked(anna: Person) -> None:
    assert code_of(lambda: add(anna, events=())) == "webhook_events_invalid"
    assert code_of(lambda: add(anna, events=("song.exploded",))) == "webhook_events_invalid"
    for _ in range(MAX_ENDPOINTS):
        add(anna)
    assert code_of(lambda: add(anna)) == "webhooks_too_many"


def test_a_webhook_is_added_edited_and_deleted_on_its_pages(anna: Person, anna_client: Client) -> None:
    page = anna_client.post(reverse("webhooks"), {"url": URL, "event": ["song.done", "scan.done"]}).text
    endpoint = WebhookEndpoint.objects.get()
    assert "whsec_" in page
    assert "whsec_" not in endpoint.encrypted_secret
    address = reverse("webhook", args=[endpoint.id])
    assert "whsec_" not in anna_client.get(address).text
    assert URL in anna_client.get(reverse("webhooks")).text
    anna_client.post(address, {"url": f"{URL}/2", "event": ["song.failed"]})
    endpoint.refresh_from_db()
    assert (endpoint.url, endpoint.events, endpoint.is_active) == (f"{URL}/2", ["song.failed"], False)
    assert anna_client.post(address, {"url": "x", "event": ["song.failed"]}).status_code == 400
    assert "whsec_" in anna_client.post(reverse("webhook-secret", args=[endpoint.id])).text
    anna_client.post(reverse("webhook-delete", args=[endpoint.id]))
    assert not WebhookEndpoint.objects.exists()
    events = SecurityEvent.objects.filter(kind__startswith="webhook").order_by("id")
    kinds = list(events.values_list("kind", flat=True))
    assert kinds == ["webhook_added", "webhook_secret_changed", "webhook_removed"]


def test_the_page_shows_deliveries_and_sends_again(anna: Person, anna_client: Client, receiver: Receiver) -> None:
    endpoint, _ = add(anna, receiver.url)
    anna_client.post(reverse("webhook-trial", args=[endpoint.id]))
    receiver.answers = [500]
    deliver_due()
    page = anna_client.get(reverse("webhook", args=[endpoint.id])).text
    assert "The receiver answered 500" in page
    message = WebhookMessage.objects.get()
    body = anna_client.get(reverse("webhook-message", args=[endpoint.id, message.id])).json()
    assert body["type"] == "webhook.test"
    anna_client.post(reverse("webhook-again", args=[endpoint.id, message.id]))
    assert deliver_due().delivered == 1
    assert "Delivered" in anna_client.get(reverse("webhook", args=[endpoint.id])).text


def test_webhooks_of_others_are_not_found(anna: Person, boris_client: Client) -> None:
    endpoint, _ = add(anna)
    message = trial_send(endpoint=endpoint, now=timezone.now())
    assert URL not in boris_client.get(reverse("webhooks")).text
    assert boris_client.get(reverse("webhook", args=[endpoint.id])).status_code == 404
    for name in ("webhook", "webhook-secret", "webhook-trial", "webhook-delete"):
        assert boris_client.post(reverse(name, args=[endpoint.id]), {"url": URL}).status_code == 404
    assert boris_client.get(reverse("webhook-message", args=[endpoint.id, message.id])).status_code == 404
    assert boris_client.post(reverse("webhook-again", args=[endpoint.id, message.id])).status_code == 404
    other, _ = add(Person.objects.get(username="boris"))
    assert boris_client.get(reverse("webhook-message", args=[other.id, message.id])).status_code == 404
    assert WebhookEndpoint.objects.filter(owner=anna).count() == 1
