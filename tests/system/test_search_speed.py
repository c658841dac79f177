"""Searches among 10,000 songs, with either database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.bench.library_rows import TITLES
from tests.bench.measurement import measure_in_subprocess
from tests.bench.search import SONGS
from tests.system.conftest import program
from tests.system.servers import running_postgres

MAX_MS = 200
OF_A_TITLE = SONGS // len(TITLES)
FOUND = {
    "1 word": OF_A_TITLE,
    "70 words": 0,
    "1,000 words": 0,
    "words of moods": 0,
    "part of a word": OF_A_TITLE,
    "accents": 0,
    "Japanese": OF_A_TITLE,
}


@contextmanager
def postgres() -> Iterator[str]:
    with running_postgres(Path(program("initdb")).parent, "mood", "secret", "mood") as port:
        yield f"postgres://mood:secret@127.0.0.1:{port}/mood"


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def measured(request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    if request.param == "SQLite":
        yield measure_in_subprocess("tests.bench.search")
        return
    with postgres() as url:
        yield measure_in_subprocess("tests.bench.search", DATABASE_URL=url)


@pytest.mark.timeout(600)
def test_every_search_answers_within_200_ms_and_reads_the_index(measured: dict[str, Any]) -> None:
    assert measured["songs"] == SONGS
    assert measured["index"]
    assert {name: search["ms"] for name, search in measured["searches"].items() if search["ms"] > MAX_MS} == {}


def test_both_databases_find_the_same_songs(measured: dict[str, Any]) -> None:
    assert {name: measured["searches"][name]["songs"] for name in FOUND} == FOUND


@pytest.mark.timeout(600)
def test_postgres_without_the_right_to_create_extensions_searches_without_the_index() -> None:
    with postgres() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE ROLE guest LOGIN PASSWORD 'secret'")
            connection.execute("GRANT CREATE, USAGE ON SCHEMA public TO guest")
        measured = measure_in_subprocess("tests.bench.search", DATABASE_URL=url.replace("mood:secret", "guest:secret"))
    assert not measured["index"]
    assert {name: measured["searches"][name]["songs"] for name in FOUND} == FOUND
