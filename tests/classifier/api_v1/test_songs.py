"""Songs of version 1: lists in pages, one song, changes, and deletion."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from classifier.library.filter_form import SORTS
from classifier.library.filters import LibraryFilter
from classifier.models import Person, Song
from tests.classifier.api_v1.conftest import Analysed, Program, pages_of, problem_of
from tests.shelf import shelve

SONGS = "/api/v1/songs/"
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def library(anna: Person) -> list[Song]:
    """Eleven songs; some lack artist, length or year, and several have the same."""
    return [
        shelve(
            anna,
            f"{'cab'[number % 3]} {number}",
            artist=f"Artist {number % 2}" if number % 4 else "",
            duration_s=60.0 + number % 5 if number % 3 else None,
            confidence=0.1 * (number % 7),
            created_at=NOON + timedelta(minutes=number // 2),
        )
        for number in range(11)
    ]


def changed(client: Client, song: Song, **fields: Any) -> Any:
    return client.patch(f"{SONGS}{song.id}/", fields, "application/json")


@pytest.mark.parametrize("sort", [sort for sort, _ in SORTS])
def test_the_pages_of_every_order_have_every_song_once(
    api: Client, anna: Person, library: list[Song], sort: str
) -> None:
    pages = list(pages_of(api, f"{SONGS}?sort={sort}&page_size=3"))
    assert [len(page) for page in pages] == [3, 3, 3, 2]
    expected = LibraryFilter({"sort": sort}).apply(Song.objects.for_owner(anna)).values_list("id", flat=True)
    assert [song["id"] for page in pages for song in page] == [str(song_id) for song_id in expected]


def test_songs_that_are_added_and_deleted_meanwhile_move_no_other_song(
    api: Client, anna: Person, library: list[Song]
) -> None:
    first = api.get(f"{SONGS}?page_size=4").json()
    shelve(anna, "new", created_at=NOON + timedelta(days=1))
    api.delete(f"{SONGS}{first['results'][0]['id']}/")
    second = api.get(first["next"]).json()
    expected = [str(song.id) for song in sorted(library, key=lambda song: (song.created_at, song.id))[::-1]]
    assert [song["id"] for song in first["results"] + second["results"]] == expected[:8]


def test_the_list_takes_the_filters_of_the_pages(api: Client, library: list[Song]) -> None:
    listed = api.get(f"{SONGS}?artist=artist+1&sort=title").json()["results"]
    assert {song["artist"] for song in listed} == {"Artist 1"}
    assert api.get(f"{SONGS}?mood=angry").json() == {"next": None, "results": []}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("?mood=furious", "filter_malformed"),
        ("?moods=sad", "parameter_unknown"),
        ("?artist=", "filter_malformed"),
        ("?cursor=x", "cursor_malformed"),
        ("?page_size=0", "request_invalid"),
        ("?page_size=many", "request_invalid"),
        ("?model=cnn3d", "request_invalid"),
    ],
)
def test_a_wrong_parameter_is_refused(api: Client, library: list[Song], query: str, code: str) -> None:
    assert problem_of(api.get(SONGS + query)) == (400, code)


def test_a_cursor_of_another_order_is_refused(api: Client, library: list[Song]) -> None:
    following = api.get(f"{SONGS}?page_size=2&sort=title").json()["next"]
    assert problem_of(api.get(following.replace("sort=title", "sort=artist"))) == (400, "cursor_malformed")


def test_a_song_has_the_same_keys_in_every_state(api: Client, analysed: Analysed, submit: Any) -> None:
    done = api.get(f"{SONGS}{analysed(1).id}/").json()
    queued = api.get(f"{SONGS}{submit(2).id}/").json()
    failed_song = submit(3)
    Song.objects.filter(id=failed_song.id).update(
        status="failed", error_code="audio_silent", error_message="The audio is silent."
    )
    failed = api.get(f"{SONGS}{failed_song.id}/").json()
    assert done.keys() == queued.keys() == failed.keys()
    assert (done["mood"]["name"], queued["mood"]) == ("Calm but Powerful", None)
    assert failed["error"] == {"code": "audio_silent", "message": "The audio is silent."}


def test_names_and_verdict_change_together_or_not_at_all(api: Client, analysed: Analysed) -> None:
    song = analysed()
    answer = changed(api, song, title="  New  title", year=1999, actual_mood={"primary": "sad", "secondary": "tender"})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["title"], body["year"], body["verdict"]) == ("New title", 1999, "corrected")
    assert (body["actual_mood"]["primary"], body["actual_mood"]["secondary"]) == ("sad", "tender")

    queued = Song.objects.filter(id=song.id)
    queued.update(status="queued")
    queued.get().analyses.all().delete()
    assert problem_of(changed(api, song, title="Other", verdict="agreed")) == (409, "answer_missing")
    assert queued.get().title == "New title"
    assert changed(api, song, verdict=None, year=None).json()["actual_mood"] is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, ""),
        ({"titel": "x"}, "titel"),
        ({"title": 7 * ["x"]}, "title"),
        ({"title": "x" * 256}, "title"),
        ({"title": "a\0b"}, "title"),
        ({"year": 30_000}, "year"),
        ({"verdict": "right"}, "verdict"),
        ({"verdict": "corrected"}, "actual_mood"),
        ({"verdict": "agreed", "actual_mood": {"primary": "sad"}}, "actual_mood"),
        ({"actual_mood": {"primary": "sadness"}}, "actual_mood.primary"),
        ({"actual_mood": {"secondary": "sad"}}, "actual_mood.primary"),
    ],
)
def test_a_malformed_change_names_its_field(api: Client, song: Song, fields: dict[str, Any], field: str) -> None:
    answer = changed(api, song, **fields)
    assert problem_of(answer) == (400, "request_invalid")
    assert answer.json()["errors"][0]["field"] == field


def test_the_two_moods_differ(api: Client, song: Song) -> None:
    answer = changed(api, song, title="New", actual_mood={"primary": "sad", "secondary": "sad"})
    assert problem_of(answer) == (400, "mood_twice")
    assert Song.objects.get().title == ""


@pytest.mark.parametrize("body", ["{", "[]", '"x"', "NaN", '{"title": "\\ud800"}', "[" * 100_000, ""])
def test_a_body_that_is_no_object_is_refused(api: Client, song: Song, body: str) -> None:
    answer = api.generic("PATCH", f"{SONGS}{song.id}/", body, content_type="application/json")
    assert answer.status_code == 400
    assert problem_of(answer)[1] in ("request_malformed", "request_invalid")


def test_a_body_of_another_type_is_refused(api: Client, song: Song) -> None:
    answer = api.generic("PATCH", f"{SONGS}{song.id}/", "title=x", content_type="text/plain")
    assert problem_of(answer) == (415, "unsupported_media_type")
    assert "application/json" in answer.json()["detail"]


def test_a_song_can_be_put_into_the_bin(api: Client, anna: Person, song: Song) -> None:
    assert api.delete(f"{SONGS}{song.id}/?bin=yes").status_code == 204
    assert problem_of(api.get(f"{SONGS}{song.id}/")) == (404, "not_found")
    assert Song.objects.stored_by(anna).in_bin().get() == song


def test_a_deleted_song_is_gone(api: Client, song: Song) -> None:
    assert api.delete(f"{SONGS}{song.id}/").status_code == 204
    assert not Song.objects.exists()


def test_a_song_of_somebody_else_does_not_exist(program: Program, boris: Person, song: Song) -> None:
    stranger = program(boris)
    for answer in (
        stranger.get(f"{SONGS}{song.id}/"),
        changed(stranger, song, title="Mine"),
        stranger.delete(f"{SONGS}{song.id}/"),
    ):
        assert problem_of(answer) == (404, "not_found")
    assert stranger.get(SONGS).json()["results"] == []
    song.refresh_from_db()
    assert (song.title, song.deleted_at) == ("", None)


def test_each_request_needs_its_scope(program: Program, anna: Person, song: Song) -> None:
    reader, writer = program(anna, "read"), program(anna, "write")
    assert problem_of(changed(reader, song, title="x")) == (403, "scope_missing")
    assert problem_of(reader.delete(f"{SONGS}{song.id}/")) == (403, "scope_missing")
    assert problem_of(writer.get(SONGS)) == (403, "scope_missing")
    assert problem_of(Client().get(SONGS)) == (401, "not_authenticated")
    assert problem_of(Client(headers={"authorization": "Bearer mmc_no"}).get(SONGS)) == (401, "token_unknown")


def test_an_unchanged_answer_is_not_sent_again(api: Client, song: Song) -> None:
    url = f"{SONGS}{song.id}/"
    first = api.get(url)
    etag = first.headers["ETag"]
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = api.get(url, headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    changed(api, song, title="Changed")
    assert api.get(url, headers={"if-none-match": etag}).status_code == 200


def test_the_headers_say_how_many_calls_are_left(api: Client, settings: Any) -> None:
    settings.API_CALLS_PER_MINUTE = 40
    left = []
    for _ in range(5):
        headers = api.get(SONGS).headers
        assert headers["RateLimit-Policy"] == '"default";q=40;w=60'
        match = re.fullmatch(r'"default";r=(\d+);t=(\d+)', headers["RateLimit"])
        assert match is not None
        assert 0 < int(match[2]) <= 60
        left.append(int(match[1]))
    assert left == [39, 38, 37, 36, 35]


def test_too_many_calls_are_refused_with_the_time_to_wait(api: Client, settings: Any) -> None:
    settings.API_CALLS_PER_MINUTE = 1
    answers = [api.get(SONGS) for _ in range(3)]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert problem_of(refused) == (429, "throttled")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["RateLimit"].startswith('"default";r=0;')


@pytest.mark.parametrize("path", ["/api/v1/song/", "/api/v1/songs/7/", "/api/v1/songs"])
def test_an_address_that_does_not_exist_is_a_problem_too(api: Client, path: str) -> None:
    assert problem_of(api.get(path)) == (404, "not_found")


def test_another_method_is_refused_with_those_that_are_allowed(api: Client, song: Song) -> None:
    answer = api.put(f"{SONGS}{song.id}/")
    assert problem_of(answer) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, HEAD, PATCH, DELETE"
