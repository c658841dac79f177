"""Playlists that people keep: their songs follow the library, and only what changed is written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from classifier.errors import ProductError
from classifier.models import Person, Playlist, PlaylistSong, SavedFilter, Song, SourceKind
from classifier.playlists.rule import PlaylistRule
from classifier.playlists.stored import (
    MAX_PLAYLISTS,
    Changes,
    playlist_create,
    playlist_delete,
    playlist_edit,
    playlist_refresh,
)
from tests.classifier.playlists.shelf import shelve_moods
from tests.source_songs import add_source

NOW = datetime(2026, 5, 4, 14, tzinfo=UTC)
SAD = PlaylistRule(order="mixture", weights={"sad": 1}, songs=3)


def create(owner: Person, **values: Any) -> Playlist:
    defaults: dict[str, Any] = {"owner": owner, "name": "Sad", "rule": SAD, "now": NOW}
    return playlist_create(**defaults | values)


def entries(playlist: Playlist) -> list[tuple[int, str]]:
    """The id of the row and the title, in order."""
    return list(PlaylistSong.objects.filter(playlist=playlist).values_list("id", "song__title"))


def test_a_playlist_has_its_songs_with_reasons(anna: Person) -> None:
    for number in range(5):
        shelve_moods(anna, f"{number}", sad=0.9 - number / 10, duration_s=100.0 + 2 * number)
    playlist = create(anna, name="  Sad \n songs ", description="For the evening")
    assert (playlist.name, playlist.description) == ("Sad songs", "For the evening")
    assert [title for _, title in entries(playlist)] == ["0", "1", "2"]
    first = PlaylistSong.objects.filter(playlist=playlist).earliest("position")
    assert first.reason.startswith("Sad 90 %")


def test_a_refresh_keeps_the_rows_of_songs_that_stay(anna: Person) -> None:
    for number in range(3):
        shelve_moods(anna, f"{number}", sad=0.9 - number / 10, duration_s=100.0 + 2 * number)
    playlist = create(anna)
    before = entries(playlist)
    assert playlist_refresh(playlist=playlist, now=NOW) == Changes(0, 0)
    assert entries(playlist) == before

    shelve_moods(anna, "New", sad=0.85, duration_s=300.0)
    later = NOW + timedelta(days=1)
    assert playlist_refresh(playlist=playlist, now=later) == Changes(added=1, removed=1)
    after = entries(playlist)
    assert [title for _, title in after] == ["0", "New", "1"]
    assert set(before[:2]) <= set(after)
    assert Playlist.objects.get().refreshed_at == later


def test_a_song_that_was_deleted_is_gone_from_the_list(anna: Person) -> None:
    song = shelve_moods(anna, "Only")
    playlist = create(anna)
    Song.objects.filter(id=song.id).update(deleted_at=NOW)
    playlist_refresh(playlist=playlist, now=NOW)
    assert entries(playlist) == []


def test_an_edit_changes_the_rule_and_the_songs(anna: Person) -> None:
    shelve_moods(anna, "Sad", sad=0.9, joyful=0.1, duration_s=100.0)
    shelve_moods(anna, "Joyful", sad=0.1, joyful=0.9, duration_s=140.0)
    playlist = create(anna)
    rule = PlaylistRule(order="mixture", weights={"joyful": 1}, songs=1)
    playlist_edit(playlist=playlist, name="Joyful", rule=rule, is_nightly=False, now=NOW)
    stored = Playlist.objects.get()
    assert (stored.name, stored.is_nightly, PlaylistRule.from_json(stored.rule)) == ("Joyful", False, rule)
    assert [title for _, title in entries(stored)] == ["Joyful"]


def test_a_refresh_that_fails_changes_nothing(anna: Person) -> None:
    shelve_moods(anna, "Song")
    saved = SavedFilter.objects.create(owner=anna, name="Mine", query="sort=title", created_at=timezone.now())
    playlist = create(anna, rule=PlaylistRule(saved_filter=saved.id))
    before = entries(playlist)
    saved.delete()
    with pytest.raises(ProductError):
        playlist_refresh(playlist=playlist, now=NOW)
    assert entries(playlist) == before != []


def test_names_are_needed_once_for_each_person(anna: Person, boris: Person) -> None:
    create(anna)
    create(boris)
    other = create(anna, name="Other")
    for code, change in (
        ("playlist_name_taken", lambda: create(anna)),
        ("playlist_name_taken", lambda: playlist_edit(playlist=other, name="Sad", rule=SAD, now=NOW)),
        ("playlist_name", lambda: create(anna, name=" \n")),
        ("playlist_name", lambda: create(anna, name="x" * 81)),
        ("playlist_description", lambda: create(anna, name="New", description="x" * 301)),
    ):
        with pytest.raises(ProductError) as refusal:
            change()
        assert refusal.value.code == code
    assert Playlist.objects.filter(owner=anna).count() == 2


def test_there_is_a_limit(anna: Person) -> None:
    Playlist.objects.bulk_create(
        Playlist(owner=anna, name=f"{number}", created_at=NOW) for number in range(MAX_PLAYLISTS)
    )
    with pytest.raises(ProductError) as refusal:
        create(anna)
    assert refusal.value.code == "playlists_too_many"


def test_only_music_servers_of_the_person_take_a_playlist(anna: Person, boris: Person) -> None:
    folder, theirs = add_source(anna), add_source(boris, "Theirs", kind=SourceKind.PLEX)
    for source_id in (folder.id, theirs.id, uuid4()):
        with pytest.raises(ProductError) as refusal:
            create(anna, source_id=source_id)
        assert refusal.value.code == "playlist_server"


def test_another_server_gets_a_new_list(anna: Person) -> None:
    one, two = (add_source(anna, name, kind=SourceKind.PLEX) for name in ("One", "Two"))
    playlist = create(anna, source_id=one.id)
    assert playlist.asked_at == NOW
    Playlist.objects.update(server_playlist_id="p1", synced_at=NOW, left_out=4)
    playlist.refresh_from_db()
    playlist_edit(playlist=playlist, name="Sad", rule=SAD, source_id=one.id, now=NOW)
    assert Playlist.objects.get().server_playlist_id == "p1"
    playlist_edit(playlist=playlist, name="Sad", rule=SAD, source_id=two.id, now=NOW)
    stored = Playlist.objects.get()
    assert (stored.server_playlist_id, stored.synced_at, stored.left_out) == ("", None, 0)


def test_deleting_a_playlist_keeps_the_songs(anna: Person) -> None:
    shelve_moods(anna, "Song")
    playlist_delete(playlist=create(anna))
    assert (Playlist.objects.count(), PlaylistSong.objects.count(), Song.objects.count()) == (0, 0, 1)
