"""The embedded broker under several processes."""

from __future__ import annotations

import errno
import multiprocessing
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection

import mmc.celery

MESSAGES = 60
END = -1
TIMEOUT_S = 60


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
        while True:
            message = queue.get(timeout=TIMEOUT_S)
            message.ack()
            if message.payload == END:
                return
            results.put(message.payload)


def test_messages_are_delivered_in_order(tmp_path: Path) -> None:
    put(tmp_path, range(5))
    with connected(tmp_path) as connection, connection.SimpleQueue("songs") as queue:
        assert [queue.get(timeout=TIMEOUT_S).payload for _ in range(5)] == [0, 1, 2, 3, 4]


def test_each_message_reaches_exactly_one_of_several_concurrent_readers(tmp_path: Path) -> None:
    put(tmp_path, range(0))
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    readers = [context.Process(target=take, args=(tmp_path, results)) for _ in range(3)]
    writers = [context.Process(target=put, args=(tmp_path, range(n, MESSAGES, 2))) for n in range(2)]
    for process in (*readers, *writers):
        process.start()
    received = [results.get(timeout=TIMEOUT_S) for _ in range(MESSAGES)]
    for process in writers:
        process.join()
    with connected(tmp_path) as connection, connection.SimpleQueue("songs") as queue:
        for _ in readers:
            queue.put(END)
    for process in readers:
        process.join()
    assert sorted(received) == list(range(MESSAGES))
    assert results.empty()
    assert [process.exitcode for process in (*readers, *writers)] == [0] * 5


def test_acknowledged_messages_leave_no_files(tmp_path: Path) -> None:
    put(tmp_path, range(3))
    with connected(tmp_path) as connection, connection.SimpleQueue("songs") as queue:
        for _ in range(3):
            queue.get(timeout=TIMEOUT_S).ack()
    assert list((tmp_path / "queue").iterdir()) == list((tmp_path / "taken").iterdir()) == []


def test_a_full_disk_is_an_error_of_the_broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def disk_full(draft: Path, place: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with connected(tmp_path) as connection, connection.SimpleQueue("songs") as queue:
        monkeypatch.setattr("os.replace", disk_full)
        with pytest.raises(connection.channel_errors, match="could not be written"):
            queue.put(1)
    assert list((tmp_path / "taken").iterdir()) == []


def test_a_worker_deletes_what_an_earlier_version_left_in_a_queue_that_nothing_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, range(3))
    with connected(tmp_path) as connection, connection.SimpleQueue("bulk") as queue:
        queue.put("stays")
    monkeypatch.setattr(mmc.celery.app, "connection_for_write", lambda: connected(tmp_path))
    mmc.celery.purge_former_queues()
    assert [path.name.partition(".")[2] for path in (tmp_path / "queue").iterdir()] == ["bulk.msg"]
