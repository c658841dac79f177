"""Event streams of a running product: they use no thread of pages, tell of songs, and end with the server."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import requests

from tests import sounds
from tests.system.clients import first_visit
from tests.system.processes import wait_for
from tests.system.product import RunningProduct

THREADS = 2
STREAMS = 9


def events(answer: requests.Response) -> Iterator[tuple[str, Any]]:
    name = ""
    for line in answer.iter_lines(decode_unicode=True):
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def test_more_streams_than_threads_tell_of_a_song_and_end_with_the_server(tmp_path: Path) -> None:
    with (
        RunningProduct(tmp_path / "var", WEB_THREADS=str(THREADS), WEB_TRANSFERS=str(THREADS)) as product,
        ExitStack() as stack,
    ):
        api = first_visit(product.address)
        address = f"{product.address}/api/v1/events/"

        def listen(query: str = "") -> requests.Response:
            answer = requests.get(address + query, headers=api.headers, stream=True, timeout=120)
            assert answer.status_code == 200
            return stack.enter_context(answer)

        streams = [listen() for _ in range(STREAMS)]
        assert requests.get(f"{product.address}/login/", timeout=60).status_code == 200

        song = api.submit(sounds.write(tmp_path / "song.wav", sounds.music(12.0)))
        told = list(events(listen(f"?ids={song['id']}")))
        assert told[-1] == ("end", {})
        name, job = told[-2]
        assert (name, job["id"], job["status"], job["progress"]) == ("job", song["id"], "done", 1.0)
        told_by_each = [events(stream) for stream in streams]
        for told in told_by_each:
            name, job = next(told)
            assert (name, job["id"]) == ("job", song["id"])

        product.process.send_signal(signal.SIGTERM)
        wait_for(lambda: product.process.poll() is not None, what="end of the server")
        for told in told_by_each:
            assert all(job["id"] == song["id"] for name, job in told if name == "job")
