"""The schema and its page."""

from __future__ import annotations

import re

import orjson
from django.test import Client

from classifier.api.v1.schema import schema
from classifier.models import Person
from tests.classifier.api_v1.conftest import Program, problem_of


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
    assert not re.search(r"""(src|href|action)=["']?(https?:)?//""", html)
    assert "<script>" not in html


def test_strangers_see_neither(client: Client, db: None, program: Program, anna: Person) -> None:
    assert client.get("/api/v1/").status_code == 302
    assert problem_of(client.get("/api/v1/schema/")) == (401, "not_authenticated")
    assert problem_of(program(anna, "write").get("/api/v1/schema/")) == (403, "scope_missing")
