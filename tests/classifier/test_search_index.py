"""The index of the text search: what it finds, what keeps it, and searches without it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from classifier.library import search_index
from classifier.library.search_index import SQLITE_TRIGGERS, ensure_index
from classifier.library.text_search import MAX_WORDS, matching
from classifier.models import Person, Song, Verdict
from classifier.services.song_edit import song_edit
from tests.shelf import shelve

Q_OF_SEVENTY_WORDS = " ".join(f"word{number}" for number in range(70))


def search(owner: Person, q: str) -> list[str]:
    songs = matching(Song.objects.for_owner(owner).with_current_analysis(), q)
    return sorted(song.title for song in songs)


def queries_of(owner: Person, q: str) -> str:
    with CaptureQueriesContext(connection) as queries:
        search(owner, q)
    return " ".join(query["sql"] for query in queries)


def drop_triggers() -> None:
    """What a migration does that remakes the table of songs."""
    with connection.cursor() as cursor:
        for name in SQLITE_TRIGGERS:
            cursor.execute(f"DROP TRIGGER {name}")


@pytest.fixture
def no_trigrams(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Python whose SQLite was built without FTS5."""
    with monkeypatch.context() as patched:
        patched.setattr(search_index, "has_trigram_tokenizer", lambda: False)
        patched.setattr(search_index, "_fts5_loads", lambda: False)
        yield


def test_a_search_reads_the_index(anna: Person) -> None:
    assert "MATCH" in queries_of(anna, "harbour")


@pytest.mark.parametrize(
    ("title", "q"),
    [
        ("Harbour Lights", "arbou"),
        ("Harbour Lights", "lights harb"),
        ("川の流れのように", "川"),
        ("川の流れのように", "流れ"),
        ("川の流れのように", "流れのように"),
        ("아리랑", "리랑"),
        ('Don\'t "Stop" (Live)', '"stop"'),
        ('Don\'t "Stop" (Live)', "(live) don't"),
        ("This AND That", "AND"),
        ("NEAR the sea", "NEAR sea"),
        ("50% off*", "off*"),
        ("50% off*", "50%"),
        ("snake_case", "e_c"),
        ("text: a column", "text:"),
        ("back\\slash", "k\\s"),
    ],
)
def test_every_part_of_a_title_is_found_as_it_is_written(anna: Person, title: str, q: str) -> None:
    shelve(anna, title)
    shelve(anna, "50 offers, snakebcase, black slash")
    assert search(anna, q) == [title]


def test_only_the_own_songs_are_found(anna: Person, boris: Person) -> None:
    shelve(anna, "Harbour")
    shelve(boris, "Harbour too")
    assert search(anna, "harbour") == ["Harbour"]


def test_an_album_is_found_and_an_edit_keeps_it(anna: Person) -> None:
    song = shelve(anna, "Blue", album="Déjà Vu")
    song_edit(song=Song.objects.get(id=song.id), title="Green", artist="", now=timezone.now())
    assert search(anna, "deja green") == ["Green"]


def test_a_word_of_the_title_and_one_of_the_mood_match_together(anna: Person) -> None:
    shelve(anna, "Harbour")
    shelve(anna, "Harbour of others", verdict=Verdict.CORRECTED, actual_primary="sad")
    assert search(anna, "powerful harbour") == ["Harbour"]


def test_rows_that_no_model_saves_are_found_too(anna: Person) -> None:
    kept = shelve(anna, "Harbour")
    copy = {field.name: getattr(kept, field.name) for field in Song._meta.concrete_fields if field.name != "id"}
    Song.objects.bulk_create([Song(**copy | {"title": "Lighthouse", "sha256": "f" * 64})])
    assert search(anna, "lighthouse") == ["Lighthouse"]
    Song.objects.filter(title="Lighthouse").delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM song_search WHERE song_search MATCH 'lighthouse'")
        assert cursor.fetchone() == (0,)


def test_the_index_is_built_again_after_a_migration_that_drops_its_triggers(anna: Person) -> None:
    drop_triggers()
    shelve(anna, "Harbour")
    assert search(anna, "harbour") == ["Harbour"]
    assert "MATCH" not in queries_of(anna, "harbour")
    ensure_index(using="default")
    assert "MATCH" in queries_of(anna, "harbour")
    assert search(anna, "harbour") == ["Harbour"]


