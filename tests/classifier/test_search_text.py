"""Search and order as people see text: without case, accents and the form in which a letter is composed."""

from __future__ import annotations

import unicodedata
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from classifier.fields import fold
from classifier.library.text_search import matching
from classifier.models import Person, Song
from classifier.services.song_edit import song_edit


def add(owner: Person, title: str, artist: str = "", file_name: str = "") -> Song:
    number = Song.objects.count()
    names = {"title": title, "artist": artist, "file_name": file_name or f"{number}.mp3"}
    return Song.objects.create(owner=owner, sha256=f"{number:064}", size_bytes=1, created_at=timezone.now(), **names)


def search(owner: Person, q: str) -> list[str]:
    songs = matching(Song.objects.for_owner(owner).with_current_analysis(), q)
    return sorted(song.title for song in songs)


@pytest.mark.parametrize(
    ("title", "q"),
    [
        ("Über den Wolken", "über"),
        ("Über den Wolken", "ÜBER"),
        ("Über den Wolken", "uber"),
        (unicodedata.normalize("NFD", "Über den Wolken"), "über"),
        ("Über den Wolken", unicodedata.normalize("NFD", "über")),
        ("Straße", "strasse"),
        ("Björk", "bjork"),
        ("Sigur Rós", "ros"),
        ("Øresund", "oresund"),
        ("ЛЮБОВЬ", "любовь"),
        ("Ёлка", "елка"),
        ("Ｆｕｌｌ", "full"),
        ("さくら", "さくら"),
        ("100% Pure", "100%"),
    ],
)
def test_a_title_is_found_in_any_spelling(anna: Person, title: str, q: str) -> None:
    add(anna, title)
    add(anna, "Something else")
    assert search(anna, q) == [title]


def test_voicing_marks_make_another_letter(anna: Person) -> None:
    add(anna, "がく")
    assert search(anna, "かく") == []


def test_a_word_is_not_found_across_two_names(anna: Person) -> None:
    add(anna, "Sea", artist="Son")
    assert search(anna, "season") == []


def test_an_edited_title_is_found_and_the_former_one_is_not(anna: Person) -> None:
    song = add(anna, "Draft")
    song_edit(song=song, title="Élan", artist="", now=timezone.now())
    assert search(anna, "elan") == ["Élan"]
    assert search(anna, "draft") == []


def test_titles_sort_without_accents_and_case(anna: Person) -> None:
    for title in ("Zebra", "Ärzte", "arzt", "Azure", "élan", "Eland"):
        add(anna, title)
    songs = Song.objects.for_owner(anna).with_current_analysis().in_order("title")
    assert [song.title for song in songs] == ["arzt", "Ärzte", "Azure", "élan", "Eland", "Zebra"]


def test_songs_without_an_artist_come_last(anna: Person) -> None:
    for title, artist in (("c", ""), ("b", "Östlund"), ("a", "Otto")):
        add(anna, title, artist)
    songs = Song.objects.for_owner(anna).with_current_analysis().in_order("artist")
    assert [song.artist for song in songs] == ["Östlund", "Otto", ""]


def test_the_migration_fills_the_columns_of_older_songs(anna: Person) -> None:
    song = add(anna, "Ärzte")
    Song.objects.update(search_text="", sort_title="", sort_artist="")
    migration: Any = import_module("classifier.migrations.0004_song_search_columns")
    migration.fill(apps, None)
    song.refresh_from_db()
    assert (song.search_text.splitlines()[0], song.sort_title, song.sort_artist) == ("arzte", "arzte", "")


@pytest.mark.parametrize("text", ["", "ǅ", "ŉ", "İstanbul", "ﬁne", "ẞ", "Ͳ", "😀"])
def test_folded_text_does_not_change_when_folded_again(text: str) -> None:
    assert fold(fold(text)) == fold(text)
