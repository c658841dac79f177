"""The examples of the schema are real: programs send the same requests, and get the same answers.

UPDATE_API_EXAMPLE=1 writes them again, for instance for a new model."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from classifier.api.v1.examples import REQUESTS, SONG
from classifier.api.v1.schema import schema
from classifier.jobs.analyse import song_analyse
from classifier.models import Person, Recalibration
from classifier.services.demo_songs_add import FOLDER
from classifier.services.recalibration import recalibration_fit
from tests.classifier.api_v1.conftest import Program
from tests.judged_library import judged_library

# What is another value each time, or on another machine.
NEVER_THE_SAME = {"id", "prefix", "token", "secret", "webhook_id", "is_available"}
NEVER_THE_SAME_TEXT = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+Z|(?<=tokens/)\d+|cursor=\S+"
)
NUMBER = re.compile(r"\d+(\.\d+)?")
VOCABULARY = {
    "name": "House",
    "terms": {"calm": {"name": "Still", "colour": "#335577"}, "gritty": {"hidden": True}},
    "splits": [{"term": "sad", "name": "Desperate", "when": [{"score": "arousal", "above": 5.5}]}],
}
CORRECTIONS = "title,artist,actual_primary,actual_secondary\nSlow Water,Countermood demo,calm,tender\nSlow Fire,,sad,\n"


class Recorder:
    """Sends requests, and keeps each with its answer."""

    def __init__(self) -> None:
        self.recorded: dict[str, dict[str, Any]] = {}

    def __call__(self, client: Client, operation: str, request: str, body: Any = None) -> Any:
        method, url = request.split(" ", 1)
        is_text = isinstance(body, str)
        data = body if is_text else b"" if body is None else orjson.dumps(body)
        response = client.generic(method, url, data, "text/csv" if is_text else "application/json")
        content = response.getvalue()
        media_type = response.headers["Content-Type"].partition(";")[0]
        answer = orjson.loads(content) if media_type == "application/json" else content.decode()
        assert response.status_code < 300, answer
        sent = {} if body is None else {"body": body}
        self.recorded[operation] = {
            "request": request,
            **sent,
            "status": response.status_code,
            "media_type": media_type,
            "answer": _cut(answer),
        }
        return answer


@pytest.mark.timeout(600)
@pytest.mark.django_db(transaction=True)
def test_the_examples_are_what_the_product_answers(
    api: Client, program: Program, anna: Person, boris: Person, settings: Any
) -> None:
    record, admin = Recorder(), program(anna, "read", "write", "admin")
    settings.API_CALLS_PER_MINUTE = 10_000
    record(api, "exports_list", "GET /api/v1/exports/")
    record(api, "models_list", "GET /api/v1/models/")
    webhook = record(
        admin,
        "webhooks_create",
        "POST /api/v1/webhooks/",
        {"url": "https://music.example.org/countermood", "events": ["song.done", "song.failed", "playlist.changed"]},
    )
    song_id = _analysed(admin, "Slow Water")
    song = admin.get(f"/api/v1/songs/{song_id}/").json()
    _analysed(admin, "Empty Platform")

    _webhooks(record, admin, webhook["id"])
    _songs(record, api, song_id)
    _playlist(record, api)
    _tokens(record, admin)
    _recalibration(record, program(boris, "read", "write"), boris)

    if os.environ.get("UPDATE_API_EXAMPLE"):
        _write(SONG, song)
        _write(REQUESTS, record.recorded)
    expected = orjson.loads(SONG.read_bytes())
    assert song["status"] == "done"
    assert_about_equal(_settled(song), _settled(expected))
    assert_about_equal(_settled(record.recorded), _settled(orjson.loads(REQUESTS.read_bytes())))


def test_examples_are_in_the_schema_and_on_its_page(anna_client: Client) -> None:
    operations = {one["operationId"]: one for methods in schema()["paths"].values() for one in methods.values()}
    html = anna_client.get("/api/v1/").content.decode()
    recorded = orjson.loads(REQUESTS.read_bytes())
    assert len(recorded) > 30
    for name, one in recorded.items():
        answer = operations[name]["responses"][str(one["status"])]["content"][one["media_type"]]
        assert answer["examples"]["answer"] == {"summary": one["request"], "value": one["answer"]}
        assert one["request"].replace("&", "&amp;") in html
    table = operations["corrections_import"]["requestBody"]["content"]["text/csv"]["examples"]["request"]["value"]
    assert table == CORRECTIONS
    assert "Slow Fire" in html


def _webhooks(record: Recorder, admin: Client, webhook_id: str) -> None:
    url = f"/api/v1/webhooks/{webhook_id}/"
    record(admin, "webhooks_list", "GET /api/v1/webhooks/")
    record(admin, "webhooks_retrieve", f"GET {url}")
    record(admin, "webhooks_update", f"PATCH {url}", {"events": ["song.done"]})
    [_, done] = record(admin, "deliveries_list", f"GET {url}deliveries/")["results"]
    record(admin, "deliveries_retrieve", f"GET {url}deliveries/{done['id']}/")
    record(admin, "webhooks_test", f"POST {url}test/")
    record(admin, "webhooks_change_secret", f"POST {url}secret/")


def _songs(record: Recorder, api: Client, song_id: str) -> None:
    url = f"/api/v1/songs/{song_id}/"
    record(api, "corrections_import", "POST /api/v1/corrections/", CORRECTIONS)
    record(api, "exports_retrieve", "GET /api/v1/exports/spotify.csv/?mood=calm&sort=title")
    record(api, "exports_selection", "POST /api/v1/exports/spotify.csv/", {"ids": [song_id]})
    record(api, "jobs_retrieve", f"GET /api/v1/jobs/{song_id}/")
    record(api, "songs_bulk_edit", "POST /api/v1/songs/bulk/edit/", {"filter": {"mood": "calm"}, "artist": "Demo"})
    record(api, "songs_update", f"PATCH {url}", {"title": "Slow Waters"})
    record(api, "vocabulary_replace", "PUT /api/v1/vocabulary/", VOCABULARY)
    record(api, "vocabulary_retrieve", "GET /api/v1/vocabulary/")
    record(api, "filters_create", "POST /api/v1/filters/", {"name": "Still", "query": "mood=calm&sort=title"})
    record(api, "filters_list", "GET /api/v1/filters/")


def _playlist(record: Recorder, api: Client) -> None:
    rule = {"order": "mixture", "weights": {"calm": 1, "tender": 0.5, "tense": -1}, "songs": 20}
    made = record(api, "playlists_create", "POST /api/v1/playlists/", {"name": "Evening", "rule": rule})
    url = f"/api/v1/playlists/{made['id']}/"
    record(api, "playlists_list", "GET /api/v1/playlists/")
    record(api, "playlists_retrieve", f"GET {url}")
    record(api, "playlist_songs_list", f"GET {url}songs/?page_size=1")
    record(api, "playlists_update", f"PATCH {url}", {"description": "Quiet and slow."})
    record(api, "playlists_refresh", f"POST {url}refresh/")
    record(api, "playlists_export", f"GET {url}export/csv/")


def _tokens(record: Recorder, admin: Client) -> None:
    made = record(admin, "tokens_create", "POST /api/v1/tokens/", {"name": "Player", "scopes": ["read"], "days": 90})
    record(admin, "tokens_retrieve", f"GET /api/v1/tokens/{made['id']}/")
    record(admin, "tokens_list", "GET /api/v1/tokens/?page_size=1")


def _recalibration(record: Recorder, api: Client, owner: Person) -> None:
    judged_library(owner, 70)
    record(api, "measurement_retrieve", "GET /api/v1/measurement/")
    number = record(api, "recalibrations_create", "POST /api/v1/recalibrations/", {"kind": "terms"})["number"]
    recalibration_fit(recalibration_id=Recalibration.objects.get(owner=owner).id, now=timezone.now())
    url = f"/api/v1/recalibrations/{number}/"
    record(api, "recalibrations_retrieve", f"GET {url}")
    record(api, "recalibrations_switch", f"PATCH {url}", {"is_active": True})
    record(api, "recalibrations_list", "GET /api/v1/recalibrations/")


def _analysed(client: Client, title: str) -> str:
    path = FOLDER / f"{title}.opus"
    answer = client.post("/api/v1/songs/", {"file": SimpleUploadedFile(path.name, path.read_bytes())})
    song_id: str = answer.json()["id"]
    song_analyse(song_id=song_id)
    return song_id


def _cut(answer: Any) -> Any:
    """What opens a door is not published, even where the door is gone."""
    if isinstance(answer, dict):
        return {name: f"{value[:8]}…" if name in ("token", "secret") else value for name, value in answer.items()}
    return answer


def _settled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: "…" if name in NEVER_THE_SAME else _settled(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_settled(one) for one in value]
    return NEVER_THE_SAME_TEXT.sub("…", value) if isinstance(value, str) else value


def assert_about_equal(value: Any, expected: Any) -> None:
    """Numbers differ a little between processors."""
    if isinstance(expected, dict):
        assert value.keys() == expected.keys()
        for name in expected:
            assert_about_equal(value[name], expected[name])
    elif isinstance(expected, list):
        assert len(value) == len(expected)
        for one, other in zip(value, expected, strict=True):
            assert_about_equal(one, other)
    elif isinstance(expected, float):
        assert value == pytest.approx(expected, abs=0.02)
    elif isinstance(expected, str):
        assert NUMBER.sub("0", value) == NUMBER.sub("0", expected)
    else:
        assert value == expected


def _write(path: Path, content: Any) -> None:
    path.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n")
