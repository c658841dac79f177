"""Saved filters and API tokens by version 1."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from classifier.api.v1 import tokens
from classifier.models import ApiToken, Person, SavedFilter, SecurityEvent
from tests.classifier.api_v1.conftest import Program, problem_of

FILTERS = "/api/v1/filters/"
TOKENS = "/api/v1/tokens/"


def created(client: Client, url: str, **fields: Any) -> Any:
    return client.post(url, fields, "application/json")


def test_a_filter_is_saved_renamed_used_and_deleted(api: Client) -> None:
    saved = created(api, FILTERS, name="Sad", query="sort=title&mood=sad").json()
    assert saved["query"] == "mood=sad&sort=title"
    url = f"{FILTERS}{saved['id']}/"
    assert api.patch(url, {"name": "Very sad"}, "application/json").json()["name"] == "Very sad"
    assert [one["name"] for one in api.get(FILTERS).json()["results"]] == ["Very sad"]
    assert api.get(f"/api/v1/songs/?{api.get(url).json()['query']}").status_code == 200
    assert api.delete(url).status_code == 204
    assert problem_of(api.get(url)) == (404, "not_found")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": "x", "query": "mood=furious"}, "filter_malformed"),
        ({"name": "x", "query": "sort=newest"}, "filter_empty"),
        ({"name": "\u200b", "query": "mood=sad"}, "filter_name"),
        ({"name": "", "query": "mood=sad"}, "request_invalid"),
        ({"name": "x"}, "request_invalid"),
    ],
)
def test_a_malformed_filter_is_not_saved(api: Client, fields: dict[str, str], code: str) -> None:
    assert problem_of(created(api, FILTERS, **fields)) == (400, code)
    assert not SavedFilter.objects.exists()


def test_two_filters_cannot_have_the_same_name(api: Client) -> None:
    first = created(api, FILTERS, name="Sad", query="mood=sad").json()
    created(api, FILTERS, name="Calm", query="mood=calm")
    answer = api.patch(f"{FILTERS}{first['id']}/", {"name": "Calm"}, "application/json")
    assert problem_of(answer) == (409, "filter_name_taken")


def test_filters_belong_to_their_owner(api: Client, program: Program, anna: Person, boris: Person) -> None:
    url = f"{FILTERS}{created(api, FILTERS, name='Sad', query='mood=sad').json()['id']}/"
    stranger, reader = program(boris), program(anna, "read")
    assert stranger.get(FILTERS).json()["results"] == []
    for answer in (stranger.get(url), stranger.patch(url, {"name": "x"}, "application/json"), stranger.delete(url)):
        assert problem_of(answer) == (404, "not_found")
    assert problem_of(reader.delete(url)) == (403, "scope_missing")
    assert problem_of(api.get(f"{FILTERS}{10**30}/")) == (404, "not_found")
    assert SavedFilter.objects.count() == 1


def test_a_token_creates_another_one_that_works(program: Program, anna: Person) -> None:
    admin = program(anna, "read", "admin")
    answer = created(admin, TOKENS, name="Player", scopes=["read"], days=30)
    assert answer.status_code == 201
    player = Client(headers={"authorization": f"Bearer {answer.json()['token']}"})
    assert player.get("/api/v1/songs/").status_code == 200
    assert problem_of(player.get(TOKENS)) == (403, "scope_missing")
    listed = admin.get(TOKENS)
    assert answer.json()["token"].encode() not in listed.content
    assert {one["name"] for one in listed.json()["results"]} == {"Player", "a program"}
    assert admin.delete(f"{TOKENS}{answer.json()['id']}/").status_code == 204
    assert problem_of(player.get("/api/v1/songs/")) == (401, "token_unknown")
    kinds = set(SecurityEvent.objects.values_list("kind", flat=True))
    assert {"token_created", "token_revoked"} <= kinds


def test_a_token_creates_none_that_may_do_more_or_lasts_longer(program: Program, anna: Person) -> None:
    admin = program(anna, "read", "admin", days=10, ends_with_password=True)
    assert problem_of(created(admin, TOKENS, name="x", scopes=["write"])) == (403, "scope_missing")
    assert problem_of(created(admin, TOKENS, name="x", scopes=["read"])) == (400, "token_expiry")
    assert problem_of(created(admin, TOKENS, name="x", scopes=["read"], days=11)) == (400, "token_expiry")
    child = created(admin, TOKENS, name="x", scopes=["read"], days=9).json()
    assert child["ends_with_password"]
    assert ApiToken.objects.get(id=child["id"]).expires_at < timezone.now() + timedelta(days=10)  # type: ignore[operator]
    assert ApiToken.objects.count() == 2


def test_tokens_need_the_scope_admin(api: Client, anna: Person) -> None:
    token = ApiToken.objects.get()
    assert problem_of(api.get(TOKENS)) == (403, "scope_missing")
    assert problem_of(created(api, TOKENS, name="x")) == (403, "scope_missing")
    assert problem_of(api.delete(f"{TOKENS}{token.id}/")) == (403, "scope_missing")
    assert ApiToken.objects.count() == 1


def test_tokens_of_others_are_not_found(program: Program, anna: Person, boris: Person) -> None:
    program(anna)
    stranger = program(boris, "admin")
    assert [one["scopes"] for one in stranger.get(TOKENS).json()["results"]] == [["admin"]]
    assert problem_of(stranger.delete(f"{TOKENS}{ApiToken.objects.get(owner=anna).id}/")) == (404, "not_found")


@pytest.mark.parametrize(
    "fields", [{}, {"name": "x", "scopes": ["owner"]}, {"name": "x", "scopes": []}, {"name": "x", "days": 0}]
)
def test_a_malformed_token_is_not_created(program: Program, anna: Person, fields: dict[str, Any]) -> None:
    assert problem_of(created(program(anna, "admin"), TOKENS, **fields)) == (400, "request_invalid")
    assert ApiToken.objects.count() == 1


def test_the_number_of_tokens_is_limited(program: Program, anna: Person, monkeypatch: Any) -> None:
    monkeypatch.setattr(tokens, "MAX_TOKENS", 1)
    admin = program(anna, "read", "write", "admin")
    assert problem_of(created(admin, TOKENS, name="x")) == (400, "tokens_too_many")


def test_a_session_of_a_browser_may_do_everything(anna_client: Client) -> None:
    assert created(anna_client, TOKENS, name="x", scopes=["admin"]).status_code == 201
