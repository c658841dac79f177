"""What the player gets: the songs of a filter, a selection or similar ones, in order and bounded."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.models import Person, Playlist, PlaylistSong, Song, Status
from classifier.playlists import play_queue
from classifier.playlists.choose import choose
from classifier.playlists.rule import PlaylistRule
from classifier.services.song_bin import song_bin
from tests.architecture.sources import ROOT
from tests.classifier.playlists.shelf import shelve_moods
from tests.pages.test_map_page import songs_at
from tests.shelf import shelve

JSON = {"accept": "application/json"}


def queue(client: Client, **query: Any) -> dict[str, Any]:
    return client.get(reverse("play-queue"), query, headers=JSON).json()


def titles(answer: dict[str, Any]) -> list[str]:
    return [song["title"] for song in answer["songs"]]


@pytest.fixture
def album(anna: Person, boris: Person) -> list[Song]:
    """Three songs of an album of Anna's, stored in another order than that of their tracks, and a song of Boris's."""
    for track, title in ((3, "Third"), (1, "First"), (2, "Second")):
        shelve(anna, title, artist="Field", album="Rooms", track_order=1000 + track)
    shelve(boris, "Secret", artist="Field", album="Rooms", track_order=1000)
    return list(Song.objects.filter(owner=anna).order_by("track_order"))


def test_an_album_is_played_in_the_order_of_its_tracks(anna_client: Client, album: list[Song]) -> None:
    answer = queue(anna_client, album="rooms", sort="album")
    assert titles(answer) == ["First", "Second", "Third"]
    assert (answer["start"], answer["total"]) == (0, 3)
    first = answer["songs"][0]
    assert first["audio"] == reverse("song-audio", args=[album[0].id])
    assert first["page"] == reverse("song-detail", args=[album[0].id])
    assert first["artist"] == "Field"
    assert first["cover"] is None


def test_a_queue_starts_with_the_song_that_was_chosen_and_keeps_those_before_it(
    anna_client: Client, album: list[Song]
) -> None:
    answer = queue(anna_client, album="rooms", sort="album", **{"from": album[1].id})
    assert titles(answer) == ["First", "Second", "Third"]
    assert answer["start"] == 1


@pytest.mark.usefixtures("album")
def test_a_song_that_is_not_in_the_list_any_more_is_an_error(anna_client: Client) -> None:
    query = {"album": "rooms", "from": uuid.UUID(int=7)}
    response = anna_client.get(reverse("play-queue"), query, headers=JSON)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "song_not_in_list"


def test_a_selection_is_played_in_the_order_of_the_list(anna_client: Client, album: list[Song]) -> None:
    form = {"song": [str(album[2].id), str(album[0].id)], "query": "sort=album"}
    answer = anna_client.post(reverse("play-queue"), form, headers=JSON).json()
    assert titles(answer) == ["First", "Third"]
    everything = anna_client.post(reverse("play-queue"), {"all": "yes", "query": "sort=album"}, headers=JSON).json()
    assert titles(everything) == ["First", "Second", "Third"]
    nothing = anna_client.post(reverse("play-queue"), {"query": ""}, headers=JSON)
    assert nothing.json()["error"]["code"] == "nothing_selected"


def test_songs_of_others_are_not_played(boris_client: Client, album: list[Song]) -> None:
    assert titles(queue(boris_client)) == ["Secret"]
    chosen = boris_client.post(reverse("play-queue"), {"song": str(album[0].id), "query": ""}, headers=JSON)
    assert chosen.json()["songs"] == []
    like = boris_client.get(reverse("play-queue"), {"like": album[0].id}, headers=JSON)
    assert like.status_code == 404


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"from": "nonsense"}, "ids_malformed"),
        ({"like": "nonsense"}, "ids_malformed"),
        ({"moood": "sad"}, "parameter_unknown"),
        ({"mood": "nothing"}, "filter_malformed"),
    ],
)
def test_a_malformed_address_is_an_error(anna_client: Client, query: dict[str, str], code: str) -> None:
    response = anna_client.get(reverse("play-queue"), query, headers=JSON)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == code


def test_failed_songs_are_left_out(anna_client: Client, album: list[Song]) -> None:
    Song.objects.filter(id=album[0].id).update(status=Status.FAILED)
    assert titles(queue(anna_client, album="rooms", sort="album")) == ["Second", "Third"]


def test_a_long_list_is_bounded_around_the_song_that_was_chosen(
    anna: Person, anna_client: Client, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(play_queue, "MOST_SONGS", 5)
    monkeypatch.setattr(play_queue, "SONGS_BEFORE", 2)
    songs = songs_at(anna, [(5.0, 5.0)] * 12)
    with django_assert_max_num_queries(8):
        answer = queue(anna_client, sort="oldest")
    assert [song["id"] for song in answer["songs"]] == [str(song.id) for song in songs[:5]]
    assert answer["total"] == 12
    middle = queue(anna_client, sort="oldest", **{"from": songs[6].id})
    assert [song["id"] for song in middle["songs"]] == [str(song.id) for song in songs[4:9]]
    assert middle["start"] == 2
    last = queue(anna_client, sort="oldest", **{"from": songs[11].id})
    assert [song["id"] for song in last["songs"]] == [str(song.id) for song in songs[7:]]
    assert last["start"] == 4


def test_similar_songs_follow_a_song_as_a_playlist_of_similar_songs_ranks_them(
    anna: Person, boris: Person, anna_client: Client
) -> None:
    """By all moods, and not by valence and arousal alone."""
    song = shelve_moods(anna, "Song", sad=0.8, tender=0.6)
    shelve_moods(anna, "Same place", dark=0.8, gritty=0.6)
    shelve_moods(anna, "Same moods", sad=0.7, tender=0.6, valence=5.2)
    shelve_moods(boris, "Secret", sad=0.8, tender=0.6)
    answer = queue(anna_client, like=song.id)
    assert titles(answer) == ["Song", "Same moods", "Same place"]
    assert (answer["start"], answer["total"]) == (0, 3)
    assert answer["songs"][0]["mood"]["name"] == "Calm but Powerful"
    chosen = choose(anna, PlaylistRule(order="similar", seeds=(song.id,)))
    assert [str(one.song.id) for one in chosen] == [one["id"] for one in answer["songs"][1:]]


def test_a_playlist_is_played_in_its_order(
    anna: Person, anna_client: Client, boris_client: Client, album: list[Song]
) -> None:
    first, second, third = album
    playlist = Playlist.objects.create(owner=anna, name="Rooms", created_at=timezone.now())
    for position, song in enumerate((third, first, second)):
        PlaylistSong.objects.create(playlist=playlist, song=song, position=position)
    answer = queue(anna_client, playlist=playlist.id, **{"from": first.id})
    assert titles(answer) == ["Third", "First", "Second"]
    assert (answer["start"], answer["total"]) == (1, 3)
    song_bin(song=first, now=timezone.now())
    assert titles(queue(anna_client, playlist=playlist.id)) == ["Third", "Second"]
    assert boris_client.get(reverse("play-queue"), {"playlist": playlist.id}, headers=JSON).status_code == 404


def test_songs_of_a_preview_are_played_in_the_order_in_which_they_are_sent(
    anna_client: Client, boris: Person, album: list[Song]
) -> None:
    first, _, third = album
    secret = Song.objects.get(owner=boris)
    form = {"in_order": "yes", "song": [str(third.id), str(secret.id), str(first.id)], "from": str(first.id)}
    answer = anna_client.post(reverse("play-queue"), form, headers=JSON).json()
    assert titles(answer) == ["Third", "First"]
    assert (answer["start"], answer["total"]) == (1, 2)


@pytest.mark.parametrize("lacking", [{"status": Status.QUEUED}, {"model_version": "mood-3", "sort_sad": None}])
def test_a_song_without_moods_of_a_current_model_has_no_similar_ones(
    anna: Person, anna_client: Client, lacking: dict[str, Any]
) -> None:
    song = shelve(anna, **lacking)
    response = anna_client.get(reverse("play-queue"), {"like": song.id}, headers=JSON)
    assert response.json()["error"]["code"] == "song_not_analysed"


@pytest.mark.usefixtures("album")
def test_every_page_of_a_user_has_the_player_and_others_forget_its_queue(anna_client: Client, client: Client) -> None:
    page = anna_client.get(reverse("song-list")).content.decode()
    assert 'aria-label="Player"' in page
    assert "js/queue.js" in page
    sign_in = client.get(reverse("login")).content.decode()
    assert 'aria-label="Player"' not in sign_in
    assert "js/queue_forget.js" in sign_in


@pytest.mark.usefixtures("album")
def test_the_modules_of_the_player_are_loaded_side_by_side(anna_client: Client) -> None:
    page = anna_client.get(reverse("song-list")).content.decode()
    loaded = set(re.findall(r'rel="modulepreload" nonce="[^"]+" href="[^"]*/js/([^"]+)"', page))
    modules = {f"queue/{path.name}" for path in (ROOT / "static/js/queue").glob("*.js")}
    assert loaded == modules - {"queue/resume.js"} | {"format_time.js", "texts.js"}
    assert "js/queue/resume.js" in page
