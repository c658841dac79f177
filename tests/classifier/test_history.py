"""The queries of the history, and edits of title and artist."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from classifier.errors import ProductError
from classifier.jobs.analyse import song_analyse
from classifier.library.filters import LibraryFilter
from classifier.models import Person, Song
from classifier.services.song_delete import song_delete
from classifier.services.song_edit import song_edit
from tests.classifier.conftest import Submit
from tests.classifier.fake_analysis import FakeAnalyser


def history(person: Person, q: str = "") -> list[Song]:
    return list(LibraryFilter({"q": q}).apply(Song.objects.for_owner(person).with_analysis()))


def test_the_history_is_newest_first(anna: Person, submit: Submit) -> None:
    songs = [submit(mark=mark) for mark in range(3)]
    assert history(anna) == songs[::-1]


def test_users_see_only_their_own_songs(anna: Person, boris: Person, submit: Submit) -> None:
    submit(mark=1)
    theirs = submit(mark=2, owner=boris)
    assert history(boris) == [theirs]


@pytest.mark.parametrize("q", ["elise", "BEETHOVEN", "bagatelle", "beethoven elise", " "])
def test_every_word_is_searched_in_title_artist_and_file_name(anna: Person, submit: Submit, q: str) -> None:
    song = submit(name="Bagatelle.wav")
    song_edit(song=song, title="Für Elise", artist="Beethoven", now=timezone.now())
    assert history(anna, q) == [song]
    assert history(anna, "elise mozart") == []


def test_a_nul_is_searched_as_a_space(anna: Person, submit: Submit) -> None:
    """PostgreSQL cannot search for it."""
    song = submit(name="Bagatelle.wav")
    assert history(anna, "baga\0telle") == [song]


@pytest.mark.django_db(transaction=True)
def test_the_search_includes_moods(anna: Person, song: Song, analyser: FakeAnalyser) -> None:
    assert history(anna, "powerful") == []
    song_analyse(song_id=song.id)
    assert history(anna, "powerful") == [song]


@pytest.mark.django_db(transaction=True)
def test_a_page_of_history_takes_two_queries(
    anna: Person, submit: Submit, analyser: FakeAnalyser, django_assert_num_queries: Any
) -> None:
    for mark in range(4):
        song_analyse(song_id=submit(mark=mark).id)
    with django_assert_num_queries(2):
        names = [song.analysis.name for song in history(anna)]
    assert names == ["Calm but Powerful"] * 4


def test_an_edited_title_is_one_line(song: Song) -> None:
    edited = song_edit(song=song, title="  Für\nElise ", artist="\x00Beethoven", now=timezone.now())
    assert (edited.title, edited.artist) == ("Für Elise", "Beethoven")


def test_a_title_that_is_too_long_is_rejected(song: Song) -> None:
    with pytest.raises(ProductError, match="300 characters, and at most 255") as caught:
        song_edit(song=song, title="a" * 300, artist="", now=timezone.now())
    assert caught.value.code == "title_too_long"


def test_an_edit_does_not_restore_a_deleted_song(song: Song) -> None:
    song_delete(song=Song.objects.get(id=song.id))
    with pytest.raises(ProductError) as caught:
        song_edit(song=song, title="x", artist="y", now=timezone.now())
    assert (caught.value.code, caught.value.http_status) == ("not_found", 404)
    assert not Song.objects.exists()
