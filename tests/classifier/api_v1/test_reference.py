"""The schema and its page, and the example in them, which is a real answer."""

from __future__ import annotations

import os
from typing import Any

import orjson
import pytest
from django.core.files import File
from django.test import Client
from django.utils import timezone

from classifier.api.v1.schema import EXAMPLE, schema
from classifier.jobs.analyse import song_analyse
from classifier.models import Person
from classifier.services.demo_songs_add import FOLDER
from classifier.services.song_submit import song_submit
from tests.classifier.api_v1.conftest import Program, problem_of

# What is another value each time.
NEVER_THE_SAME = ("id", "created_at", "finished_at")


def test_the_schema_is_openapi_3_1(api: Client) -> None:
    answer = api.get("/api/v1/schema/")
    described = answer.json()
    assert described["openapi"] == "3.1.0"
    assert described == orjson.loads(orjson.dumps(schema()))
    again = api.get("/api/v1/schema/", headers={"if-none-match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_every_operation_has_a_summary_a_scope_and_problems() -> None:
    operations = [one for methods in schema()["paths"].values() for one in methods.values()]
    assert len({one["operationId"] for one in operations}) == len(operations) > 40
    for one in operations:
        assert one["summary"]
        assert one["x-scope"] in ("read", "write", "admin")
        assert "application/problem+json" in one["responses"]["4XX"]["content"]


def test_the_page_shows_every_operation_and_object(anna_client: Client) -> None:
    page = anna_client.get("/api/v1/")
    assert page.status_code == 200
    html = page.content.decode()
    for methods in schema()["paths"].values():
        for one in methods.values():
            assert f'id="{one["operationId"]}"' in html
    for name in schema()["components"]["schemas"]:
        assert f'id="object-{name}"' in html
    assert "`" not in html


def test_the_page_needs_no_other_host_and_no_script(anna_client: Client) -> None:
    html = anna_client.get("/api/v1/").content.decode()
    assert "http://" not in html.replace("http://www.w3.org", "").replace("http://testserver", "")
    assert "https://" not in html
    assert "<script>" not in html


def test_strangers_see_neither(client: Client, db: None, program: Program, anna: Person) -> None:
    assert client.get("/api/v1/").status_code == 302
    assert problem_of(client.get("/api/v1/schema/")) == (401, "not_authenticated")
    assert problem_of(program(anna, "write").get("/api/v1/schema/")) == (403, "scope_missing")


@pytest.mark.timeout(600)
def test_the_example_is_what_the_product_answers(api: Client, anna: Person) -> None:
    """UPDATE_API_EXAMPLE=1 writes it again, for instance for a new model."""
    path = FOLDER / "Slow Water.opus"
    with path.open("rb") as file:
        song, _ = song_submit(owner=anna, upload=File(file, name=path.name), now=timezone.now())
    song_analyse(song_id=song.id)
    answer = api.get(f"/api/v1/songs/{song.id}/").json()
    if os.environ.get("UPDATE_API_EXAMPLE"):
        EXAMPLE.write_bytes(orjson.dumps(answer, option=orjson.OPT_INDENT_2) + b"\n")
    example = orjson.loads(EXAMPLE.read_bytes())
    assert example["status"] == "done"
    for name in NEVER_THE_SAME:
        assert answer.pop(name)
        example.pop(name)
    assert_about_equal(answer, example)


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
    else:
        assert value == expected
