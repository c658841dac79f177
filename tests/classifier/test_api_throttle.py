"""API calls are counted for all web processes together, and cost few writes."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from classifier.api import throttling
from classifier.api.throttling import call_allowed
from classifier.models import ApiCallCount, Person
from tests.conftest import PASSWORD


def allowed(person: Person, calls: int, minute: int = 7) -> int:
    return sum(call_allowed(user_id=person.pk, minute=minute) for _ in range(calls))


def another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "_leases", {})


@pytest.mark.parametrize("limit", [1, 7, 40, 600])
def test_a_user_gets_as_many_calls_as_allowed(anna: Person, boris: Person, settings: Any, limit: int) -> None:
    settings.API_CALLS_PER_MINUTE = limit
    assert allowed(anna, limit + 20) == limit
    assert allowed(boris, 1) == 1
    assert allowed(anna, limit + 20, minute=8) == limit


def test_two_processes_together_allow_no_more(anna: Person, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.API_CALLS_PER_MINUTE = 100
    first = allowed(anna, 60)
    another_process(monkeypatch)
    assert first + allowed(anna, 100) <= 100


def test_most_calls_write_nothing(anna: Person, settings: Any) -> None:
    settings.API_CALLS_PER_MINUTE = 600
    allowed(anna, 30)
    with CaptureQueriesContext(connection) as queries:
        assert allowed(anna, 300) == 300
    assert len(queries) <= 10


def test_a_refused_user_costs_no_query(anna: Person, settings: Any) -> None:
    settings.API_CALLS_PER_MINUTE = 1
    allowed(anna, 2)
    with CaptureQueriesContext(connection) as queries:
        assert allowed(anna, 50) == 0
    assert not queries


def test_the_minute_of_a_host_whose_clock_is_a_little_ahead_counts(
    anna: Person, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.API_CALLS_PER_MINUTE = 20
    assert allowed(anna, 30, minute=8) == 20
    another_process(monkeypatch)
    assert allowed(anna, 30, minute=7) == 0


def test_a_clock_that_was_set_back_refuses_nobody(anna: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    allowed(anna, 10_000, minute=1000)
    another_process(monkeypatch)
    assert allowed(anna, 5, minute=7) == 5


def test_calls_on_both_sides_of_a_minute_are_not_refused(anna: Person, settings: Any) -> None:
    """Slow calls of the minute before alternate with those of this one."""
    settings.API_CALLS_PER_MINUTE = 600
    call_allowed(user_id=anna.pk, minute=8)
    assert sum(allowed(anna, 1, minute) for minute in (7, 8) * 100) == 200


def test_calls_are_allowed_where_the_database_cannot_count(anna: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(user_id: int, minute: int) -> int:
        raise DatabaseError("database or disk is full")

    monkeypatch.setattr(throttling, "_take", full)
    assert allowed(anna, 3) == 3


def test_a_refused_call_says_when_to_continue(anna_client: Client, settings: Any) -> None:
    settings.API_CALLS_PER_MINUTE = 1
    anna_client.get("/api/model/")
    response = anna_client.get("/api/model/")
    assert response.status_code == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 60


@pytest.mark.django_db(transaction=True)
def test_parallel_calls_get_no_more_than_allowed(settings: Any) -> None:
    settings.API_CALLS_PER_MINUTE = 50
    anna = Person.objects.create_user("anna", password=PASSWORD)
    everybody_is_here = threading.Barrier(10)

    def calls(number: int) -> int:
        try:
            everybody_is_here.wait()
            return allowed(anna, 20)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as threads:
        assert sum(threads.map(calls, range(10))) == 50
    assert ApiCallCount.objects.get().count == 50
