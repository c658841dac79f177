"""The examples of the schema: requests that a program sent, and what this version answered. A test sends them again.

Tokens and secrets are cut."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

FOLDER = Path(__file__).parent
SONG = FOLDER / "example_song.json"
"""The answer for the demo song “Slow Water”."""
REQUESTS = FOLDER / "example_requests.json"
"""By operation: `request` (method and URL), `body` where there is one, `status`, `media_type` and `answer`."""


def add_examples(schema: dict[str, Any]) -> None:
    schema["components"]["schemas"]["Song"]["examples"] = [orjson.loads(SONG.read_bytes())]
    requests = orjson.loads(REQUESTS.read_bytes())
    for methods in schema["paths"].values():
        for operation in methods.values():
            if operation["operationId"] in requests:
                _add(operation, **requests[operation["operationId"]])


def _add(operation: dict[str, Any], request: str, status: int, media_type: str, answer: Any, body: Any = None) -> None:
    if body is not None:
        [content] = operation["requestBody"]["content"].values()
        content["examples"] = {"request": {"summary": request, "value": body}}
    content = operation["responses"][str(status)]["content"][media_type]
    content["examples"] = {"answer": {"summary": request, "value": answer}}
