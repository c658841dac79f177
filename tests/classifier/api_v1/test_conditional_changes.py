"""If-Match: a change is made to the state that the program has read, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from classifier.library.saved_filters import filter_save
from classifier.models import ApiToken, Person, Recalibration, RecalibrationState
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


def test_of_two_programs_that_switch_recalibrations_the_second_one_reads_again(api: Client, anna: Person) -> None:
    for number in (1, 2):
        Recalibration.objects.create(
            owner=anna, number=number, base_version="mood-5", state=RecalibrationState.BETTER, created_at=NOW
        )
    url = "/api/v1/recalibrations/{}/"

    def switch(number: int, etag: str, is_active: bool = True) -> Any:
        body = {"is_active": is_active}
        return api.patch(url.format(number), body, content_type="application/json", headers={"if-match": etag})

    first, second = (api.get(url.format(number)).headers["ETag"] for number in (1, 2))
    switched = switch(1, first)
    assert switched.json()["is_active"] is True
    assert switched.headers["ETag"] == api.get(url.format(1)).headers["ETag"]
    assert switch(2, second).json()["is_active"] is True
    assert problem_of(switch(1, switched.headers["ETag"], False)) == (412, "precondition_failed")
    assert [one.number for one in Recalibration.objects.filter(is_active=True)] == [2]


def test_a_token_that_was_used_since_is_not_revoked(program: Program, anna: Person) -> None:
    admin, player = program(anna, "admin"), program(anna, "read")
    token = ApiToken.objects.get(scopes="read")
    url = f"/api/v1/tokens/{token.id}/"
    unused = admin.get(url)
    assert unused.json()["name"] == "a program"
    assert "token" not in unused.json()
    player.get("/api/v1/songs/")
    assert problem_of(admin.delete(url, headers={"if-match": unused.headers["ETag"]})) == (412, "precondition_failed")
    assert player.get("/api/v1/songs/").status_code == 200
    assert problem_of(player.get(url)) == (403, "scope_missing")
    assert admin.delete(url, headers={"if-match": admin.get(url).headers["ETag"]}).status_code == 204
    assert problem_of(admin.get(url)) == (404, "not_found")


def test_a_vocabulary_that_another_program_has_replaced_stays(api: Client) -> None:
    url = "/api/v1/vocabulary/"

    def replace(name: str, etag: str) -> Any:
        content = {"terms": {"calm": {"name": name}}}
        return api.put(url, content, content_type="application/json", headers={"if-match": etag})

    shipped = api.get(url).headers["ETag"]
    first = replace("Still", shipped)
    assert first.status_code == 200, first.content
    assert problem_of(replace("Quiet", shipped)) == (412, "precondition_failed")
    assert first.headers["ETag"] == api.get(url).headers["ETag"]
    assert replace("Quiet", first.headers["ETag"]).json()["vocabulary"]["terms"]["calm"]["name"] == "Quiet"
