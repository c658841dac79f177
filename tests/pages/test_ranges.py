"""The headers Range and If-Range."""

from datetime import UTC, datetime

import pytest

from classifier.media.http_ranges import ByteRange, Unsatisfiable, range_still_valid, requested_range

SIZE = 1000
CHANGED = datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("bytes=0-499", 0, 499),
        ("bytes=500-", 500, 999),
        ("bytes=-200", 800, 999),
        ("bytes=990-5000", 990, 999),
        ("bytes=-5000", 0, 999),
        ("bytes=0-0", 0, 0),
        ("Bytes = 5 - 7", 5, 7),
    ],
)
def test_a_range_has_a_first_and_a_last_byte(header: str, first: int, last: int) -> None:
    assert requested_range(header, SIZE) == ByteRange(first, last)


@pytest.mark.parametrize(
    "header", [None, "", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=9-3", "lines=0-5", "bytes=0-1,5-6"]
)
def test_anything_but_a_single_byte_range_means_the_whole_file(header: str | None) -> None:
    assert requested_range(header, SIZE) is None


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=5000-6000", "bytes=-0"])
def test_a_range_behind_the_end_cannot_be_satisfied(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        requested_range(header, SIZE)


def test_an_empty_file_has_no_satisfiable_range() -> None:
    with pytest.raises(Unsatisfiable):
        requested_range("bytes=-5", 0)


@pytest.mark.parametrize(
    ("if_range", "valid"),
    [
        (None, True),
        ('"abc"', True),
        ('"other"', False),
        ('W/"abc"', False),
        ("Sun, 01 Mar 2026 12:30:15 GMT", True),
        ("Sun, 01 Mar 2026 12:30:16 GMT", False),
        ("yesterday", False),
    ],
)
def test_if_range_must_name_the_current_file(if_range: str | None, valid: bool) -> None:
    assert range_still_valid(if_range, '"abc"', CHANGED) is valid
