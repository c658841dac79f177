"""GET and DELETE of /api/predictions/."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from classifier.jobs.analyse import song_analyse
from classifier.models import Person, Song
from classifier.services.song_verdict import song_agree, song_disagree
from tests.classifier.conftest import Submit, files_under
from tests.classifier.fake_analysis import FakeAnalyser, answer
from tests.classifier.test_api_predict import KEYS, error_code


def test_the_list_is_paginated_newest_first(anna_client: Client, submit: Submit) -> None:
    songs = [str(submit(mark=mark).id) for mark in range(3)]

    first = anna_client.get("/api/predictions/?page_size=2").json()

    assert first["count"] == 3
    assert [song["id"] for song in first["results"]] == [songs[2], songs[1]]
    second = anna_client.get(first["next"]).json()
    assert [song["id"] for song in second["results"]] == [songs[0]]
    assert second["next"] is None


@pytest.mark.django_db(transaction=True)
def test_the_list_has_no_segments(anna_client: Client, song: Song, analyser: FakeAnalyser) -> None:
    song_analyse(song_id=song.id)
    [listed] = anna_client.get("/api/predictions/").json()["results"]
    assert list(listed) == [key for key in KEYS if key != "segments"]
    assert listed["scores"] == answer()["scores"]


@pytest.mark.django_db(transaction=True)
def test_the_number_of_queries_does_not_grow_with_the_list(
    anna_client: Client, submit: Submit, analyser: FakeAnalyser, django_assert_num_queries: Any
) -> None:
    for mark in range(5):
        song_analyse(song_id=submit(mark=mark).id)
    anna_client.get("/api/predictions/")  # takes a share of the calls of this minute, for the next calls as well
    # Session, person, count, identifiers, songs, analyses with their details.
    with django_assert_num_queries(6):
        anna_client.get("/api/predictions/")


def test_a_page_after_the_last_is_not_found(anna_client: Client) -> None:
    assert error_code(anna_client.get("/api/predictions/?page=9"), 404) == "not_found"


def test_another_user_sees_no_songs(boris_client: Client, song: Song) -> None:
    assert boris_client.get("/api/predictions/").json()["results"] == []
    assert error_code(boris_client.get(f"/api/predictions/{song.id}/"), 404) == "not_found"
    assert error_code(boris_client.delete(f"/api/predictions/{song.id}/"), 404) == "not_found"
    assert Song.objects.filter(id=song.id).exists()


def test_the_owner_of_the_installation_sees_no_songs_of_others(olga_client: Client, song: Song) -> None:
    assert error_code(olga_client.get(f"/api/predictions/{song.id}/"), 404) == "not_found"


def test_a_request_without_credentials_is_rejected(db: None) -> None:
    assert error_code(Client().get("/api/predictions/"), 401) == "not_authenticated"
    assert error_code(Client().get(f"/api/predictions/{uuid.uuid4()}/"), 401) == "not_authenticated"


def test_deleting_a_song_deletes_it_for_good_or_puts_it_into_the_bin(
    anna_client: Client, boris_client: Client, song: Song, media: Path, transactional_db: None
) -> None:
    address = f"/api/predictions/{song.id}/"
    assert error_code(anna_client.delete(f"{address}?bin=maybe"), 400) == "bin_unknown"
    assert anna_client.delete(f"{address}?bin=yes").status_code == 204
    assert error_code(anna_client.get(address), 404) == "not_found"
    assert error_code(anna_client.delete(f"{address}?bin=yes"), 404) == "not_found"
    assert len(files_under(media)) == 1, "a song in the bin has lost its audio"
    assert error_code(boris_client.delete(address), 404) == "not_found"
    response = anna_client.delete(address)
    assert (response.status_code, response.content) == (204, b"")
    assert files_under(media) == []


@pytest.mark.django_db(transaction=True)
def test_the_verdict_is_shown_beside_the_result(anna_client: Client, song: Song, analyser: FakeAnalyser) -> None:
    song_analyse(song_id=song.id)
    song_agree(song=song, now=timezone.now())
    answer = anna_client.get(f"/api/predictions/{song.id}/").json()
    assert answer["verdict"] == "agreed"
    assert answer["actual_mood"] == {
        "name": "Calm but Powerful",
        "primary": "calm",
        "secondary": "powerful",
        "joined_by": "but",
    }
    song_disagree(song=song, now=timezone.now())
    answer = anna_client.get(f"/api/predictions/{song.id}/").json()
    assert (answer["verdict"], answer["actual_mood"]) == ("disagreed", None)
    assert answer["mood"]["name"] == "Calm but Powerful"


@pytest.mark.parametrize("address", ["/api/", "/api/predict", "/api/predictions/7/", "/api/nothing/here/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_address_has_the_same_error_shape(anna_client: Client, address: str, method: str) -> None:
    assert error_code(getattr(anna_client, method)(address), 404) == "not_found"


@pytest.mark.parametrize(
    "address",
    ["/api/predictions/?moood=tender", "/api/predictions/{id}/?wait=3", "/api/model/?q=x", "/api/predictions/?q=a&Q=b"],
)
def test_an_unknown_query_parameter_is_rejected(anna_client: Client, song: Song, address: str) -> None:
    assert error_code(anna_client.get(address.format(id=song.id)), 400) == "parameter_unknown"


@pytest.mark.parametrize("address", ["/api/predictions/", "/api/predictions/{id}/"])
def test_a_wrong_method_has_the_same_error_shape(anna_client: Client, song: Song, address: str) -> None:
    assert error_code(anna_client.put(address.format(id=song.id)), 405) == "method_not_allowed"


def test_a_request_for_another_format_than_json_is_rejected(anna_client: Client, anna: Person) -> None:
    assert error_code(anna_client.get("/api/predictions/", headers={"Accept": "text/csv"}), 406) == "not_acceptable"
