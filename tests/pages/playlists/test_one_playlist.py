"""The page of a playlist: refreshed, deleted, on a server; and who may see it."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils.translation import override

from classifier.models import Person, Playlist, SavedFilter, Song, SourceKind
from classifier.playlists.rule import PlaylistRule
from tests.classifier.playlists.shelf import shelve_moods
from tests.pages.playlists.conftest import NOW, create, form
from tests.source_songs import add_source


def test_the_page_has_the_songs_and_their_reasons(anna: Person, anna_client: Client, songs: list[Song]) -> None:
    playlist = create(anna)
    page = anna_client.get(f"/playlists/{playlist.id}/").content.decode()
    assert page.index("Sad 0") < page.index("Sad 1") < page.index("Sad 2")
    assert "Sad 90 %, Tense 10 % only, 92 bpm" in page


def test_a_refresh_says_what_changed(anna: Person, anna_client: Client, songs: list[Song]) -> None:
    playlist = create(anna)
    shelve_moods(anna, "Saddest", sad=0.99, duration_s=300.0)
    response = anna_client.post(f"/playlists/{playlist.id}/refresh/", follow=True)
    assert "1 added, 1 removed" in response.content.decode()
    response = anna_client.post(f"/playlists/{playlist.id}/refresh/", follow=True)
    assert "the same songs as before" in response.content.decode()


def test_a_refresh_that_fails_says_why(anna: Person, anna_client: Client, songs: list[Song]) -> None:
    saved = SavedFilter.objects.create(owner=anna, name="F", query="first=sad", created_at=NOW)
    playlist = create(anna, rule=PlaylistRule(saved_filter=saved.id))
    saved.delete()
    response = anna_client.post(f"/playlists/{playlist.id}/refresh/", follow=True)
    assert "saved filter of this playlist was deleted" in response.content.decode()


class StubServer:
    def __init__(self) -> None:
        self.deleted: list[str] = []

    def playlists(self) -> StubServer:
        return self

    def delete(self, playlist_id: str) -> None:
        self.deleted.append(playlist_id)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> StubServer:
    server = StubServer()
    monkeypatch.setattr("classifier.playlists.sync.server_for", lambda source: server)
    return server


@pytest.mark.parametrize("with_copy", [True, False])
def test_a_playlist_is_deleted_with_its_copy_if_wanted(
    anna: Person, anna_client: Client, songs: list[Song], server: StubServer, with_copy: bool
) -> None:
    source = add_source(anna, "Navidrome", kind=SourceKind.OPENSUBSONIC)
    playlist = create(anna, source_id=source.id)
    Playlist.objects.update(server_playlist_id="p7")
    address = f"/playlists/{playlist.id}/delete/"
    assert "Delete it on Navidrome too" in anna_client.get(address).content.decode()
    anna_client.post(address, {"server_copy": "yes"} if with_copy else {})
    assert not Playlist.objects.exists()
    assert server.deleted == (["p7"] if with_copy else [])
    assert Song.objects.filter(owner=anna).count() == 4


def test_the_page_says_where_the_list_is(anna: Person, anna_client: Client, songs: list[Song]) -> None:
    source = add_source(anna, "Navidrome", kind=SourceKind.OPENSUBSONIC)
    playlist = create(anna, source_id=source.id)
    address = f"/playlists/{playlist.id}/"
    assert "Waiting to be copied to Navidrome" in anna_client.get(address).content.decode()
    Playlist.objects.update(asked_at=None, synced_at=NOW, left_out=2)
    assert "without 2 songs that do not lie there" in anna_client.get(address).content.decode()
    Playlist.objects.update(error_message="The server at home took too long to answer.")
    page = anna_client.get(address).content.decode()
    assert "The last refresh failed: The server at home took too long to answer." in page
    assert "tried again tonight" in page


def test_a_playlist_of_somebody_else_is_not_found(anna: Person, boris_client: Client, olga_client: Client) -> None:
    playlist = create(anna)
    for client in (boris_client, olga_client):
        assert "Sad" not in client.get("/playlists/").content.decode()
        for page in ("", "edit/", "delete/", "songs.m3u8", "songs.nsp", "songs.jspf", "songs.csv"):
            assert client.get(f"/playlists/{playlist.id}/{page}").status_code == 404
        for page in ("edit/", "delete/", "refresh/"):
            assert client.post(f"/playlists/{playlist.id}/{page}", form(weight_sad="1")).status_code == 404
    assert Playlist.objects.get().name == "Sad"


def test_pages_need_a_user(client: Client, anna: Person) -> None:
    playlist = create(anna)
    for page in ("/playlists/", "/playlists/new/", f"/playlists/{playlist.id}/", f"/playlists/{playlist.id}/songs.csv"):
        assert client.get(page).status_code == 302


@pytest.mark.parametrize(
    ("order", "stored_start", "shown"),
    [("similar", r"Distance 0\.", "Abstand 0,"), ("path", r"\d+ % of the way, valence", "% des Wegs, Valenz")],
)
def test_reasons_are_stored_in_english_and_shown_in_german(
    anna: Person, anna_client: Client, songs: list[Song], order: str, stored_start: str, shown: str
) -> None:
    anna_client.cookies["language"] = "de"
    ends = {"start": {"mood": "sad"}, "end": {"song": str(songs[3].id)}, "songs": 3}
    rule = {"order": order, **(ends if order == "path" else {"seeds": [str(songs[0].id)]})}
    with override("de"):
        playlist = create(anna, rule=PlaylistRule.from_json(rule))
    reasons = list(playlist.entries.values_list("reason", flat=True))
    assert reasons
    assert all(re.match(stored_start, reason) for reason in reasons), reasons
    page = anna_client.get(f"/playlists/{playlist.id}/").content.decode()
    assert [reason for reason in reasons if reason in page] == []
    assert shown in page
