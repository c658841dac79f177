"""Pages show one song of a recording that lies there in several encodings, and say how many copies there are."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from classifier.fields import uuid7
from classifier.models import Person, Song
from classifier.recordings.copies import copies_choose
from tests.pages.result_html import words
from tests.shelf import shelve


@pytest.fixture
def copies(anna: Person, boris: Person) -> list[Song]:
    """Anna's: an album whose first song lies there twice. Boris has the same song."""
    names: dict[str, Any] = {"artist": "Air", "album": "Moon Safari", "recording": uuid7()}
    songs = [shelve(anna, "La femme d’argent", **names), shelve(anna, "01 La femme", **names)]
    shelve(anna, "Sexy Boy", artist="Air", album="Moon Safari")
    shelve(boris, "His", **names)
    copies_choose([names["recording"]])
    return songs


def page(client: Client, view: str, /, **query: str) -> str:
    response = client.get(reverse(view), query)
    assert response.status_code == 200
    return response.content.decode()


def titles(client: Client, **query: str) -> list[str]:
    return [song["title"] for song in client.get(reverse("predictions"), query).json()["results"]]


def test_the_history_has_one_row_for_each_recording(anna_client: Client, copies: list[Song]) -> None:
    html = page(anna_client, "song-list")
    assert "01 La femme" not in html
    assert "2 songs" in words(html)
    assert "2 copies" in words(html)
    every = page(anna_client, "song-list", copies="every")
    assert "01 La femme" in every
    assert "3 songs" in words(every)
    assert "Remove filter: Every copy" in words(every)


def test_exports_of_the_history_have_what_it_shows_and_the_api_has_every_copy(
    anna_client: Client, copies: list[Song]
) -> None:
    assert f"{reverse('songs-csv')}?copies=one" in page(anna_client, "song-list")
    assert f"{reverse('songs-csv')}?copies=every" in page(anna_client, "song-list", copies="every")
    assert len(titles(anna_client)) == 3
    assert sorted(titles(anna_client, copies="one")) == ["La femme d’argent", "Sexy Boy"]
    assert anna_client.get(reverse("predictions"), {"copies": "two"}).status_code == 400


@pytest.mark.parametrize(
    ("view", "query"), [("artist", {"name": "Air"}), ("album", {"name": "Moon Safari", "artist": "Air"})]
)
def test_pages_of_artists_and_albums_have_one_row_too(
    anna_client: Client, copies: list[Song], view: str, query: dict[str, str]
) -> None:
    html = page(anna_client, view, **query)
    assert "01 La femme" not in html
    assert "1 copy of these recordings is not shown. Show every copy" in words(html)
    every = page(anna_client, view, **query, copies="every")
    assert "01 La femme" in every
    assert "Show one of each recording" in words(every)
    assert "copies=every" in every[every.index("Show in history") - 200 : every.index("Show in history")]


def test_the_map_draws_each_recording_once(anna_client: Client, copies: list[Song]) -> None:
    assert "2 songs" in words(page(anna_client, "mood-map"))
    assert "3 songs" in words(page(anna_client, "mood-map", copies="every"))


def test_the_page_of_a_song_lists_its_copies_and_those_of_nobody_else(
    anna_client: Client, boris_client: Client, copies: list[Song], boris: Person
) -> None:
    html = anna_client.get(reverse("song-detail", args=[copies[0].id])).content.decode()
    part = html[html.index('id="copies"') :]
    assert f"Other copy {copies[1].file_name}" in words(part[: part.index("</div>")])
    his = Song.objects.get(owner=boris)
    assert 'id="copies"' not in boris_client.get(reverse("song-detail", args=[his.id])).content.decode()
