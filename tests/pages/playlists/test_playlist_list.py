"""The list of playlists, and the ready-made ones."""

from __future__ import annotations

from django.test import Client

from classifier.models import Person, Playlist, Song
from tests.pages.playlists.conftest import create, titles


def test_a_newcomer_gets_a_list_for_each_mood_and_genre_of_the_library(anna_client: Client, songs: list[Song]) -> None:
    page = anna_client.get("/playlists/").content.decode()
    assert "/playlists/ready/mood-sad/" in page
    assert "3 songs" in page
    assert "/playlists/ready/mood-joyful/" not in page  # a single song
    assert "/playlists/ready/genre-CalmButEpic/" in page


def test_a_ready_made_list_is_kept(anna_client: Client, songs: list[Song]) -> None:
    address = "/playlists/ready/mood-sad/"
    page = anna_client.get(address).content.decode()
    assert page.index("Sad 0") < page.index("Sad 1") < page.index("Sad 2")
    assert "Sad 90 %" in page
    assert not Playlist.objects.exists()
    for name in ("Sad", "Sad 2"):
        assert anna_client.post(address, follow=True).status_code == 200
        assert titles(Playlist.objects.get(name=name)) == ["Sad 0", "Sad 1", "Sad 2"]


def test_there_is_no_other_ready_made_list(anna_client: Client) -> None:
    assert anna_client.get("/playlists/ready/mood-blue/").status_code == 404


def test_the_list_has_the_rule_the_number_and_what_failed(anna: Person, anna_client: Client, songs: list[Song]) -> None:
    create(anna)
    page = anna_client.get("/playlists/").content.decode()
    assert "Sad, not Tense; 3 songs" in page
    assert "3 songs, 5:06" in page
    Playlist.objects.update(error_message="The server cannot be reached.")
    assert "The server cannot be reached." in anna_client.get("/playlists/").content.decode()
