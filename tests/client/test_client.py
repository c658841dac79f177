"""The Python client against a server that is made up: retries, errors, pages, files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import httpx
import pytest

from countermood_client import ApiError, AsyncClient, Client, ConnectionFailed, JobFailed, TimedOut
from countermood_client.retries import Retries

Answer = httpx.Response | Exception
ID = "01a22db2-d867-7b2d-b2f1-b12952c37697"
SONG = {"id": ID, "status": "done", "mood": {"name": "Sad but Tender"}}
AT_ONCE = Retries(attempts=4, longest_wait_s=0.01)


class Server:
    """Gives these answers, one for each request, and keeps the requests."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(self, **options: Any) -> Client:
        options = {"retries": AT_ONCE} | options
        return Client("http://countermood.test", "mmc_secret", transport=httpx.MockTransport(self), **options)

    def async_client(self) -> AsyncClient:
        transport = httpx.MockTransport(self)
        return AsyncClient("http://countermood.test", "mmc_secret", transport=transport, retries=AT_ONCE)


def problem(status: int, code: str, detail: str, **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"code": code, "detail": detail, "status": status}, headers=headers)


def job(status: str, **more: Any) -> httpx.Response:
    return httpx.Response(200, json={"id": ID, "status": status, "file_name": "a.mp3", "error": None} | more)


@pytest.fixture
def song_file(tmp_path: Path) -> Path:
    path = tmp_path / "song.mp3"
    path.write_bytes(b"sound " * 100_000)
    return path


def test_each_request_has_the_token() -> None:
    server = Server(httpx.Response(200, json=SONG))
    assert server.client().song(ID)["mood"]["name"] == "Sad but Tender"
    [request] = server.requests
    assert request.headers["Authorization"] == "Bearer mmc_secret"
    assert request.url == f"http://countermood.test/api/v1/songs/{ID}/"


def test_a_list_is_read_to_its_last_page() -> None:
    following = "/api/v1/songs/?mood=sad&cursor=c2Vjb25k"
    server = Server(
        httpx.Response(200, json={"next": following, "results": [{"id": "a"}, {"id": "b"}]}),
        httpx.Response(200, json={"next": None, "results": [{"id": "c"}]}),
    )
    assert [song["id"] for song in server.client().songs(mood="sad")] == ["a", "b", "c"]
    assert [request.url.raw_path for request in server.requests] == [b"/api/v1/songs/?mood=sad", following.encode()]


@pytest.mark.parametrize(
    "trouble",
    [
        [httpx.ConnectError("refused"), httpx.ReadTimeout("slow")],
        [httpx.Response(503), httpx.Response(502)],
        [problem(429, "throttled", "Too many calls.", **{"Retry-After": "0"})],
        [problem(409, "idempotency_key_in_use", "The request with this key is still running.")],
    ],
)
def test_an_upload_survives_trouble_and_is_stored_once(song_file: Path, trouble: Iterable[Answer]) -> None:
    server = Server(*trouble, httpx.Response(201, json=SONG))
    assert server.client().upload(song_file)["id"] == ID
    assert len({request.headers["Idempotency-Key"] for request in server.requests}) == 1
    assert all(song_file.read_bytes() in request.content for request in server.requests)


def test_two_uploads_are_two_requests(song_file: Path) -> None:
    server = Server(httpx.Response(201, json=SONG), httpx.Response(200, json=SONG))
    client = server.client()
    client.upload(song_file)
    client.upload(song_file)
    assert len({request.headers["Idempotency-Key"] for request in server.requests}) == 2


def test_an_upload_tells_its_progress(song_file: Path) -> None:
    told: list[tuple[int, int]] = []
    Server(httpx.Response(201, json=SONG)).client().upload(song_file, on_progress=lambda *bytes_: told.append(bytes_))
    sent, of = zip(*told, strict=True)
    assert list(sent) == sorted(sent)
    assert sent[0] < sent[-1] == of[0] == song_file.stat().st_size


def test_a_refused_request_is_not_sent_again() -> None:
    server = Server(problem(415, "not_audio", "The file is a PDF.", **{"X-Request-ID": "5c9f"}))
    with pytest.raises(ApiError, match=r"The file is a PDF\.") as caught:
        server.client().song(ID)
    assert (caught.value.status, caught.value.code, caught.value.request_id) == (415, "not_audio", "5c9f")
    assert len(server.requests) == 1


def test_an_error_page_of_a_proxy_is_an_error_too() -> None:
    with pytest.raises(ApiError, match=r"The server answered Not Found\.") as caught:
        Server(httpx.Response(404, html="<h1>nginx</h1>")).client().song(ID)
    assert caught.value.code == "unexpected_answer"


def test_it_gives_up_after_some_attempts() -> None:
    server = Server(*[httpx.ConnectError("refused")] * 4)
    with pytest.raises(ConnectionFailed, match=r"The server does not answer: refused\."):
        server.client().song(ID)
    assert server.answers == []


