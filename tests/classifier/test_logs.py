"""The log: requests and songs can be followed through web process, message and worker, and no secret gets into it."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import logging.config
import threading
from collections.abc import Callable, Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from celery.app.task import Context
from celery.signals import before_task_publish, task_postrun, task_prerun
from django.test import Client
from django.urls import reverse

from classifier.jobs.analyse import song_analyse
from classifier.jobs.analysis_jobs import FileJob, serve
from classifier.models import Person, Song
from ml.errors import MoodError
from mmc.logs import configuration, context_values, log_context
from tests.classifier.conftest import Submit
from tests.classifier.fake_analysis import FakeAnalyser

GIVEN = "5c9f1d0a-from.the_proxy"
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """The lines of the log, as LOG_FORMAT=json writes them."""
    stream = io.StringIO()
    settings = configuration("json", "DEBUG")
    settings["handlers"]["console"]["stream"] = stream
    logging.config.dictConfig({**settings, "loggers": {}})
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().handlers.clear()
    logging.getLogger().setLevel(logging.WARNING)


def access(lines: Lines) -> dict[str, Any]:
    return next(line for line in reversed(lines()) if line["logger"] == "classifier.access")


def test_a_request_is_logged_with_route_status_duration_and_person(
    anna_client: Client, anna: Person, song: Song, lines: Lines
) -> None:
    response = anna_client.get(f"/songs/{song.id}/?model=cnn1d")
    line = access(lines)
    assert (line["method"], line["route"], line["status"]) == ("GET", "/songs/<uuid:song_id>/", 200)
    assert line["duration_ms"] > 0
    assert line["person_id"] == str(anna.id)
    assert line["request_id"] == response.headers["X-Request-ID"]
    assert "cnn1d" not in json.dumps(lines())


def test_each_request_has_an_identifier_of_its_own(client: Client, db: None) -> None:
    ids = {client.get("/login/").headers["X-Request-ID"] for _ in range(3)}
    assert len(ids) == 3


def test_only_a_proxy_may_choose_the_identifier(client: Client, db: None, settings: Any) -> None:
    headers = {"x-request-id": GIVEN}
    assert client.get("/login/", headers=headers).headers["X-Request-ID"] != GIVEN
    settings.TRUST_PROXY = True
    assert client.get("/login/", headers=headers).headers["X-Request-ID"] == GIVEN


@pytest.mark.parametrize("given", ["short", "x" * 129, 'quote"quote', "two words", "a\tb34567890", "", "ü" * 9])
def test_an_identifier_that_is_not_sane_is_replaced(client: Client, db: None, settings: Any, given: str) -> None:
    settings.TRUST_PROXY = True
    assert client.get("/login/", headers={"x-request-id": given}).headers["X-Request-ID"] != given


def test_an_error_shows_the_identifier_of_its_request(anna_client: Client) -> None:
    api = anna_client.get("/api/predictions/?colour=red")
    assert api.json()["error"]["request_id"] == api.headers["X-Request-ID"]
    for address in ("/nowhere/", "/upload/"):
        page = anna_client.get(address)
        assert page.headers["X-Request-ID"] in page.content.decode(), address


def test_an_internal_error_shows_the_identifier_under_which_the_log_has_it(
    anna_client: Client, monkeypatch: pytest.MonkeyPatch, lines: Lines
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setattr("classifier.views.home.cards", broken)
    anna_client.raise_request_exception = False
    response = anna_client.get(reverse("home"))
    request_id = response.headers["X-Request-ID"]
    assert request_id in response.content.decode()
    [error] = [line for line in lines() if "a mistake" in line.get("exc_info", "")]
    assert error["request_id"] == request_id


def test_a_message_carries_request_and_person_to_the_worker() -> None:
    headers: dict[str, Any] = {}
    with log_context(request_id=GIVEN, person_id=lambda: "7"):
        before_task_publish.send(sender="a task", headers=headers)
    task = SimpleNamespace(request=Context(headers))
    task_prerun.send(sender="a task", task_id="1", task=task)
    inside = context_values()
    task_postrun.send(sender="a task", task_id="1", task=task)
    assert inside == {"request_id": GIVEN, "person_id": "7"}
    assert context_values() == {}


def test_an_analysis_is_logged_with_its_song_and_person(
    submit: Submit, anna: Person, analyser: FakeAnalyser, lines: Lines
) -> None:
    """Of the request that has queued it, whichever message made the worker take it."""
    analyser.error = MoodError("audio_silent", "The audio is silent.")
    with log_context(request_id=GIVEN):
        song = submit()
    with log_context(request_id="that-of-another-song"):
        song_analyse(song_id=song.id)
    [line] = [line for line in lines() if "audio_silent" in line["message"]]
    assert (line["song_id"], line["person_id"], line["request_id"]) == (str(song.id), str(anna.id), GIVEN)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("token mmc_Zm9vYmFyYmF6cXV4", "Zm9vYmFyYmF6cXV4"),
        ("Authorization: Bearer abcdefgh123", "abcdefgh123"),
        ("GET /export/?page=2&api_key=abcdefgh123", "abcdefgh123"),
        ("GET /invitation/?token=abcdefgh123&page=2", "abcdefgh123"),
        ("Internal Server Error: /invitation/abcdefgh123/", "abcdefgh123"),
        ("redis://:abcdefgh123@redis:6379/0 refused", "abcdefgh123"),
        ("postgres://mood:abcdefgh123@postgres/mood", "abcdefgh123"),
    ],
)
def test_secrets_are_hidden(lines: Lines, text: str, secret: str) -> None:
    logging.getLogger("classifier").warning("%s", text)
    [line] = lines()
    assert secret not in json.dumps(line)
    assert "[hidden]" in line["message"]


def test_a_line_of_text_ends_with_its_context() -> None:
    settings = configuration("text", "INFO")
    stream = settings["handlers"]["console"]["stream"] = io.StringIO()
    logging.config.dictConfig({**settings, "loggers": {}})
    with log_context(request_id=GIVEN, song_id="9"):
        logging.getLogger("classifier").info("Done.")
    logging.getLogger("classifier").info("Idle.")
    done, idle = stream.getvalue().splitlines()
    assert done.endswith(f"INFO classifier: Done. [request={GIVEN} song=9]")
    assert idle.endswith("INFO classifier: Idle.")
    logging.getLogger().handlers.clear()


def test_the_subprocess_of_an_analysis_logs_in_the_context_of_its_job(lines: Lines) -> None:
    pipe, other_end = Pipe()
    thread = threading.Thread(target=serve_until_closed, args=(other_end,))
    thread.start()
    with log_context(request_id=GIVEN):
        pipe.send((FileJob(Path("/nowhere.wav")), 60.0, False, context_values()))
    kind, _ = pipe.recv()
    pipe.close()
    thread.join()
    assert kind == "failed"
    assert {line.get("request_id") for line in lines() if line["logger"] == "classifier.jobs.analysis_jobs"} == {GIVEN}


def serve_until_closed(pipe: Connection) -> None:
    with pytest.MonkeyPatch.context() as patch, contextlib.suppress(EOFError):
        # The limits are for a process of its own.
        for name in ("limit_memory", "use_one_core"):
            patch.setattr(f"classifier.jobs.analysis_jobs.{name}", lambda: None)
        patch.setattr("classifier.jobs.analysis_jobs.ml_gateway.analyse", raise_a_mistake)
        serve(pipe, background=False)


def raise_a_mistake(path: Path, on_progress: object) -> None:
    raise RuntimeError("a mistake")
