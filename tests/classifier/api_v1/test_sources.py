"""Sources and scans by version 1."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from classifier.models import Person, Source
from tests.classifier.api_v1.conftest import Program, problem_of
from tests.source_songs import add_song, add_source

SOURCES = "/api/v1/sources/"


@pytest.fixture
def music(tmp_path: Path, settings: Any) -> Path:
    folder = tmp_path / "Music"
    folder.mkdir()
    settings.MUSIC_DIRS = [folder]
    return folder


@pytest.fixture
def admin(program: Program, anna: Person) -> Client:
    return program(anna, "read", "write", "admin")


def test_a_folder_is_connected_changed_and_removed(admin: Client, music: Path) -> None:
    answer = admin.post(SOURCES, {"kind": "folder", "address": str(music)}, "application/json")
    assert answer.status_code == 201, answer.content
    source = answer.json()
    assert (source["name"], source["scan"]["status"], source["progress"]["songs"]) == ("Music", "waiting", 0)
    url = f"{SOURCES}{source['id']}/"
    changes = {"name": "My music", "share": 50, "hours_from": 22, "hours_to": 6, "is_paused": True}
    changed = admin.patch(url, changes, "application/json").json()
    assert {name: changed[name] for name in changes} == changes
    assert admin.patch(url, {"is_paused": False}, "application/json").json()["share"] == 50
    assert [one["name"] for one in admin.get(SOURCES).json()["results"]] == ["My music"]
    assert admin.delete(url).json() == {"removed": 0}
    assert not Source.objects.exists()


@pytest.mark.parametrize(
    ("fields", "code", "status"),
    [
        ({"kind": "folder", "address": "/etc"}, "folder_outside", 403),
        ({"kind": "folder", "address": "Music"}, "folder_malformed", 400),
        ({"kind": "opensubsonic", "address": "ftp://music"}, "source_address_invalid", 400),
        ({"kind": "tape", "address": "/"}, "request_invalid", 400),
        ({"kind": "folder"}, "request_invalid", 400),
        ({"kind": "folder", "address": "/", "path": "/"}, "request_invalid", 400),
    ],
)
def test_what_cannot_be_connected_is_not_stored(
    admin: Client, music: Path, fields: dict[str, str], code: str, status: int
) -> None:
    assert problem_of(admin.post(SOURCES, fields, "application/json")) == (status, code)
    assert not Source.objects.exists()


def test_a_secret_is_never_returned(admin: Client, anna: Person) -> None:
    source = add_source(anna, encrypted_secret="gAAAA", username="anna")
    for url in (SOURCES, f"{SOURCES}{source.id}/"):
        assert b"secret" not in admin.get(url).content


def test_only_admin_connects_and_removes(program: Program, anna: Person, music: Path) -> None:
    source = add_source(anna)
    writer = program(anna)
    fields = {"kind": "folder", "address": str(music)}
    assert problem_of(writer.post(SOURCES, fields, "application/json")) == (403, "scope_missing")
    assert problem_of(writer.delete(f"{SOURCES}{source.id}/")) == (403, "scope_missing")
    assert writer.post(f"{SOURCES}{source.id}/scan/").status_code == 202
    # The scope `admin` alone reads nothing.
    assert problem_of(program(anna, "admin").get(SOURCES)) == (403, "scope_missing")
    assert Source.objects.count() == 1


def test_a_scan_is_asked_for_and_followed(api: Client, anna: Person) -> None:
    source = add_source(anna, scan_status="failed", scan_error_code="source_unavailable", scan_error_message="Gone.")
    url = f"{SOURCES}{source.id}/scan/"
    assert api.get(url).json()["error"] == {"code": "source_unavailable", "message": "Gone."}
    assert (api.post(url).status_code, api.get(url).json()["status"]) == (202, "waiting")


def test_a_second_scan_waits(api: Client, anna: Person) -> None:
    running = {"scan_status": "running", "scan_expires_at": timezone.now() + timedelta(minutes=1)}
    source = add_source(anna, **running)
    assert problem_of(api.post(f"{SOURCES}{source.id}/scan/")) == (409, "scan_running")


def test_failed_songs_of_a_source_are_queued_again(api: Client, anna: Person) -> None:
    source = add_source(anna)
    add_song(source, status="failed", error_code="worker_lost")
    add_song(source, status="failed", error_code="audio_silent")
    assert api.post(f"{SOURCES}{source.id}/retry/").json() == {"queued": 1}
    assert api.get(f"{SOURCES}{source.id}/").json()["progress"]["waiting"] == 1


@pytest.mark.parametrize("fields", [{}, {"share": 0}, {"hours_from": 24}, {"name": ""}, {"address": "/"}])
def test_a_malformed_change_is_refused(api: Client, anna: Person, fields: dict[str, Any]) -> None:
    source = add_source(anna)
    assert problem_of(api.patch(f"{SOURCES}{source.id}/", fields, "application/json")) == (400, "request_invalid")


def test_sources_belong_to_their_owner(program: Program, anna: Person, boris: Person) -> None:
    source = add_source(anna)
    stranger = program(boris, "read", "write", "admin")
    url = f"{SOURCES}{source.id}/"
    assert stranger.get(SOURCES).json()["results"] == []
    for answer in (
        stranger.get(url),
        stranger.patch(url, {"name": "Mine"}, "application/json"),
        stranger.delete(url),
        stranger.get(f"{url}scan/"),
        stranger.post(f"{url}scan/"),
        stranger.post(f"{url}retry/"),
    ):
        assert problem_of(answer) == (404, "not_found")
    source.refresh_from_db()
    assert source.name == "Music"
