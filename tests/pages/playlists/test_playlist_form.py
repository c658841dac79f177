"""A new playlist: from a mixture, a filter, a selection, songs or a path; and an edited one."""

from __future__ import annotations

import html
import json
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from classifier.models import Person, Playlist, Song
from classifier.playlists.rule import PathEnd, PlaylistRule
from classifier.vocabularies.stored import vocabulary_save
from tests.classifier.playlists.shelf import shelve_moods
from tests.pages.playlists.conftest import NOW, create, form, stored_rule, titles


def test_a_mixture_becomes_a_playlist(anna_client: Client, songs: list[Song]) -> None:
    values = form(weight_sad="2", weight_tense="-1", bpm_to="100", key_mode="", one_copy="on", is_nightly="on")
    Song.objects.filter(title="Sad 1").update(sort_tempo=150)
    response = anna_client.post("/playlists/new/", values, follow=True)
    assert "Sad 0" in response.content.decode()
    assert stored_rule() == PlaylistRule(
        order="mixture", weights={"sad": 2.0, "tense": -1.0}, ranges={"bpm": (None, 100.0)}
    )
    assert titles(Playlist.objects.get()) == ["Sad 0", "Sad 2", "Joyful"]


def test_merged_moods_are_one_weight_and_one_end_of_a_path(anna: Person, anna_client: Client) -> None:
    vocabulary_save(person=anna, content={"terms": {"sensual": {"merged_into": "tender"}}}, now=NOW)
    page = anna_client.get("/playlists/new/").content.decode()
    assert page.count(">Tender</label>") == 1
    assert 'value="mood:tender"' in page
    assert "weight_sensual" not in page
    assert "mood:sensual" not in page
    page = anna_client.post("/playlists/new/", form(weight_sensual="2", action="preview")).content.decode()
    assert ">Sensual</label>" in page
    assert page.count(">Tender</label>") == 1


def test_a_preview_stores_nothing(anna_client: Client, songs: list[Song]) -> None:
    response = anna_client.post("/playlists/new/", form(weight_sad="1", action="preview"))
    page = response.content.decode()
    assert response.status_code == 200
    assert "Nothing is saved yet." in page
    assert page.index("Sad 0") < page.index("Sad 1")
    assert not Playlist.objects.exists()


def test_a_filter_of_the_history_becomes_a_playlist(anna_client: Client, songs: list[Song]) -> None:
    query = "first=sad&sort=longest"
    page = anna_client.get(f"/playlists/new/?{urlencode({'query': query})}").content.decode()
    assert "Main mood: Sad" in page
    assert '<input type="radio" name="order" value="filter" id="id_order_1" checked>' in page
    anna_client.post("/playlists/new/", form(order="filter", query=query))
    assert titles(Playlist.objects.get()) == ["Sad 2", "Sad 1", "Sad 0"]


def test_a_selection_becomes_a_playlist(anna_client: Client, songs: list[Song]) -> None:
    chosen = [str(songs[0].id), str(songs[3].id)]
    response = anna_client.post("/playlists/new/", {"song": chosen, "query": "", "until": NOW.isoformat()})
    page = response.content.decode()
    assert "2 selected songs." in page
    kept = json.dumps({"song_ids": chosen})
    anna_client.post("/playlists/new/", form(order="filter", kept=kept))
    assert set(titles(Playlist.objects.get())) == {"Sad 0", "Joyful"}


def test_all_songs_of_a_filter_stay_a_filter(anna_client: Client, songs: list[Song]) -> None:
    values = {"all": "yes", "query": "first=sad", "until": timezone.now().isoformat()}
    page = anna_client.post("/playlists/new/", values).content.decode()
    assert 'name="query" value="first=sad"' in page
    assert "selected song" not in page


def test_songs_to_be_like_are_found_and_chosen(anna_client: Client, songs: list[Song]) -> None:
    # By title alone: the files of these songs have numbers that depend on the tests before.
    Song.objects.filter(id=songs[0].id).update(file_name="saddest.wav", search_text="sad 0 saddest.wav")
    response = anna_client.post("/playlists/new/", form(order="similar", action="find", find="saddest"))
    page = response.content.decode()
    assert response.status_code == 200
    assert "1 song found" in page
    assert str(songs[0].id) in page
    assert "Sad 1" not in page
    anna_client.post("/playlists/new/", form(order="similar", seeds=[str(songs[0].id)]))
    assert titles(Playlist.objects.get()) == ["Sad 1", "Sad 2", "Joyful"]


