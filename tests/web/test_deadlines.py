"""How long a client may take, with a clock that the test sets."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from mmc.web.deadlines import Deadlines
from mmc.web.settings import ANSWER_WINDOW_S, BODY_WINDOW_S, HEAD_TIMEOUT_S, MIN_BYTES_PER_S


@dataclass(eq=False)
class FakeConnection:
    has_request: bool = False
    body_expected: bool = False
    lingering: bool = False
    waiting_since: float = 0.0
    received_bytes: int = 0
    sent_bytes: int = 0
    unsent_bytes: int = 0
    aborted: bool = False

    def abort(self) -> None:
        self.aborted = True

    def time_out(self) -> None:
        self.aborted = True


@pytest.fixture
def connection() -> FakeConnection:
    return FakeConnection()


@pytest.fixture
def deadlines(connection: FakeConnection) -> Deadlines:
    return Deadlines([connection])  # type: ignore[list-item]


def test_a_head_must_be_complete_in_time_however_often_a_byte_of_it_comes(
    deadlines: Deadlines, connection: FakeConnection
) -> None:
    for second in range(0, HEAD_TIMEOUT_S, 2):
        connection.received_bytes += 1
        deadlines.check(second)
    assert not connection.aborted
    deadlines.check(HEAD_TIMEOUT_S + 1)
    assert connection.aborted


def test_a_request_in_progress_has_no_deadline(deadlines: Deadlines, connection: FakeConnection) -> None:
    connection.has_request = True
    deadlines.check(10_000)
    assert not connection.aborted


@pytest.mark.parametrize(("bytes_per_s", "aborted"), [(MIN_BYTES_PER_S - 1, True), (MIN_BYTES_PER_S + 1, False)])
def test_a_body_must_arrive_at_the_lowest_rate(
    deadlines: Deadlines, connection: FakeConnection, bytes_per_s: int, aborted: bool
) -> None:
    connection.has_request = connection.body_expected = True
    for second in range(BODY_WINDOW_S + 2):
        deadlines.check(second)
        connection.received_bytes += bytes_per_s
    assert connection.aborted is aborted


def test_a_fast_beginning_does_not_excuse_a_stalled_body(deadlines: Deadlines, connection: FakeConnection) -> None:
    connection.has_request = connection.body_expected = True
    deadlines.check(0)
    connection.received_bytes = 100_000_000
    deadlines.check(BODY_WINDOW_S)
    assert not connection.aborted
    deadlines.check(2 * BODY_WINDOW_S)
    assert connection.aborted


def test_time_in_which_the_server_does_not_read_is_not_held_against_the_client(
    deadlines: Deadlines, connection: FakeConnection
) -> None:
    connection.has_request = connection.body_expected = True
    deadlines.check(0)
    connection.body_expected = False
    deadlines.check(BODY_WINDOW_S - 1)
    connection.body_expected = True
    deadlines.check(BODY_WINDOW_S + 1)
    assert not connection.aborted


@pytest.mark.parametrize(("bytes_per_s", "aborted"), [(MIN_BYTES_PER_S - 1, True), (MIN_BYTES_PER_S + 1, False)])
def test_an_answer_must_be_read_at_the_lowest_rate(
    deadlines: Deadlines, connection: FakeConnection, bytes_per_s: int, aborted: bool
) -> None:
    connection.unsent_bytes = 65536
    for second in range(ANSWER_WINDOW_S + 2):
        deadlines.check(second)
        connection.sent_bytes += bytes_per_s
    assert connection.aborted is aborted
