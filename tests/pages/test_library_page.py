"""Actions on many songs from the history, and saved filters."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.models import Person, SavedFilter, Song, Status
from classifier.views.bulk_actions import MAX_LISTED
from tests.shelf import shelve

HIDDEN_FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


def act(client: Client, action: str, *songs: Song, **form: Any) -> HttpResponse:
    return client.post(reverse("song-selection"), {"action": action, "song": [str(song.id) for song in songs], **form})


def followed(client: Client, response: HttpResponse) -> str:
    assert response.status_code == 302, response.content.decode()
    return client.get(response.headers["Location"]).content.decode()


def confirm(client: Client, question: HttpResponse, **form: str) -> HttpResponse:
    """Sends the form of a confirmation page as it is."""
    assert question.status_code == 200
    fields: dict[str, Any] = {}
    for name, value in HIDDEN_FIELD.findall(question.content.decode().partition("<h1>")[0]):
        fields.setdefault(name, []).append(value)
    return client.post(reverse("song-selection"), fields | form)


def test_selected_songs_are_deleted_after_confirmation(anna: Person, anna_client: Client) -> None:
    deleted, other = shelve(anna, "Deleted"), shelve(anna, "Other")
    question = act(anna_client, "delete", deleted, query="mood=calm")
    assert "Delete 1 song?" in question.content.decode()
    assert "Other" not in question.content.decode()
    assert Song.objects.count() == 2
    done = confirm(anna_client, question)
    assert "1 song is in the bin." in followed(anna_client, done)
    assert done.headers["Location"] == "/songs/?mood=calm"
    assert list(Song.objects.out_of_bin()) == [other]


def test_select_all_means_matching_songs_that_the_user_saw(anna: Person, anna_client: Client) -> None:
    for number in range(MAX_LISTED + 5):
        shelve(anna, str(number))
    shelve(anna, "Sad one", primary="sad")
    seen_at = timezone.now()
    shelve(anna, "Later", created_at=seen_at + timedelta(seconds=1))
    question = act(anna_client, "delete", query="first=calm", all="yes", until=seen_at.isoformat())
    assert f"Delete {MAX_LISTED + 5} songs?" in question.content.decode()
    assert "and 5 more" in question.content.decode()
    confirm(anna_client, question)
    assert sorted(Song.objects.out_of_bin().values_list("title", flat=True)) == ["Later", "Sad one"]


def test_a_deletion_needs_another_confirmation_if_the_matches_changed(anna: Person, anna_client: Client) -> None:
    shelve(anna, "One")
    two = shelve(anna, "Two")
    question = act(anna_client, "delete", query="first=calm", all="yes")
    Song.objects.filter(id=two.id).update(status=Status.FAILED)
    assert "Delete 1 song?" in confirm(anna_client, question).content.decode()
    assert Song.objects.count() == 2


def test_an_invalid_filter_deletes_nothing(anna: Person, anna_client: Client) -> None:
    shelve(anna, "Other")
    page = followed(anna_client, act(anna_client, "delete", query="mood=bliss", all="yes", confirmed="1"))
    assert "mood is “bliss”, but must be one of" in page
    assert Song.objects.count() == 1


def test_analysing_many_songs_again_needs_confirmation(anna: Person, anna_client: Client) -> None:
    songs = [shelve(anna, str(number)) for number in range(MAX_LISTED + 1)]
    assert "1 song will be analysed again." in followed(anna_client, act(anna_client, "rerun", songs[0]))
    assert "Skipped 1 song already in the queue." in followed(anna_client, act(anna_client, "rerun", songs[0]))
    question = act(anna_client, "rerun", all="yes")
    assert f"Analyse {MAX_LISTED + 1} songs again?" in question.content.decode()
    confirm(anna_client, question)
    assert Song.objects.queued().count() == MAX_LISTED + 1


def test_songs_whose_file_cannot_be_analysed_are_skipped(anna: Person, anna_client: Client) -> None:
    silent = shelve(anna, "Silent", status=Status.FAILED, error_code="audio_silent", error_message="Silent.")
    page = followed(anna_client, act(anna_client, "rerun", shelve(anna, "Done"), silent))
    assert "1 song will be analysed again." in page
    assert "Skipped 1 song: another analysis of the same file would fail again." in page
    assert "already in the queue" not in page


def test_moods_are_corrected_for_all_selected_songs(anna: Person, anna_client: Client) -> None:
    songs = [shelve(anna, str(number)) for number in range(2)]
    question = act(anna_client, "correct", *songs)
    rejected = confirm(anna_client, question, primary="powerful", secondary="powerful")
    assert "Main and second mood are the same" in rejected.content.decode()
    page = followed(anna_client, confirm(anna_client, rejected, primary="powerful", secondary="sad"))
    assert "Your moods for 2 songs are saved." in page
    assert page.count('<span class="own-mood">your mood</span>') == 2
    assert page.count("Analysis: Calm but Powerful") == 2


def test_many_songs_are_edited_where_a_field_is_filled_in(anna: Person, anna_client: Client) -> None:
    songs = [shelve(anna, str(number), artist="Old", album="Stays") for number in range(3)]
    question = act(anna_client, "edit", *songs[:2])
    assert "Edit these 2 songs" in question.content.decode()
    assert "Nothing is filled in" in confirm(anna_client, question).content.decode()
    rejected = confirm(anna_client, question, artist="New", year="19x9").content.decode()
    assert "must be a number from 1000 to 2999" in rejected
    assert 'value="New"' in rejected
    page = followed(anna_client, confirm(anna_client, question, artist="  Néw  ", year="1999", album=""))
    assert "Saved for 2 songs." in page
    names = Song.objects.order_by("title").values_list("artist", "sort_artist", "album", "year")
    assert list(names) == [("Néw", "new", "Stays", 1999)] * 2 + [("Old", "old", "Stays", None)]
    assert anna_client.get(reverse("song-list"), {"q": "new"}).context["page"].paginator.count == 2


def test_exactly_two_songs_can_be_compared(anna: Person, anna_client: Client) -> None:
    songs = [shelve(anna, str(number)) for number in range(3)]
    address = act(anna_client, "compare", *songs[:2]).headers["Location"]
    assert address == f"{reverse('song-compare')}?a={songs[1].id}&b={songs[0].id}"
    assert "Only two songs can be compared" in followed(anna_client, act(anna_client, "compare", *songs))


@pytest.mark.parametrize("action", ["delete", "rerun", "correct", "edit", "compare", "csv", "nonsense"])
def test_an_action_without_a_selection_is_rejected(anna_client: Client, action: str) -> None:
    page = followed(anna_client, act(anna_client, action))
    assert ("is not an action" if action == "nonsense" else "No songs selected") in page or (
        "Only two songs can be compared" in page
    )


@pytest.mark.parametrize("action", ["delete", "rerun", "correct", "edit", "csv"])
def test_users_act_only_on_their_own_songs(anna: Person, boris_client: Client, action: str) -> None:
    song = shelve(anna, "Private")
    filled_in = {"confirmed": "1", "primary": "powerful", "artist": "Boris", "permanent": "yes"}
    for form in (filled_in, filled_in | {"all": "yes"}):
        response = act(boris_client, action, song, **form)
        body = b"".join(response) if response.streaming else response.content
        assert b"Private" not in body
    assert Song.objects.get().status == Status.DONE
    assert (Song.objects.get().verdict, Song.objects.get().artist) == ("", "")


def test_invalid_ids_are_rejected(anna_client: Client) -> None:
    response = anna_client.post(reverse("song-selection"), {"action": "delete", "song": ["7"]})
    assert "A selected song has an invalid id" in followed(anna_client, response)
    many = anna_client.post(reverse("song-selection"), {"action": "delete", "song": ["7"] * 501})
    assert "501 songs are selected; the limit is 500" in followed(anna_client, many)


def test_a_program_gets_errors_as_json(anna_client: Client) -> None:
    response = anna_client.post(reverse("song-selection"), {"action": "x"}, headers={"accept": "application/json"})
    assert (response.status_code, response.json()["error"]["code"]) == (400, "action_unknown")


@pytest.mark.parametrize(("name", "kind"), [("songs-csv", "text/csv"), ("songs-jsonl", "application/jsonl")])
def test_matching_songs_are_exported_as_a_file(
    anna: Person, boris: Person, anna_client: Client, name: str, kind: str
) -> None:
    shelve(anna, "Calm one")
    shelve(anna, "Sad one", primary="sad")
    shelve(boris, "Private")
    response = anna_client.get(reverse(name), {"first": "sad"})
    assert response.headers["Content-Type"].startswith(kind)
    assert "attachment" in response.headers["Content-Disposition"]
    body = b"".join(response).decode()
    assert "Sad one" in body
    assert "Calm one" not in body
    assert "Private" not in b"".join(anna_client.get(reverse(name))).decode()
    assert anna_client.get(reverse(name), {"first": "bliss"}).status_code == 400


def test_selected_songs_are_exported(anna: Person, anna_client: Client) -> None:
    songs = [shelve(anna, str(number)) for number in range(3)]
    lines = b"".join(act(anna_client, "jsonl", songs[0], songs[2], query="sort=oldest")).decode().splitlines()
    assert [json.loads(line)["title"] for line in lines] == ["0", "2"]


def test_a_filter_is_saved_shown_renamed_and_deleted(anna: Person, anna_client: Client) -> None:
    shelve(anna, "Nocturne")
    saved = anna_client.post(reverse("filter-save"), {"name": "Rainy", "query": "mood=calm&sort=quiet"})
    assert saved.headers["Location"] == "/songs/?mood=calm&sort=quiet"
    page = followed(anna_client, saved)
    assert "The filter “Rainy” is saved." in page
    assert re.search(r'href="/songs/\?mood=calm&amp;sort=quiet"[^>]* aria-current="true">Rainy<', page)
    saved_filter = SavedFilter.objects.get()
    assert ">Snowy<" in followed(
        anna_client, anna_client.post(reverse("filter-rename", args=[saved_filter.id]), {"name": "Snowy"})
    )
    anna_client.post(reverse("filter-delete", args=[saved_filter.id]))
    assert not SavedFilter.objects.exists()


def test_users_manage_only_their_own_filters(anna: Person, boris_client: Client) -> None:
    saved_filter = SavedFilter.objects.create(owner=anna, name="Rainy", query="mood=sad", created_at=timezone.now())
    for address in ("filter-rename", "filter-delete"):
        assert boris_client.post(reverse(address, args=[saved_filter.id]), {"name": "Mine"}).status_code == 404
    assert "Rainy" not in boris_client.get(reverse("song-list")).content.decode()


@pytest.mark.parametrize("address", ["song-selection", "filter-save"])
def test_actions_need_a_post_request(anna_client: Client, address: str) -> None:
    assert anna_client.get(reverse(address)).status_code == 405


def test_the_api_has_the_same_filters(anna: Person, anna_client: Client, django_assert_num_queries: Callable) -> None:
    shelve(anna, "Calm one")
    shelve(anna, "Sad one", primary="sad")
    listed = anna_client.get("/api/predictions/", {"first": "sad"}).json()
    assert [song["title"] for song in listed["results"]] == ["Sad one"]
    oldest = anna_client.get("/api/predictions/", {"sort": "oldest"}).json()
    assert [song["title"] for song in oldest["results"]] == ["Calm one", "Sad one"]
    rejected = anna_client.get("/api/predictions/", {"first": "bliss"})
    assert (rejected.status_code, rejected.json()["error"]["code"]) == (400, "filter_malformed")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_days_of_the_first_and_the_last_year_are_an_error_in_words(
    anna: Person, anna_client: Client, settings: Any, day: str, zone: str
) -> None:
    settings.TIME_ZONE = zone
    shelve(anna, "One")
    sentence = f"added_to is “{day}”, but must be a day from 1970-01-01 to 2999-12-31"
    for name in ("song-list", "mood-map", "mood-time"):
        response = anna_client.get(reverse(name), {"added_to": day})
        assert (response.status_code, sentence in response.content.decode()) == (200, True), name
    for address in ("/songs/export.csv", "/songs/export.jsonl", "/api/predictions/"):
        response = anna_client.get(address, {"added_to": day})
        assert (response.status_code, sentence in response.content.decode()) == (400, True), address
    saved = anna_client.post(reverse("filter-save"), {"name": "all", "query": f"added_to={day}"}, follow=True)
    assert sentence in saved.content.decode()


@pytest.mark.parametrize("until", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59"])
@pytest.mark.parametrize("action", ["csv", "jsonl", "rerun", "delete", "compare"])
def test_a_selection_until_the_first_or_the_last_year_is_one_until_now(
    anna: Person, anna_client: Client, settings: Any, action: str, until: str
) -> None:
    settings.TIME_ZONE = "America/Los_Angeles"
    shelve(anna, "One")
    response = anna_client.post(
        reverse("song-selection"), {"action": action, "all": "yes", "until": until, "query": "sort=oldest"}
    )
    assert response.status_code in (200, 302)
    if response.streaming:
        assert "One" in b"".join(response.streaming_content).decode()