def test_without_fts5_songs_are_stored_and_found(anna: Person, no_trigrams: None) -> None:
    ensure_index(using="default")
    shelve(anna, "Harbour")
    assert search(anna, "harb") == ["Harbour"]
    assert "MATCH" not in queries_of(anna, "harbour")


def test_songs_stored_without_fts5_are_in_the_index_once_it_is_there(
    anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(search_index, "has_trigram_tokenizer", lambda: False)
        ensure_index(using="default")
    shelve(anna, "Harbour")
    ensure_index(using="default")
    assert "MATCH" in queries_of(anna, "harbour")
    assert search(anna, "harbour") == ["Harbour"]


@pytest.mark.django_db(transaction=True)
def test_the_index_survives_vacuum(anna: Person) -> None:
    """Which may number the rows of the table of songs anew."""
    for number in range(20):
        shelve(anna, f"Song number{number:02}")
    Song.objects.filter(title__lt="Song number10").delete()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
    assert search(anna, "number15") == ["Song number15"]


@pytest.mark.django_db(transaction=True)
def test_each_start_creates_what_is_missing(anna: Person) -> None:
    drop_triggers()
    shelve(anna, "Harbour")
    call_command("migrate", verbosity=0)
    assert search(anna, "harbour") == ["Harbour"]
    assert "MATCH" in queries_of(anna, "harbour")


def test_the_migration_takes_albums_from_the_tags(anna: Person) -> None:
    shelve(anna, "Blue", tags={"album": "Déjà Vu"})
    shelve(anna, "Red")
    migration: Any = import_module("classifier.migrations.0009_song_album")
    migration.fill(apps, None)
    assert search(anna, "deja") == ["Blue"]
    assert list(Song.objects.order_by("title").values_list("album", flat=True)) == ["Déjà Vu", ""]


def test_no_search_has_more_conditions_than_its_bound(anna: Person) -> None:
    shelve(anna, " ".join(f"word{number}" for number in range(MAX_WORDS)))
    assert len(search(anna, Q_OF_SEVENTY_WORDS)) == 1
    assert len(search(anna, " ".join(f"word{number}" for number in range(1000)))) == 1
    assert queries_of(anna, " ".join("abcdefghijklmnopqrst")).count("LIKE") <= 2 * MAX_WORDS


@pytest.mark.parametrize("name", ["song-list", "mood-map", "song-compare"])
def test_a_page_searches_for_the_first_words_and_says_so(anna: Person, anna_client: Client, name: str) -> None:
    shelve(anna, "Harbour")
    html = anna_client.get(reverse(name), {"q": Q_OF_SEVENTY_WORDS}).content.decode()
    assert "The search has 70 words; only the first 10 count." in html
    html = anna_client.get(reverse(name), {"q": "é" * 201}).content.decode()
    assert "The search has 201 characters; only the first 200 count." in html
    assert "only the first" not in anna_client.get(reverse(name), {"q": "harbour"}).content.decode()


@pytest.mark.parametrize("name", ["predictions", "songs-csv", "songs-jsonl"])
def test_programs_are_told_that_a_search_is_too_long(anna_client: Client, name: str) -> None:
    response = anna_client.get(reverse(name), {"q": Q_OF_SEVENTY_WORDS}, headers={"accept": "application/json"})
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "filter_malformed"
    assert response.json()["error"]["message"] == "The search has 70 words; only the first 10 count. Shorten q."


def test_the_selected_songs_are_those_of_the_list(anna: Person, anna_client: Client) -> None:
    """The form of a list has the search as it was done."""
    shelve(anna, " ".join(f"word{number}" for number in range(MAX_WORDS)))
    shelve(anna, "Another")
    html = anna_client.get(reverse("song-list"), {"q": Q_OF_SEVENTY_WORDS}).content.decode()
    query = "q=" + "+".join(f"word{number}" for number in range(MAX_WORDS))
    assert f'name="query" value="{query}"' in html
    form = {"action": "csv", "all": "yes", "query": query}
    response = anna_client.post(reverse("song-selection"), form)
    lines = b"".join(response.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 2
