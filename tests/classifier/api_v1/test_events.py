"""Server-sent events of version 1: jobs and scans are told when they change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.core.signals import request_finished
from django.db import DatabaseError, close_old_connections
from django.test import Client
from django.utils import timezone

from classifier.api.v1 import event_stream
from classifier.api.v1.event_stream import open_streams
from classifier.models import ApiToken, Person, Song, Source
from tests.classifier.api_v1.conftest import Analysed, Program, problem_of
from tests.source_songs import add_song, add_source

EVENTS = "/api/v1/events/"


class Stream:
    """What a client reads."""

    def __init__(self, response: Any) -> None:
        assert response.status_code == 200, response.content
        assert response.headers["Content-Type"] == "text/event-stream"
        self.response = response

    def news(self) -> list[tuple[str, Any]] | None:
        """The events of the next second; None at the end."""
        text = self.response.poll()
        if text is None:
            return None
        events = []
        for block in text.decode().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
            if "event" in fields:
                assert fields["id"].isdecimal()
                events.append((fields["event"], orjson.loads(fields["data"])))
        return events


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch: Any) -> None:
    """The test and the stream share the connection of the test's transaction, as with Django's client."""
    monkeypatch.setattr(event_stream, "close_old_connections", lambda: None)


def close(response: Any) -> None:
    """As Django's client closes the answer to a request: without the connection of the test."""
    request_finished.disconnect(close_old_connections)
    response.close()
    request_finished.connect(close_old_connections)


@pytest.fixture
def listen(api: Client) -> Iterator[Any]:
    streams = []

    def listen(query: str = "", client: Client = api, **headers: str) -> Stream:
        response = client.get(EVENTS + query, headers={"accept": "text/event-stream", **headers})
        streams.append(response)
        return Stream(response)

    yield listen
    for response in streams:
        close(response)
    assert open_streams.count() == 0


def test_a_job_is_told_when_it_changes(listen: Any, song: Song) -> None:
    stream = listen()
    [(name, job)] = stream.news()
    assert (name, job["id"], job["status"]) == ("job", str(song.id), "queued")
    assert stream.news() == []
    Song.objects.update(stage="listening", segments_done=1, segments_total=4)
    [(_, job)] = stream.news()
    assert job["progress"] == 0.25
    Song.objects.update(status="failed", error_code="audio_silent", error_message="Silent.")
    [(_, job)] = stream.news()
    assert (job["status"], job["error"]["code"]) == ("failed", "audio_silent")
    assert stream.news() == []


def test_a_song_that_is_added_later_is_told_too(listen: Any, submit: Any) -> None:
    stream = listen()
    assert stream.news() == []
    submit()
    assert [name for name, _ in stream.news()] == ["job"]


def test_a_song_that_is_added_and_ends_between_two_looks_is_told_once(listen: Any, analysed: Analysed) -> None:
    stream = listen()
    assert stream.news() == []
    song = analysed()
    [(name, job)] = stream.news()
    assert (name, job["id"], job["status"]) == ("job", str(song.id), "done")
    assert stream.news() == []


def test_the_stream_of_some_jobs_ends_with_the_last_one(listen: Any, analysed: Analysed, submit: Any) -> None:
    done, waiting, deleted = analysed(1), submit(2), submit(3)
    submit(4)
    stream = listen(f"?ids={done.id},{waiting.id},{deleted.id}")
    assert [job["id"] for _, job in stream.news()] == [str(song.id) for song in (done, waiting, deleted)]
    Song.objects.filter(id=deleted.id).delete()
    assert stream.news() == [("gone", {"id": str(deleted.id)})]
    Song.objects.filter(id=waiting.id).update(status="done")
    [(_, job), end] = stream.news()
    assert (job["status"], end) == ("done", ("end", {}))
    assert stream.news() is None


def test_after_a_break_the_client_gets_what_ended_meanwhile(listen: Any, analysed: Analysed) -> None:
    song = analysed()
    before = str(int((timezone.now() - timedelta(minutes=1)).timestamp() * 1000))
    [(_, job)] = listen(**{"Last-Event-ID": before}).news()
    assert (job["id"], job["status"]) == (str(song.id), "done")
    after = str(int((timezone.now() + timedelta(minutes=1)).timestamp() * 1000))
    assert listen(**{"Last-Event-ID": after}).news() == []


def test_a_scan_is_told_when_it_changes(listen: Any, anna: Person) -> None:
    source = add_source(anna)
    add_song(source)  # not due yet, so no job
    stream = listen()
    [(name, scan)] = stream.news()
    assert (name, scan["source"], scan["status"]) == ("scan", str(source.id), "never")
    Source.objects.update(scan_status="running", scan_counts={"files": 3})
    [(_, scan)] = stream.news()
    assert scan["counts"] == {"files": 3}


def test_nobody_hears_of_the_songs_of_others(
    listen: Any, program: Program, boris: Person, anna: Person, song: Song
) -> None:
    add_source(anna)
    stranger = program(boris)
    assert listen(client=stranger).news() == []
    assert listen(f"?ids={song.id}", client=stranger).news() == [("gone", {"id": str(song.id)}), ("end", {})]


def test_a_stream_ends_soon_after_its_token(listen: Any, song: Song) -> None:
    stream = listen()
    assert stream.news()
    ApiToken.objects.all().delete()
    following = [stream.news() for _ in range(11)]
    assert following[-1] is None


def test_a_silent_stream_is_kept_alive_and_ends_after_a_while(listen: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(event_stream, "MAX_POLLS", 20)
    stream = listen()
    texts = [stream.response.poll() for _ in range(21)]
    assert texts[0] == b"retry: 2000\n\n"
    assert texts.count(b": \n\n") == 1
    assert texts[-1] is None


def test_a_stream_ends_where_the_database_does_not_answer(listen: Any, monkeypatch: Any) -> None:
    stream = listen()

    def fail(*args: Any) -> Any:
        raise DatabaseError("the disk is gone")

    monkeypatch.setattr("classifier.api.v1.events.News._job_events", fail)
    assert stream.news() is None


def test_a_user_has_so_many_streams_at_once(api: Client, listen: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(event_stream, "MAX_STREAMS_OF_USER", 2)
    first = listen()
    listen()
    refused = api.get(EVENTS)
    assert problem_of(refused) == (429, "too_many_streams")
    close(first.response)
    close(first.response)
    listen()
    assert problem_of(api.get(EVENTS)) == (429, "too_many_streams")


def test_a_request_is_checked_before_the_stream_begins(program: Program, api: Client, anna: Person) -> None:
    assert problem_of(api.get(f"{EVENTS}?ids=7")) == (400, "request_invalid")
    assert problem_of(api.get(f"{EVENTS}?id=7")) == (400, "parameter_unknown")
    assert problem_of(program(anna, "write").get(EVENTS)) == (403, "scope_missing")
    assert problem_of(Client().get(EVENTS)) == (401, "not_authenticated")
    assert open_streams.count() == 0


def test_other_servers_read_a_stream_as_an_iterator(api: Client, song: Song, monkeypatch: Any) -> None:
    monkeypatch.setattr(event_stream.EventStream, "poll_s", 0.0)
    Song.objects.update(status="done")
    response = api.get(f"{EVENTS}?ids={song.id}")
    assert b"".join(response.streaming_content).endswith(b"event: end\ndata: {}\n\n")
    assert open_streams.count() == 0