def test_the_page_of_a_song_leads_to_songs_like_it(anna_client: Client, songs: list[Song]) -> None:
    page = anna_client.get(f"/songs/{songs[0].id}/").content.decode()
    address = f"/playlists/new/?like={songs[0].id}"
    assert address in page
    form_page = anna_client.get(address).content.decode()
    assert "Sad 0, Anna" in form_page


def test_a_path_goes_from_a_song_to_a_mood(anna_client: Client, songs: list[Song]) -> None:
    values = form(order="path", start=f"song:{songs[0].id}", end="mood:joyful", songs="2")
    anna_client.post("/playlists/new/", values)
    assert stored_rule().start == PathEnd(song=songs[0].id)
    assert titles(Playlist.objects.get()) == ["Sad 0", "Joyful"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "choose a mood"),
        ({"weight_sad": "9"}, "Select a valid choice"),
        ({"weight_sad": "1", "name": ""}, "This field is required"),
        ({"weight_sad": "1", "songs": "0"}, "greater than or equal to 1"),
        ({"weight_sad": "1", "bpm_from": "100", "bpm_to": "90"}, "swap them"),
        ({"order": "similar"}, "at least one song"),
        ({"order": "path", "start": "mood:sad", "end": "mood:sad"}, "two different ends"),
        ({"order": "path", "start": "place:a", "end": "mood:sad"}, "at each end"),
        ({"weight_sad": "1", "kept": "["}, "damaged on its way"),
        ({"weight_sad": "1", "kept": '{"artists": [1]}'}, "list of at most"),
        ({"order": "filter", "query": "mood=blue"}, "mood is “blue”"),
        ({"weight_sad": "1", "source": "00000000-0000-0000-0000-000000000000"}, "Select a valid choice"),
    ],
    ids=str,
)
def test_a_form_that_is_not_valid_says_why(
    anna_client: Client, songs: list[Song], values: dict[str, str], sentence: str
) -> None:
    response = anna_client.post("/playlists/new/", form(**values))
    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert not Playlist.objects.exists()


def test_the_songs_of_somebody_else_cannot_be_chosen(anna_client: Client, boris: Person, songs: list[Song]) -> None:
    theirs = shelve_moods(boris, "Theirs")
    for values in ({"order": "similar", "seeds": [str(theirs.id)]}, {"order": "path", "start": f"song:{theirs.id}"}):
        response = anna_client.post("/playlists/new/", form(**values))
        assert response.status_code == 400
        assert "Theirs" not in response.content.decode()


def test_a_rule_in_the_address_fills_the_form(anna_client: Client, songs: list[Song]) -> None:
    rule = PlaylistRule(order="mixture", weights={"sad": 1.5}, ranges={"bpm": (None, 100.0)}, artists=("Anna",))
    address = f"/playlists/new/?{urlencode({'rule': json.dumps(rule.to_json())})}"
    page = anna_client.get(address).content.decode()
    assert '<option value="1.5" selected>' in page
    assert 'name="bpm_to" value="100"' in page
    assert html.escape(json.dumps({"artists": ["Anna"]})) in page
    for wrong in ("[", "{}{", json.dumps({"order": "x"})):
        response = anna_client.get(f"/playlists/new/?{urlencode({'rule': wrong})}")
        assert response.status_code == 302


def test_an_edit_begins_with_the_rule_and_keeps_its_other_parts(
    anna: Person, anna_client: Client, songs: list[Song]
) -> None:
    rule = PlaylistRule(
        order="mixture", weights={"sad": 1}, without_artists=("Boris",), ranges={"duration_s": (60.0, None)}
    )
    playlist = create(anna, rule=rule)
    page = anna_client.get(f"/playlists/{playlist.id}/edit/").content.decode()
    assert 'name="duration_s_from" value="1"' in page
    kept = json.dumps({"without_artists": ["Boris"]})
    values = form(name="Renamed", weight_tender="1", kept=kept)
    assert anna_client.post(f"/playlists/{playlist.id}/edit/", values).status_code == 302
    stored = Playlist.objects.get()
    assert (stored.name, stored.is_nightly) == ("Renamed", False)
    assert stored_rule() == PlaylistRule(
        order="mixture", weights={"tender": 1.0}, without_artists=("Boris",), one_copy=False
    )


def test_the_name_of_another_playlist_is_refused(anna: Person, anna_client: Client, songs: list[Song]) -> None:
    create(anna)
    response = anna_client.post("/playlists/new/", form(name="Sad", weight_sad="1"))
    assert response.status_code == 409
    assert "Another playlist has the name “Sad”" in response.content.decode()
