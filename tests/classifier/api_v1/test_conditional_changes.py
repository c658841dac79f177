"""If-Match: a change is made to the state that the program has read, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from classifier.library.saved_filters import filter_save
from classifier.models import Person
from classifier.playlists.rule import PlaylistRule
from classifier.playlists.stored import playlist_create
from classifier.webhooks.endpoints import endpoint_add
from tests.classifier.api_v1.conftest import Analysed, Program, problem_of
from tests.shelf import shelve
from tests.source_songs import add_source

NOW = timezone.now()


def _playlist(owner: Person) -> Any:
    shelve(owner, "Nocturne")
    rule = PlaylistRule.from_json({"order": "filter", "query": "status=done"})
    return playlist_create(owner=owner, name="Done", rule=rule, now=NOW)


OBJECTS: dict[str, tuple[Callable[[Person], Any], dict[str, Any]]] = {
    "songs": (lambda owner: shelve(owner, "Nocturne"), {"title": "Aria"}),
    "playlists": (_playlist, {"name": "Other"}),
    "filters": (lambda owner: filter_save(owner=owner, name="Sad", query="mood=sad", now=NOW), {"name": "Other"}),
    "sources": (add_source, {"name": "Other"}),
    "webhooks": (
        lambda owner: endpoint_add(owner=owner, url="https://example.org/", events=["song.done"], now=NOW)[0],
        {"is_active": False},
    ),
}


@pytest.mark.parametrize("kind", OBJECTS)
def test_a_change_is_refused_if_another_one_was_first(kind: str, program: Program, anna: Person) -> None:
    make, changes = OBJECTS[kind]
    url = f"/api/v1/{kind}/{make(anna).id}/"
    client = program(anna, "read", "write", "admin")

    def patch(etag: str) -> Any:
        return client.patch(url, changes, content_type="application/json", headers={"if-match": etag})

    read = client.get(url).headers["ETag"]
    assert read.startswith('"')
    first = patch(read)
    assert first.status_code == 200, first.content
    assert first.headers["ETag"] == client.get(url).headers["ETag"] != read
    assert problem_of(patch(read)) == (412, "precondition_failed")
    assert problem_of(client.delete(url, headers={"if-match": read})) == (412, "precondition_failed")
    assert client.get(url).status_code == 200
    assert client.delete(url, headers={"if-match": f'"other", {first.headers["ETag"]}'}).status_code in (200, 204)
    assert problem_of(client.delete(url, headers={"if-match": "*"})) == (404, "not_found")


def test_a_tag_that_a_proxy_has_weakened_still_counts(api: Client, analysed: Analysed) -> None:
    url = f"/api/v1/songs/{analysed().id}/"
    etag = api.get(url).headers["ETag"]
    answer = api.patch(url, {"title": "A"}, content_type="application/json", headers={"if-match": f"W/{etag}"})
    assert answer.status_code == 200


def test_a_wrong_body_is_told_before_the_tag(api: Client, analysed: Analysed) -> None:
    url = f"/api/v1/songs/{analysed().id}/"
    answer = api.patch(url, {"titel": "A"}, content_type="application/json", headers={"if-match": '"old"'})
    assert problem_of(answer) == (400, "request_invalid")
    answer = api.patch(url, {"title": "A"}, content_type="application/json", headers={"if-match": "old"})
    assert problem_of(answer) == (400, "if_match_malformed")
