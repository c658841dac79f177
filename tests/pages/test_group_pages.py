"""The pages of artists and albums."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.charts.library.mood_profile import MoodBar, profile_plane, strongest_songs
from classifier.library.groups import ALBUM, ARTIST, Moods, filled_groups, groups
from classifier.models import Person
from classifier.services.song_bin import song_bin
from tests.shelf import shelve


def page(client: Client, view: str, /, **query: str) -> str:
    return client.get(reverse(view), query).content.decode()


def names(owner: Person, columns: tuple[str, ...], **options: Any) -> list[str]:
    return [group.name for group in filled_groups(owner, columns, groups(owner, columns, **options))]


@pytest.fixture
def library(anna: Person, boris: Person) -> None:
    """Anna's: two albums of Björk, a compilation, and a song without names. Boris's: an album of his own."""
    shelve(anna, "Hunter", artist="Björk", album="Homogenic", track_order=1001, year=1997, primary="tense", valence=3.0)
    shelve(anna, "Jóga", artist="BJÖRK", album="Homogenic", track_order=1002, year=1997, primary="tense", valence=4.0)
    shelve(anna, "Hyperballad", artist="Bjork", album="Post", year=1995, primary="joyful", valence=8.0)
    for artist in ("Air", "Zero 7"):
        shelve(anna, f"Song of {artist}", artist=artist, album="Chill", album_artist="Various")
    shelve(anna, "Untitled")
    shelve(boris, "Secret", artist="Boris’s band", album="Hidden")


@pytest.mark.usefixtures("library")
def test_spellings_of_an_artist_are_one_and_albums_have_their_album_artist(anna: Person) -> None:
    artists = filled_groups(anna, ARTIST, groups(anna, ARTIST))
    assert [(group.key, group.songs) for group in artists] == [(("air",), 1), (("bjork",), 3), (("zero 7",), 1)]
    bjork = artists[1]
    assert bjork.moods.counts == {"tense": 2, "joyful": 1}
    assert (bjork.moods.valence, bjork.years) == (5.0, "1995–1997")
    albums = filled_groups(anna, ALBUM, groups(anna, ALBUM))
    assert [(album.name, album.artist, album.songs) for album in albums] == [
        ("Chill", "Various", 2), ("Homogenic", "Björk", 2), ("Post", "Bjork", 1),
    ]  # fmt: skip


@pytest.mark.usefixtures("library")
def test_lists_are_searched_and_sorted(anna: Person) -> None:
    assert names(anna, ARTIST, text="BJÖ") == ["Björk"]
    assert names(anna, ALBUM, text="bjork post") == ["Post"]
    assert names(anna, ARTIST, order="songs")[0] == "Björk"


@pytest.mark.usefixtures("library")
def test_a_song_in_the_bin_is_in_no_group(anna: Person, anna_client: Client) -> None:
    song_bin(song=anna.songs.get(title="Hyperballad"), now=timezone.now())
    assert "Post" not in names(anna, ALBUM)
    assert anna_client.get(reverse("album"), {"name": "Post", "artist": "Bjork"}).status_code == 404


@pytest.mark.usefixtures("library")
def test_the_lists_show_only_ones_own(anna_client: Client) -> None:
    artists, albums = page(anna_client, "artists"), page(anna_client, "albums")
    assert "Björk" in artists
    assert "Tense 67 %, Joyful 33 %" in artists
    assert "Homogenic" in albums
    assert "Hidden" not in albums + artists
    assert "No artists match “boris”." in page(anna_client, "artists", q="boris")
    assert anna_client.get(reverse("artist"), {"name": "Boris’s band"}).status_code == 404
    assert anna_client.get(reverse("artist")).status_code == 404
    assert anna_client.get(reverse("album"), {"name": "Hidden", "artist": "Boris’s band"}).status_code == 404


@pytest.mark.usefixtures("library")
def test_an_album_lists_its_songs_by_track(anna_client: Client) -> None:
    html = page(anna_client, "album", name="HOMOGENIC", artist="bjork")
    assert html.index("Hunter") < html.index("Jóga")
    assert '<span class="visually-hidden">Track </span>2' in html
    assert "2 songs, 1997" in html
    assert "2 songs around valence 3.5" in html


@pytest.mark.usefixtures("library")
def test_an_artist_has_albums_songs_and_a_profile(anna_client: Client) -> None:
    html = page(anna_client, "artist", name="bjork")
    for text in ("Homogenic", "Post", "Hyperballad", "Strongest songs", "On average valence"):
        assert text in html
    history = page(anna_client, "song-list", artist="Björk", sort="album")
    assert "Artist: Björk" in history
    assert reverse("artist") + "?name=Bj%C3%B6rk" in history


def test_a_user_without_songs_is_told_where_names_come_from(anna_client: Client) -> None:
    for name in ("artists", "albums"):
        assert "They come from the tags of your songs" in page(anna_client, name)


def test_pages_take_the_same_queries_however_many_songs(
    anna: Person, anna_client: Client, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    for number in range(20):
        shelve(anna, f"Song {number}", artist="Band", album=f"Album {number % 3}")
    for name, query, most in (("artists", {}, 8), ("albums", {}, 8), ("artist", {"name": "Band"}, 18)):
        with django_assert_max_num_queries(most):
            anna_client.get(reverse(name), query)


def test_the_bar_shows_the_most_frequent_mood_first() -> None:
    bar = MoodBar.of(Moods({"sad": 1, "calm": 3}, valence_sum=20, arousal_sum=12))
    assert bar is not None
    assert [(part.side.key, part.percent) for part in bar.parts] == [("calm", 75), ("sad", 25)]
    assert [(part.x, part.width) for part in bar.parts] == [("0.00%", "75.00%"), ("75.00%", "25.00%")]
    assert (bar.text, bar.place) == ("Calm 75 %, Sad 25 %", "valence 5.0, arousal 3.0")
    assert MoodBar.of(Moods()) is None


def test_the_plane_shows_the_middle_and_the_spread() -> None:
    profile = profile_plane([("calm", 4.0, 5.0), ("sad", 6.0, 5.0)])
    assert profile is not None
    assert (profile.plane.valence, profile.plane.arousal, profile.spread) == ("5.0", "5.0", "1.0")
    assert profile_plane([]) is None
    many = profile_plane([("calm", 4.0, 5.0)] * 1200)
    assert many is not None
    assert (many.shown, many.songs) == (400, 1200)


def test_each_mood_has_its_strongest_song(anna: Person) -> None:
    weak, strong = shelve(anna, "Weak", sort_sad=0.2), shelve(anna, "Strong", sort_sad=0.8)
    best = {one.side.key: one for one in strongest_songs([weak, strong])}
    assert (best["sad"].song, best["sad"].percent) == (strong, 80)