def test_it_does_not_wait_longer_than_the_caller_allows() -> None:
    server = Server(problem(429, "throttled", "Too many calls.", **{"Retry-After": "3600"}))
    with pytest.raises(ApiError, match="Too many calls"):
        server.client().song(ID)


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (job("failed", error={"code": "audio_silent", "message": "The audio is silent."}), r"The audio is silent\."),
        (job("cancelled"), r"The analysis of a\.mp3 was cancelled\."),
    ],
)
def test_waiting_for_a_song_that_is_never_done(last: httpx.Response, expected: str) -> None:
    with pytest.raises(JobFailed, match=expected):
        Server(last).client().wait(ID)


def test_waiting_no_longer_than_allowed() -> None:
    with pytest.raises(TimedOut, match=r"a\.mp3 was not analysed within 0 s\."):
        Server(job("queued")).client().wait(ID, timeout_s=0.0)


@pytest.mark.parametrize("url", ["countermood.test", "ftp://countermood.test", ""])
def test_an_address_without_a_scheme_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="begins with http:// or https://"):
        Client(url, "mmc_secret")


@pytest.mark.parametrize("use", [lambda client: client.song("../tokens"), lambda client: client.job("")])
def test_no_text_but_an_id_becomes_part_of_an_address(use: Callable[[Client], Any]) -> None:
    with pytest.raises(ValueError, match="badly formed"):
        use(Server().client())


def test_the_asynchronous_client_does_the_same(song_file: Path) -> None:
    server = Server(
        httpx.ConnectError("refused"),
        httpx.Response(201, json=SONG),
        job("running"),
        job("done"),
        httpx.Response(200, json=SONG),
        httpx.Response(200, json={"next": "/api/v1/songs/?cursor=a", "results": [{"id": "a"}]}),
        httpx.Response(200, json={"next": None, "results": [{"id": "b"}]}),
        httpx.Response(200, content=b"id,title\n"),
    )

    async def story() -> tuple[str, list[str], bytes]:
        async with server.async_client() as client:
            song = await client.tag(song_file)
            ids = [one["id"] async for one in client.songs()]
            async with client.export("csv") as parts:
                exported = b"".join([part async for part in parts])
        assert song["mood"] is not None
        return song["mood"]["name"], ids, exported

    assert asyncio.run(story()) == ("Sad but Tender", ["a", "b"], b"id,title\n")


@pytest.mark.parametrize("trouble", [httpx.ReadTimeout("slow"), httpx.Response(502), httpx.Response(504)])
def test_what_may_have_been_carried_out_is_not_sent_again_without_a_key(trouble: Answer) -> None:
    server = Server(trouble)
    with pytest.raises((ConnectionFailed, ApiError)):
        server.client().add_webhook("https://example.org/in", "song.done")
    assert len(server.requests) == 1


@pytest.mark.parametrize("trouble", [httpx.ConnectError("refused"), httpx.Response(503)])
def test_what_the_server_did_not_get_is_sent_again(trouble: Answer) -> None:
    server = Server(trouble, httpx.Response(201, json={"secret": "whsec_a"}))
    assert server.client().add_webhook("https://example.org/in", "song.done", "song.failed")["secret"] == "whsec_a"
    [_, request] = server.requests
    assert json.loads(request.content) == {"url": "https://example.org/in", "events": ["song.done", "song.failed"]}


def test_a_deleted_song_goes_into_the_bin_unless_that_is_not_wanted() -> None:
    server = Server(httpx.Response(204), httpx.Response(204))
    server.client().delete(ID)
    server.client().delete(ID, permanent=True)
    assert [request.url.query for request in server.requests] == [b"bin=yes", b"bin=no"]


def test_corrections_are_sent_as_they_are_in_the_file(tmp_path: Path) -> None:
    table = tmp_path / "songs.csv"
    table.write_bytes(b"title,actual_primary\nNocturne,sad\n")
    server = Server(httpx.Response(503), httpx.Response(200, json={"is_made": False, "changes": 1}))
    assert server.client().import_corrections(table, dry_run=True)["changes"] == 1
    for request in server.requests:
        assert request.url.query == b"dry_run=yes&strict=no"
        assert (request.headers["Content-Type"], request.content) == ("text/csv", table.read_bytes())


def test_links_have_the_time_that_the_server_takes() -> None:
    server = Server(httpx.Response(202, json={"results": []}))
    server.client().add_links("https://example.org/a.mp3")
    [request] = server.requests
    assert request.extensions["timeout"]["read"] > 300
    assert json.loads(request.content) == {"links": ["https://example.org/a.mp3"]}


def test_methods_are_documented_as_their_requests_are() -> None:
    assert "mood" in str(Client.songs.__doc__)
    assert Client.songs.__doc__ == AsyncClient.songs.__doc__


def test_both_clients_have_the_same_methods() -> None:
    def methods(kind: type) -> set[str]:
        return {name for name in vars(kind) if not name.startswith("_")}

    assert methods(Client) == methods(AsyncClient)
