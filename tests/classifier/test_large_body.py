"""A large body occupies a thread while it arrives: only signed-in users may send one."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client

from classifier.models import Person
from mmc.web.settings import PREFETCH_BYTES

COOKIE = "csrftoken=abcdefghijklmnopqrstuvwxyzABCDEF"


class Endless(io.RawIOBase):
    """The body of a client that sends slowly: reading it would occupy a thread."""

    def read(self, size: int | None = -1) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def post(client: Client, path: str, content_type: str = "application/x-www-form-urlencoded", **environ: Any) -> Any:
    body = {"wsgi.input": Endless(), "CONTENT_LENGTH": str(PREFETCH_BYTES + 1), "CONTENT_TYPE": content_type, **environ}
    return client.generic("POST", path, headers={"cookie": COOKIE}, **body)


@pytest.fixture
def stranger(olga: Person) -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize("path", ["/login/", "/setup/", "/appearance/", "/nothing/"])
@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=X"])
def test_nothing_of_a_large_form_is_read_from_a_stranger(stranger: Client, path: str, content_type: str) -> None:
    response = post(stranger, path, content_type)
    assert response.status_code == 413
    assert "without signing in, at most 16,384 bytes are allowed" in response.content.decode()


def test_nothing_of_a_form_in_chunks_is_read_from_a_stranger(
    stranger: Client, caplog: pytest.LogCaptureFixture
) -> None:
    chunked = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    assert post(stranger, "/login/", "multipart/form-data; boundary=X", **chunked).status_code == 413
    # Strangers must not fill the log.
    assert not any(record.exc_info for record in caplog.records)


@pytest.mark.parametrize("path", ["/api/predict/", "/api/uploads/", "/api/model/", "/api/nothing/"])
def test_nothing_of_an_api_call_is_read_from_a_stranger(stranger: Client, path: str) -> None:
    assert post(stranger, path, "multipart/form-data; boundary=X").status_code in (401, 404)


def test_a_large_form_of_a_signed_in_user_is_read(anna_client: Client) -> None:
    response = anna_client.post("/tokens/", {"name": "script", "more": "x" * PREFETCH_BYTES})
    assert response.status_code == 200
