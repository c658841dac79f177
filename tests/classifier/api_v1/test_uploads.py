"""Songs that come in by version 1, one or many in a request, and requests that are sent twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from classifier.api import idempotency
from classifier.jobs.clean_up import clean_up
from classifier.models import IdempotentRequest, Person, Song
from tests.classifier.api_v1.conftest import Program, problem_of
from tests.classifier.fake_analysis import upload

SONGS = "/api/v1/songs/"
BATCH = "/api/v1/songs/batch/"


def sent(client: Client, mark: int = 0, key: str | None = None, url: str = SONGS) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(url, {"file": upload(mark=mark)}, headers=headers)


def test_a_song_is_created_once(api: Client) -> None:
    first = sent(api)
    assert first.status_code == 201
    assert first.headers["Location"] == f"{SONGS}{first.json()['id']}/"
    assert first.json()["status"] == "queued"
    again = sent(api)
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])


def test_what_is_no_song_is_refused(api: Client) -> None:
    text = upload("a.mp3", content=b"no music at all " * 99)
    assert problem_of(api.post(SONGS, {"file": text})) == (415, "not_audio")
    assert problem_of(api.post(SONGS, {})) == (400, "file_missing")
    assert problem_of(api.post(SONGS, {"file": [upload(), upload()]})) == (400, "too_many_files")
    assert problem_of(api.post(SONGS, "{}", "application/json")) == (415, "unsupported_media_type")
    assert not Song.objects.exists()


def test_a_song_beyond_the_limit_is_refused(api: Client, settings: Any) -> None:
    settings.MAX_UPLOAD_MB = 1
    large = upload(content=bytes(2_500_000))
    assert problem_of(api.post(SONGS, {"file": large})) == (413, "file_too_large")


def test_each_file_of_a_batch_stands_for_itself(api: Client) -> None:
    files = [upload("one.wav", 1), upload("text.mp3", content=b"no music at all " * 99), upload("same.wav", 1)]
    answer = api.post(BATCH, {"file": files})
    assert answer.status_code == 202
    one, text, same = answer.json()["results"]
    assert (one["file_name"], one["created"], one["error"]) == ("one.wav", True, None)
    assert (text["created"], text["song"], text["error"]["code"]) == (False, None, "not_audio")
    assert (same["created"], same["song"]["id"]) == (False, one["song"]["id"])
    assert Song.objects.count() == 1


def test_a_batch_has_at_most_so_many_files(api: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    assert problem_of(api.post(BATCH, {"file": [upload(mark=mark) for mark in range(3)]})) == (400, "too_many_files")
    assert problem_of(api.post(BATCH, {})) == (400, "file_missing")
    assert not Song.objects.exists()


def test_a_token_that_reads_uploads_nothing(program: Program, anna: Person) -> None:
    reader = program(anna, "read")
    assert problem_of(sent(reader)) == (403, "scope_missing")
    assert problem_of(sent(reader, url=BATCH)) == (403, "scope_missing")


def test_a_repeated_request_gets_the_first_answer(api: Client) -> None:
    first = sent(api, key="one")
    Song.objects.update(status="done")
    again = sent(api, key='"one"')
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_key_belongs_to_one_request(api: Client) -> None:
    sent(api, key="one")
    assert problem_of(sent(api, mark=2, key="one")) == (422, "idempotency_key_reused")
    assert problem_of(sent(api, key="one", url=BATCH)) == (422, "idempotency_key_reused")
    assert Song.objects.count() == 1


def test_while_the_request_runs_its_repetition_waits(api: Client, anna: Person, monkeypatch: Any) -> None:
    answers = []

    def submit_and_repeat(**options: Any) -> Any:
        monkeypatch.undo()
        answers.append(sent(api, key="one"))
        raise RuntimeError("killed")

    monkeypatch.setattr("classifier.api.v1.uploads.song_submit", submit_and_repeat)
    assert problem_of(sent(api, key="one")) == (500, "internal_error")
    assert problem_of(answers[0]) == (409, "idempotency_key_in_use")
    # An error is not kept: the request may be sent again.
    assert sent(api, key="one").status_code == 201


def test_a_refused_request_may_be_sent_again_with_its_key(api: Client) -> None:
    assert problem_of(api.post(SONGS, {}, headers={"Idempotency-Key": "one"})) == (400, "file_missing")
    assert sent(api, key="one").status_code == 201


def test_a_request_that_was_killed_frees_its_key(api: Client, anna: Person) -> None:
    killed_at = timezone.now() - timedelta(minutes=11)
    IdempotentRequest.objects.create(owner=anna, key="one", fingerprint="-", started_at=killed_at)
    assert sent(api, key="one").status_code == 201


def test_the_keys_of_others_are_no_matter(api: Client, program: Program, boris: Person) -> None:
    assert sent(api, key="one").status_code == 201
    assert sent(program(boris), key="one").status_code == 201
    assert Song.objects.count() == 2


@pytest.mark.parametrize("key", ["x" * 201, "with space", "ä"])
def test_a_malformed_key_is_refused(api: Client, key: str) -> None:
    assert problem_of(sent(api, key=key)) == (400, "idempotency_key_malformed")
    assert not Song.objects.exists()


def test_keys_are_forgotten_after_a_day_and_beyond_a_number(api: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(idempotency, "MAX_KEYS", 2)
    for mark in range(5):
        sent(api, mark, key=f"key-{mark}")
    kept = set(IdempotentRequest.objects.values_list("key", flat=True))
    assert {"key-3", "key-4"} <= kept
    assert "key-0" not in kept
    clean_up(now=timezone.now() + timedelta(days=1, minutes=1))
    assert not IdempotentRequest.objects.exists()
