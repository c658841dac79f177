"""Multipart bodies as programs really send them: in chunks, with file names in other encodings, cut short."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig
from django.test import Client
from django.utils import timezone

from classifier.accounts.tokens import token_create
from classifier.models import Person, Song
from classifier.uploads import multipart_stream
from classifier.uploads.multipart_stream import MultipartStream
from tests.classifier.fake_analysis import wav


@pytest.fixture
def client(anna: Person) -> Client:
    """A program with Anna's token."""
    _, key = token_create(owner=anna, name="curl", now=timezone.now())
    return Client(headers={"Authorization": f"Bearer {key}"})


def form(file_name: bytes = b"song.wav", content: bytes = b"", end: bytes = b"\r\n--X--\r\n") -> bytes:
    disposition = b'Content-Disposition: form-data; name="file"; filename="' + file_name + b'"'
    return b"--X\r\n" + disposition + b"\r\nContent-Type: audio/wav\r\n\r\n" + (content or wav()) + end


def post(client: Client, body: bytes, boundary: str = "X", **environ: Any) -> Any:
    content_type = f"multipart/form-data; boundary={boundary}"
    return client.generic("POST", "/api/predict/", body, content_type=content_type, **environ)


def post_in_chunks(client: Client, body: bytes, content_type: str = "multipart/form-data; boundary=X") -> Any:
    """As gunicorn hands on a body with Transfer-Encoding: chunked: no length, and an input that ends by itself."""
    environ = {
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "CONTENT_LENGTH": "",
        "CONTENT_TYPE": content_type,
        "HTTP_TRANSFER_ENCODING": "chunked",
    }
    return client.generic("POST", "/api/predict/", **environ)


def error_code(response: Any) -> str:
    return response.json()["error"]["code"]


def test_a_body_in_chunks_becomes_a_song(client: Client) -> None:
    response = post_in_chunks(client, form())
    assert response.status_code == 202
    song = Song.objects.get()
    with song.file.open() as file:
        assert file.read() == wav()


def test_a_body_in_chunks_that_exceeds_the_limit_is_refused(client: Client, settings: Any) -> None:
    settings.MAX_UPLOAD_MB = 1
    response = post_in_chunks(client, form(content=wav() + bytes(3_000_000)))
    assert (response.status_code, error_code(response)) == (413, "file_too_large")
    assert not Song.objects.exists()


def test_other_bodies_in_chunks_must_state_their_length(client: Client) -> None:
    response = post_in_chunks(client, b"{}", content_type="application/json")
    assert (response.status_code, error_code(response)) == (411, "length_required")


@pytest.mark.parametrize(
    ("file_name", "shown"),
    [
        ("Köln.wav".encode("latin-1"), "Köln.wav"),
        ("Køln – 1€.wav".encode("cp1252"), "Køln – 1€.wav"),
        ("Кёльн.wav".encode(), "Кёльн.wav"),
        (b"K\x81ln.wav", "Kln.wav"),
    ],
    ids=["latin-1", "cp1252", "utf-8", "other"],
)
def test_a_file_name_in_any_encoding_is_accepted(client: Client, file_name: bytes, shown: str) -> None:
    assert post(client, form(file_name)).status_code == 202
    assert Song.objects.get().file_name == shown


@pytest.mark.parametrize("end", [b"", b"\r\n--X", b"\r\n--Y--\r\n"], ids=["cut", "cut in boundary", "other boundary"])
def test_a_body_without_its_closing_boundary_is_malformed(client: Client, end: bytes) -> None:
    response = post(client, form(end=end))
    assert (response.status_code, error_code(response)) == (400, "request_malformed")
    assert not Song.objects.exists()


def test_a_header_with_the_wrong_boundary_is_malformed(client: Client) -> None:
    response = post(client, form(), boundary="Y")
    assert (response.status_code, error_code(response)) == (400, "request_malformed")


def test_a_page_without_its_closing_boundary_answers_with_a_page(anna_client: Client) -> None:
    content_type = "multipart/form-data; boundary=X"
    response = anna_client.generic("POST", "/upload/", form(end=b""), content_type=content_type)
    assert response.status_code == 400
    assert response["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("block_bytes", [1, 2, 3, 7, 64, 1 << 16])
def test_blocks_of_any_size_give_the_same_body(monkeypatch: pytest.MonkeyPatch, block_bytes: int) -> None:
    monkeypatch.setattr(multipart_stream, "BLOCK_BYTES", block_bytes)
    content = b"-- X-like--\r\n--\xf6\r\n\r\n" * 20
    body = form("Köln.wav".encode("latin-1"), content)
    stream = MultipartStream(io.BytesIO(body), "X", max_bytes=len(body))
    assert stream.read() == form("Köln.wav".encode(), content)


def test_reading_stops_at_the_limit() -> None:
    body = form(content=bytes(1000))
    stream = MultipartStream(io.BytesIO(body), "X", max_bytes=500)
    with pytest.raises(RequestDataTooBig):
        stream.read()
    assert stream.too_large
