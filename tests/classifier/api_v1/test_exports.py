"""Exports and imports by the API: songs as files, corrections as a table, the archive of an account."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from django.test import Client

from classifier.library.exports.formats import FORMATS
from classifier.models import Person, SecurityEvent, Song
from tests.classifier.api_v1.conftest import Program, problem_of
from tests.shelf import shelve

EXPORTS, CORRECTIONS = "/api/v1/exports/", "/api/v1/corrections/"
TABLE = "title,artist,actual_primary,actual_secondary\nNocturne,Field,sad,tender\nNowhere,Field,sad,\n"


@pytest.fixture
def nocturne(anna: Person) -> Song:
    return shelve(anna, "Nocturne", artist="Field")


def body(response: Any) -> bytes:
    assert response.status_code == 200, response.content
    return b"".join(response)


def titles(response: Any) -> list[str]:
    return [row["title"] for row in csv.DictReader(io.StringIO(body(response).decode("utf-8-sig")))]


def send(client: Client, table: str | bytes, query: str = "") -> Any:
    return client.post(f"{CORRECTIONS}{query}", table, content_type="text/csv")


def verdict_of(song: Song) -> tuple[str, str]:
    song.refresh_from_db()
    return song.actual_primary, song.actual_secondary


def test_every_format_is_listed_and_written(api: Client, nocturne: Song) -> None:
    pytest.importorskip("pyarrow")
    formats = api.get(EXPORTS).json()["results"]
    assert [one["kind"] for one in formats] == list(FORMATS)
    for one in formats:
        answer = api.get(f"{EXPORTS}{one['kind']}/")
        assert answer.headers["Content-Type"] == one["content_type"]
        assert answer.headers["Content-Disposition"].endswith(f'.{one["kind"]}"')
        assert body(answer)
    assert SecurityEvent.objects.filter(kind="exported").count() == len(FORMATS)


def test_an_export_has_the_songs_of_the_filter_in_its_order(api: Client, anna: Person, nocturne: Song) -> None:
    for title in ("Aria", "Zephyr"):
        shelve(anna, title, primary="joyful")
    assert titles(api.get(f"{EXPORTS}csv/?first=joyful&sort=title")) == ["Aria", "Zephyr"]
    assert problem_of(api.get(f"{EXPORTS}csv/?mod=joyful")) == (400, "parameter_unknown")
    assert problem_of(api.get(f"{EXPORTS}pdf/")) == (404, "not_found")


def test_a_selection_is_exported_by_ids(program: Program, anna: Person, nocturne: Song) -> None:
    shelve(anna, "Aria")
    reader = program(anna, "read")
    answer = reader.post(f"{EXPORTS}csv/", {"ids": [str(nocturne.id)]}, content_type="application/json")
    assert titles(answer) == ["Nocturne"]
    answer = reader.post(f"{EXPORTS}csv/", {"filter": {"q": "aria"}}, content_type="application/json")
    assert titles(answer) == ["Aria"]


def test_without_pyarrow_parquet_is_refused(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifier.library.exports.parquet_file.parquet_installed", lambda: False)
    assert problem_of(api.get(f"{EXPORTS}parquet/")) == (501, "parquet_missing")


def test_nobody_exports_the_songs_of_others(program: Program, boris: Person, nocturne: Song) -> None:
    stranger = program(boris)
    assert titles(stranger.get(f"{EXPORTS}csv/")) == []
    answer = stranger.post(f"{EXPORTS}csv/", {"ids": [str(nocturne.id)]}, content_type="application/json")
    assert titles(answer) == []


def test_corrections_are_made_with_a_report_by_row(api: Client, nocturne: Song) -> None:
    report = send(api, TABLE).json()
    assert (report["is_made"], report["changes"], report["problems"], report["unchanged"]) == (True, 1, 1, 0)
    made, problem = report["results"]
    assert (made["row"], made["song_id"], made["result"], made["after"]) == (
        2, str(nocturne.id), "change", "corrected: Sad but Tender",
    )  # fmt: skip
    assert (problem["row"], problem["song"], problem["song_id"], problem["code"]) == (
        3,
        "Nowhere",
        None,
        "song_unknown",
    )
    assert verdict_of(nocturne) == ("sad", "tender")
    again = send(api, TABLE).json()
    assert (again["changes"], again["unchanged"]) == (0, 1)


@pytest.mark.parametrize("query", ["?dry_run=yes", "?strict=yes"])
def test_a_trial_and_a_strict_table_with_a_problem_change_nothing(api: Client, nocturne: Song, query: str) -> None:
    report = send(api, TABLE, query).json()
    assert (report["is_made"], report["changes"], report["problems"]) == (False, 1, 1)
    assert verdict_of(nocturne) == ("", "")


def test_an_export_is_taken_back_by_another_library(
    api: Client, program: Program, anna: Person, boris: Person, nocturne: Song
) -> None:
    send(api, TABLE)
    theirs = shelve(boris, "Nocturne", artist="Field")
    report = send(program(boris), body(api.get(f"{EXPORTS}csv/"))).json()
    assert (report["changes"], report["problems"]) == (1, 0)
    assert verdict_of(theirs) == ("sad", "tender")


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (b"", "corrections_columns"),
        (b"name,mood\nNocturne,sad\n", "corrections_columns"),
        (b"title,actual_primary\nNocturne,\n", "corrections_empty"),
        (b"title,actual_primary\nNocturne,\xff\n", "corrections_unreadable"),
    ],
)
def test_a_table_that_is_none_is_refused(api: Client, nocturne: Song, table: bytes, code: str) -> None:
    assert problem_of(send(api, table)) == (400, code)


def test_corrections_need_the_scope_write_and_a_table(program: Program, anna: Person, api: Client) -> None:
    assert problem_of(send(program(anna, "read"), TABLE)) == (403, "scope_missing")
    answer = api.post(CORRECTIONS, {"title": "Nocturne"}, content_type="application/json")
    assert problem_of(answer) == (415, "unsupported_media_type")
    assert answer.json()["detail"] == "The body must be text/csv."


def test_the_archive_of_an_account_needs_the_scope_admin(
    api: Client, program: Program, anna: Person, nocturne: Song
) -> None:
    assert problem_of(api.get("/api/v1/account/export/")) == (403, "scope_missing")
    archive = zipfile.ZipFile(io.BytesIO(body(program(anna, "admin").get("/api/v1/account/export/?audio=yes"))))
    assert json.loads(archive.read("account.json"))["user_name"] == "anna"
    assert b"Nocturne" in archive.read("library/songs.jsonl")
