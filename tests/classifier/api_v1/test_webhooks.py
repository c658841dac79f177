"""Webhooks by the API: a program adds one, follows its deliveries, and changes the secret."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from classifier.models import Person, SecurityEvent, WebhookEndpoint, WebhookMessage
from tests.classifier.api_v1.conftest import Analysed, Program, pages_of, problem_of

WEBHOOKS = "/api/v1/webhooks/"
NEW = {"url": "https://hooks.example.org/in", "events": ["song.done", "song.failed"]}


@pytest.fixture
def admin(program: Program, anna: Person) -> Client:
    return program(anna, "read", "write", "admin")


@pytest.fixture
def added(admin: Client) -> dict[str, Any]:
    answer = admin.post(WEBHOOKS, NEW, content_type="application/json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_program_adds_changes_and_deletes_a_webhook(admin: Client, added: dict[str, Any]) -> None:
    assert added["secret"].startswith("whsec_")
    url = f"{WEBHOOKS}{added['id']}/"
    read = admin.get(url).json()
    assert "secret" not in read
    assert (read["url"], read["events"], read["is_active"]) == (NEW["url"], NEW["events"], True)
    assert [row for page in pages_of(admin, WEBHOOKS) for row in page] == [read]
    changed = admin.patch(url, {"is_active": False}, content_type="application/json").json()
    assert changed == read | {"is_active": False}
    assert admin.delete(url).status_code == 204
    assert problem_of(admin.get(url)) == (404, "not_found")
    assert set(SecurityEvent.objects.values_list("kind", flat=True)) >= {"webhook_added", "webhook_removed"}


def test_a_new_secret_is_shown_once_and_the_previous_one_signs_for_a_day(admin: Client, added: dict[str, Any]) -> None:
    changed = admin.post(f"{WEBHOOKS}{added['id']}/secret/").json()
    assert changed["secret"].startswith("whsec_")
    assert changed["secret"] != added["secret"]
    assert changed["previous_secret_until"] > changed["created_at"]
    assert "secret" not in admin.get(f"{WEBHOOKS}{added['id']}/").json()


def test_deliveries_say_what_became_of_each_message(
    admin: Client, added: dict[str, Any], analysed: Analysed, program: Program, anna: Person
) -> None:
    song = analysed()
    plain = program(anna)
    trial = plain.post(f"{WEBHOOKS}{added['id']}/test/")
    assert (trial.status_code, trial.json()["event"], trial.json()["status"]) == (202, "webhook.test", "pending")
    deliveries = f"{WEBHOOKS}{added['id']}/deliveries/"
    rows = [row for page in pages_of(plain, f"{deliveries}?page_size=1") for row in page]
    assert [row["event"] for row in rows] == ["webhook.test", "song.done"]
    assert plain.get(f"{deliveries}?status=failed").json()["results"] == []
    message = plain.get(f"{deliveries}{rows[1]['id']}/").json()
    assert (message["body"]["type"], message["body"]["data"]["id"]) == ("song.done", str(song.id))
    WebhookMessage.objects.filter(event="song.done").update(status="failed", attempts=11)
    again = plain.post(f"{deliveries}{rows[1]['id']}/again/")
    assert (again.status_code, again.json()["status"], again.json()["attempts"]) == (202, "pending", 0)
    assert again.json()["webhook_id"] == message["webhook_id"]


def test_adding_and_changing_needs_the_scope_admin(api: Client, added: dict[str, Any]) -> None:
    url = f"{WEBHOOKS}{added['id']}/"
    assert api.get(url).status_code == 200
    for answer in (
        api.post(WEBHOOKS, NEW, content_type="application/json"),
        api.patch(url, {"is_active": False}, content_type="application/json"),
        api.post(f"{url}secret/"),
        api.delete(url),
    ):
        assert problem_of(answer) == (403, "scope_missing")


def test_webhooks_of_others_are_not_there(added: dict[str, Any], program: Program, boris: Person) -> None:
    stranger = program(boris, "read", "write", "admin")
    url = f"{WEBHOOKS}{added['id']}/"
    message = WebhookMessage.objects.create(
        endpoint_id=added["id"], event="webhook.test", body="{}", created_at=added["created_at"],
        next_at=added["created_at"],
    )  # fmt: skip
    assert stranger.get(WEBHOOKS).json()["results"] == []
    for answer in (
        stranger.get(url),
        stranger.patch(url, {"is_active": False}, content_type="application/json"),
        stranger.delete(url),
        stranger.post(f"{url}secret/"),
        stranger.post(f"{url}test/"),
        stranger.get(f"{url}deliveries/"),
        stranger.get(f"{url}deliveries/{message.id}/"),
        stranger.post(f"{url}deliveries/{message.id}/again/"),
    ):
        assert problem_of(answer) == (404, "not_found")
    assert WebhookEndpoint.objects.get().is_active


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"url": "ftp://example.org/"}, "request_invalid"),
        ({"url": "https://user@example.org/"}, "webhook_url_invalid"),
        ({"events": []}, "request_invalid"),
        ({"events": ["song.sung"]}, "request_invalid"),
        ({"secret": "whsec_mine"}, "request_invalid"),
    ],
)
def test_a_webhook_that_is_none_is_refused(admin: Client, change: dict[str, Any], code: str) -> None:
    assert problem_of(admin.post(WEBHOOKS, NEW | change, content_type="application/json")) == (400, code)
    assert not WebhookEndpoint.objects.exists()
