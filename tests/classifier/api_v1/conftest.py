"""Programs that use version 1 of the API, and the songs that they find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from classifier.accounts.tokens import token_create
from classifier.api.v1.jobs import estimate
from classifier.jobs.analyse import song_analyse
from classifier.models import Person, Song
from tests.classifier.fake_analysis import FakeAnalyser

Program = Callable[..., Client]
Analysed = Callable[..., Song]


@pytest.fixture(autouse=True)
def _new_estimate() -> None:
    estimate.clear()


@pytest.fixture
def program() -> Program:
    """A client with a token, with these scopes."""

    def program(owner: Person, *scopes: str, **options: Any) -> Client:
        _, key = token_create(
            owner=owner, name="a program", now=timezone.now(), scopes=scopes or ("read", "write"), **options
        )
        return Client(headers={"authorization": f"Bearer {key}"})

    return program


@pytest.fixture
def api(program: Program, anna: Person) -> Client:
    """Anna's program, which reads and writes."""
    return program(anna)


@pytest.fixture
def analysed(analyser: FakeAnalyser, submit: Callable[..., Song]) -> Analysed:
    """A song that is done: Calm but Powerful."""

    def analysed(mark: int = 0, **options: Any) -> Song:
        song = submit(mark, **options)
        song_analyse(song_id=song.id)
        song.refresh_from_db()
        return song

    return analysed


def problem_of(response: Any) -> tuple[int, str]:
    assert response.headers["Content-Type"] == "application/problem+json", response.content
    problem = response.json()
    assert problem["status"] == response.status_code
    assert problem["detail"].endswith(".")
    assert problem["instance"] == response.wsgi_request.path
    return response.status_code, problem["code"]


def pages_of(client: Client, url: str) -> Iterator[list[dict[str, Any]]]:
    following: str | None = url
    while following is not None:
        page = client.get(following)
        assert page.status_code == 200, page.content
        yield page.json()["results"]
        following = page.json()["next"]
