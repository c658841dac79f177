"""The embedded broker under several processes."""

from __future__ import annotations

import errno
import multiprocessing
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

import mmc.celery  # noqa: F401  (makes files:// known)

MESSAGES = 60


def connected(folder: Path) -> Connection:
    options = {
        "data_folder_in": str(folder / "queue"),
        "data_folder_out": str(folder / "queue"),
        "control_folder": str(folder / "control"),
        "processed_folder": str(folder / "taken"),
        "polling_interval": 0.01,
    }
    return Connection("files://", transport_options=options)


def put(folder: Path, numbers: range) -> None:
    with connected(folder) as connection, connection.SimpleQueue("songs") as queue:
        for number in numbers:
            queue.put(number)


def take(folder: Path, results: Any) -> None:
    with connected(folder) as connection, connection.SimpleQueue("songs") as queue:
        try:
            while True:
                message = queue.get(timeout=1)
                message.ack()
                results.put(message.payload)
        except Empty:
            results.put(None)


def test_messages_come_in_the_order_in_which_they_were_put(tmp_path: Path) -> None:
    put(tmp_path, range(5))
    with connected(tmp_path) as connection, connection.SimpleQueue("songs") as queue:
        assert [queue.get(timeout=1).payload for _ in range(5)] == [0, 1, 2, 3, 4]


def test_each_message_reaches_one_of_many_readers_while_others_write(tmp_path: Path) -> None:
    put(tmp_path, range(0))
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    readers = [context.Process(target=take, args=(tmp_path, results)) for _ in range(3)]
    writers = [context.Process(target=put, args=(tmp_path, range(n, MESSAGES, 2))) for n in range(2)]
    for process in (*readers, *writers):
        process.start()
    found, ended = [], 0
    while ended < len(readers):
        number = results.get(timeout=30)
        ended += number is None
        if number is not None:
            found.append(number)
    for process in (*readers, *writers):
        process.join()
    assert sorted(found) == list(range(MESSAGES))
    assert [process.exitcode for process in (*readers, *writers)] == [0] * 5


def test_nothing_is_left_of_messages_that_were_taken(tmp_path: Path) -> None:
    put(tmp_path, range(3))
    with connected(tmp_path) as connection, connection.SimpleQueue("songs") as queue:
        for _ in range(3):
            queue.get(timeout=1).ack()
    assert list((tmp_path / "queue").iterdir()) == list((tmp_path / "taken").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_an_error_of_the_broker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(draft: Path, place: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with connected(tmp_path) as connection, connection.SimpleQueue("songs") as queue:
        monkeypatch.setattr("os.replace", no_room)
        with pytest.raises(connection.channel_errors, match="could not be written"):
            queue.put(1)
    assert list((tmp_path / "taken").iterdir()) == []
