"""A body that is too large is rejected by its Content-Length, before anything reads it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client, RequestFactory

from classifier.models import Person


class Unread(io.BytesIO):
    """A body that fails the test when it is read."""

    def read(self, *args: Any) -> bytes:
        raise AssertionError("the body was read")


def post(client: Client, path: str, size_bytes: int, **headers: Any) -> Any:
    body = {
        "wsgi.input": Unread(),
        "CONTENT_LENGTH": str(size_bytes),
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
    }
    return client.generic("POST", path, **body, headers=headers)


@pytest.fixture(autouse=True)
def _small(settings: Any) -> None:
    settings.MAX_UPLOAD_MB = 3
    settings.MAX_REQUEST_MB = 8


def test_the_api_answers_with_its_error_format(anna_client: Client) -> None:
    response = post(anna_client, "/api/predict/", 4_000_001)
    assert response.status_code == 413
    assert response.json()["error"]["code"] == "file_too_large"


def test_a_form_is_answered_with_a_page(anna_client: Client) -> None:
    response = post(anna_client, "/upload/", 9_200_000)
    assert response.status_code == 413
    assert response["Content-Type"].startswith("text/html")
    assert "has 9.2 MB, and at most 8 MB are allowed" in response.content.decode()


def test_a_script_is_answered_with_json(anna_client: Client) -> None:
    response = post(anna_client, "/upload/", 9_000_001, accept="application/json")
    assert response.status_code == 413
    assert response.json()["error"]["code"] == "body_too_large"


@pytest.mark.parametrize("address", ["/login/", "/tokens/", "/setup/"])
def test_pages_without_files_accept_only_small_forms(anna_client: Client, address: str) -> None:
    assert post(anna_client, address, 1_000_001).status_code == 413


def test_an_anonymous_user_is_redirected_before_the_body_is_read(db: None) -> None:
    response = post(Client(enforce_csrf_checks=True), "/upload/", 5_000_000)
    assert response.status_code == 302
    assert response["Location"].startswith("/login/")


def test_an_anonymous_api_call_is_rejected_before_the_body_is_read(db: None) -> None:
    assert post(Client(), "/api/predict/", 2_000_000).status_code == 401


def test_a_malformed_length_counts_as_zero(anna: Person, rf: RequestFactory) -> None:
    from classifier.middleware import _content_length

    assert _content_length(rf.post("/", CONTENT_LENGTH="many")) == 0
