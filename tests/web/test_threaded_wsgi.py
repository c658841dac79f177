"""Django in threads behind an event loop, without sockets."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from mmc.web.environ import FileAnswer
from mmc.web.settings import BLOCK_BYTES, PREFETCH_BYTES
from mmc.web.threaded_wsgi import ThreadedWsgi

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
END = {"type": "http.request", "body": b"", "more_body": False}


def part(body: bytes) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": True}


class Exchange:
    """One request, and what is sent as its answer."""

    def __init__(self, *messages: dict[str, Any], method: str = "POST", path: bytes = b"/", **headers: str) -> None:
        self.messages = list(messages)
        self.sent: list[dict[str, Any]] = []
        self.on_receive: Callable[[], None] = lambda: None
        self.scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path.decode(),
            "raw_path": path,
            "query_string": b"",
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
            "server": ("127.0.0.1", 8000),
            "client": ("192.0.2.7", 5000),
        }

    async def receive(self) -> dict[str, Any]:
        self.on_receive()
        return self.messages.pop(0) if self.messages else {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    def run(self, application: Callable[..., Iterable[bytes]]) -> Exchange:
        asyncio.run(ThreadedWsgi(application)(self.scope, self.receive, self.send))
        return self

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])


def echo(environ: Environ, start_response: StartResponse) -> list[bytes]:
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


def unread(environ: Environ, start_response: StartResponse) -> list[bytes]:
    start_response("413 Content Too Large", [("Content-Length", "2")])
    return [b"no"]


def environ_of(exchange: Exchange) -> Environ:
    seen: list[Environ] = []

    def application(environ: Environ, start_response: StartResponse) -> list[bytes]:
        seen.append(environ)
        return unread(environ, start_response)

    exchange.run(application)
    return seen[0]


def test_a_small_body_is_here_before_a_thread_is_used() -> None:
    exchange = Exchange(part(b"user=anna&"), part(b"password=x"), END, content_length="20")
    receiving: set[str] = set()
    exchange.on_receive = lambda: receiving.add(threading.current_thread().name)
    started: list[int] = []

    def application(environ: Environ, start_response: StartResponse) -> list[bytes]:
        started.append(len(exchange.messages))
        return echo(environ, start_response)

    assert exchange.run(application).body == b"user=anna&password=x"
    assert started == [0]
    assert receiving == {threading.main_thread().name}


def test_a_large_body_arrives_while_the_application_reads_it() -> None:
    blocks = [bytes([number]) * PREFETCH_BYTES for number in range(4)]
    exchange = Exchange(*map(part, blocks), END, content_length=str(4 * PREFETCH_BYTES))
    left: list[int] = []

    def application(environ: Environ, start_response: StartResponse) -> list[bytes]:
        first = environ["wsgi.input"].read(10)
        left.append(len(exchange.messages))
        start_response("200 OK", [])
        return [first, environ["wsgi.input"].read()]

    assert exchange.run(application).body == b"".join(blocks)
    assert left == [4]


def test_a_body_in_chunks_ends_by_itself() -> None:
    exchange = Exchange(part(b"one "), part(b"line\nand another"), END, transfer_encoding="chunked")

    def application(environ: Environ, start_response: StartResponse) -> list[bytes]:
        assert environ["wsgi.input_terminated"]
        start_response("200 OK", [])
        lines = environ["wsgi.input"]
        return [lines.readline(), b"|", lines.readline(3), b"|", lines.readline(), lines.readline()]

    assert exchange.run(application).body == b"one line\n|and| another"


def test_a_connection_that_breaks_gives_what_arrived_and_then_an_error() -> None:
    exchange = Exchange(part(b"x" * 100), content_length="50000")
    outcome: list[Any] = []

    def application(environ: Environ, start_response: StartResponse) -> list[bytes]:
        outcome.append(environ["wsgi.input"].read(1000))
        with pytest.raises(OSError, match="disconnected"):
            environ["wsgi.input"].read(1000)
        return unread(environ, start_response)

    exchange.run(application)
    assert outcome == [b"x" * 100]


def test_a_small_body_that_breaks_off_never_reaches_the_application() -> None:
    exchange = Exchange(part(b"user="), content_length="20").run(echo)
    assert exchange.sent == []


def test_an_answer_before_the_end_of_the_body_closes_the_connection() -> None:
    exchange = Exchange(part(b"x" * 100), content_length="50000").run(unread)
    assert exchange.headers[b"connection"] == b"close"


def test_other_answers_keep_the_connection() -> None:
    assert b"connection" not in Exchange(part(b"ab"), END, content_length="2").run(echo).headers
    assert b"connection" not in Exchange(method="GET").run(unread).headers


class BigFile(io.BytesIO):
    def __init__(self) -> None:
        super().__init__(bytes(3 * BLOCK_BYTES + 5))
        self.readers: set[str] = set()

    def read(self, size: int | None = -1) -> bytes:
        self.readers.add(threading.current_thread().name.partition("_")[0])
        return super().read(size)


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_file_is_sent_without_a_thread_that_waits_for_its_reader(wrapped: bool) -> None:
    file = BigFile()

    class AnyThread:
        any_thread = True
        close = file.close

        def __iter__(self) -> Iterator[bytes]:
            while block := file.read(1000):
                yield block

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        file_wrapper: type[FileAnswer] = environ["wsgi.file_wrapper"]
        return file_wrapper(file) if wrapped else AnyThread()

    exchange = Exchange(method="GET").run(application)
    assert len(exchange.body) == 3 * BLOCK_BYTES + 5
    assert len(exchange.sent) > 4
    assert file.readers == {"page", "file"}
    assert file.closed


def test_a_file_is_closed_when_its_reader_is_gone() -> None:
    file = BigFile()
    exchange = Exchange(method="GET")

    async def broken(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.body":
            raise ConnectionResetError

    exchange.send = broken  # type: ignore[method-assign]

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        return FileAnswer(file)

    with pytest.raises(ConnectionResetError):
        exchange.run(application)
    assert file.closed


def test_an_export_is_sent_while_it_is_computed() -> None:
    exchange = Exchange(method="GET", path=b"/songs/export.csv")
    sent_before: list[int] = []

    class Export:
        streaming = True

        def __iter__(self) -> Iterator[bytes]:
            for _ in range(3):
                sent_before.append(len(exchange.sent))
                yield b"row\n"

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        assert threading.current_thread().name.startswith("transfer")
        start_response("200 OK", [])
        return Export()

    assert exchange.run(application).body == b"row\n" * 3
    assert sent_before == [1, 2, 3]


class EventStream:
    """Has news, then none, and then ends."""

    poll_s = 0.0

    def __init__(self, *news: bytes) -> None:
        self.news: list[bytes | None] = [*news, None]
        self.threads: set[str] = set()
        self.is_closed = False

    def poll(self) -> bytes | None:
        self.threads.add(threading.current_thread().name.partition("_")[0])
        return self.news.pop(0)

    def close(self) -> None:
        self.is_closed = True

    def __call__(self, environ: Environ, start_response: StartResponse) -> EventStream:
        start_response("200 OK", [])
        return self


class Listener(Exchange):
    """Stays connected until it is told to leave."""

    is_gone = False

    async def receive(self) -> dict[str, Any]:
        while not self.is_gone:
            await asyncio.sleep(0)
        return {"type": "http.disconnect"}


def test_an_event_stream_has_no_thread_while_it_waits() -> None:
    stream = EventStream(b"one", b"", b"two")
    exchange = Listener(method="GET").run(stream)
    assert [message.get("body") for message in exchange.sent] == [None, b"one", b"two", b""]
    assert exchange.sent[-1]["more_body"] is False
    assert stream.threads == {"event"}
    assert stream.is_closed


def test_an_event_stream_ends_when_its_listener_is_gone() -> None:
    listener = Listener(method="GET")
    stream = EventStream(*[b"again"] * 10_000)

    def leave() -> bytes | None:
        listener.is_gone = len(stream.news) < 9_990
        return EventStream.poll(stream)

    stream.poll = leave  # type: ignore[method-assign]
    listener.run(stream)
    assert stream.is_closed
    assert len(stream.news) > 9_000


def test_an_event_stream_ends_when_the_server_stops() -> None:
    stream = EventStream(*[b"again"] * 1000)
    application = ThreadedWsgi(stream)
    application.is_stopping = lambda: len(stream.news) < 990
    listener = Listener(method="GET")
    asyncio.run(application(listener.scope, listener.receive, listener.send))
    assert stream.is_closed
    assert len(stream.news) == 989
    assert listener.sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


@pytest.mark.parametrize(
    ("changes", "pool"),
    [
        ({"method": "GET"}, "page"),
        ({"content_length": "100"}, "page"),
        ({"content_length": "5000000"}, "transfer"),
        ({"transfer_encoding": "chunked"}, "transfer"),
        ({"path": b"/songs/1/passage.wav"}, "transfer"),
        ({"path": b"/songs/export/"}, "page"),
        ({"path": b"/songs/export.segments.parquet"}, "transfer"),
        ({"path": b"/api/v1/exports/"}, "page"),
        ({"path": b"/api/v1/exports/segments.csv/"}, "transfer"),
        ({"path": b"/moods/people/7/export.zip"}, "transfer"),
        ({"path": b"/api/v1/account/export/"}, "transfer"),
        ({"path": b"/songs/selection/"}, "transfer"),
        ({"path": b"/api/v1/songs/links/"}, "transfer"),
    ],
)
def test_requests_that_last_have_threads_of_their_own(changes: dict[str, Any], pool: str) -> None:
    names: list[str] = []

    def application(environ: Environ, start_response: StartResponse) -> list[bytes]:
        names.append(threading.current_thread().name)
        return unread(environ, start_response)

    Exchange(part(b"x" * 100), END, **changes).run(application)
    assert names[0].startswith(pool)


def test_a_waiting_call_has_a_thread_of_its_own() -> None:
    exchange = Exchange(END)
    exchange.scope["query_string"] = b"model=both&wait=60"
    assert threading.main_thread().name not in exchange.run(thread_name).body.decode()
    assert exchange.body.startswith(b"transfer")


def thread_name(environ: Environ, start_response: StartResponse) -> list[bytes]:
    start_response("200 OK", [])
    return [threading.current_thread().name.encode()]


def test_a_header_with_an_underscore_cannot_imitate_another_one() -> None:
    exchange = Exchange(method="GET")
    exchange.scope["headers"] = [(b"x_forwarded_for", b"10.0.0.1"), (b"x-request-id", b"7")]
    environ = environ_of(exchange)
    assert "HTTP_X_FORWARDED_FOR" not in environ
    assert environ["HTTP_X_REQUEST_ID"] == "7"


def test_the_scheme_and_the_address_are_those_of_the_connection() -> None:
    environ = environ_of(Exchange(method="GET", x_forwarded_proto="https", x_forwarded_for="10.0.0.1"))
    assert environ["wsgi.url_scheme"] == "http"
    assert environ["REMOTE_ADDR"] == "192.0.2.7"


def test_repeated_headers_are_joined() -> None:
    exchange = Exchange(method="GET")
    exchange.scope["headers"] = [(b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"accept", b"x"), (b"accept", b"y")]
    environ = environ_of(exchange)
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_ACCEPT"] == "x,y"


@pytest.mark.parametrize(
    ("raw", "path"),
    [(b"/songs/%C3%A4%FF/", "/songs/\xc3\xa4\xff/"), (b"http://host/songs/", "/songs/")],
)
def test_paths_are_decoded_as_wsgi_asks(raw: bytes, path: str) -> None:
    exchange = Exchange(method="GET")
    exchange.scope["raw_path"] = raw
    assert environ_of(exchange)["PATH_INFO"] == path


def test_a_sub_path_is_split_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRIPT_NAME", "/mood/")
    environ = environ_of(Exchange(method="GET", path=b"/mood/songs/"))
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("/mood", "/songs/")
