"""What programs on another machine do: one builds a library by the API, one corrects another library like it.

It is copied to that machine, so that it can import nothing of the project but the client.
"""

from __future__ import annotations

import importlib.util
import json
import os
import queue
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook

from countermood_client import Client

CORRECTED = 10
FAILSAFE_S = 500.0


class Receiver:
    """Of webhooks: keeps the events whose signatures are valid."""

    def __init__(self) -> None:
        self.secret = ""
        self.events: queue.Queue[dict[str, Any]] = queue.Queue()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                event = Webhook(outer.secret).verify(body, dict(self.headers.items()))  # raises, and so answers nothing
                outer.events.put({"id": self.headers["webhook-id"], **event})
                self.send_response(204)
                self.end_headers()

            def log_message(self, *values: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/events"


def build(client: Client) -> None:
    """Upload all songs, hear that each is analysed, correct some, and export everything."""
    receiver = Receiver()
    webhook = client.add_webhook(receiver.address, "song.done")
    receiver.secret = webhook["secret"]
    sent = {client.upload(path)["id"] for path in sorted(Path("songs").iterdir())}
    told: dict[str, dict[str, Any]] = {}
    while told.keys() != sent:
        event = receiver.events.get(timeout=FAILSAFE_S)
        assert event["type"] == "song.done", event
        told[event["data"]["id"]] = event
    assert len({event["id"] for event in told.values()}) == len(sent)
    client.delete_webhook(webhook["id"])

    with client.export_account(audio=True) as parts:
        Path("account.zip").write_bytes(b"".join(parts))
    chosen = sorted(sent)[:CORRECTED]
    for number, song_id in enumerate(chosen):
        sides = {"primary": "sad", "secondary": "tender"} if number % 2 else {"primary": "joyful"}
        assert client.update(song_id, actual_mood=sides)["verdict"] == "corrected"
    save(client, "parquet", "songs.parquet")
    save(client, "csv", "corrected.csv", verdict="corrected")
    print(json.dumps({"songs": len(sent), "webhooks": len(told), "corrected": len(chosen)}))


def correct(client: Client) -> None:
    """State the corrections of the first library."""
    trial = client.import_corrections(Path("corrected.csv"), dry_run=True)
    report = client.import_corrections(Path("corrected.csv"), strict=True)
    again = client.import_corrections(Path("corrected.csv"), strict=True)
    save(client, "parquet", "second.parquet")
    print(json.dumps([[one["is_made"], one["changes"], one["problems"]] for one in (trial, report, again)]))


def save(client: Client, kind: str, name: str, **filters: str) -> None:
    with client.export(kind, q="story", sort="title", **filters) as parts:
        Path(name).write_bytes(b"".join(parts))


if __name__ == "__main__":
    assert importlib.util.find_spec("classifier") is None
    with Client(os.environ["COUNTERMOOD_URL"], os.environ["COUNTERMOOD_TOKEN"]) as connected:
        {"build": build, "correct": correct}[sys.argv[1]](connected)
