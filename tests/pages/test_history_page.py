"""The history: the user's songs, newest first."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.forms import model_to_dict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier import ml_gateway
from classifier.models import Analysis, Person, Song, Status
from classifier.views.songs import PER_PAGE
from tests.pages.conftest import Submit
from tests.pages.result_html import words
from tests.processor_time import processor_seconds
from tests.shelf import shelve, store_analyses


def history(client: Client, **query: object) -> str:
    response = client.get(reverse("song-list"), query)
    assert response.status_code == 200
    return response.content.decode()


def failed_songs(owner: Person, count: int) -> None:
    """Rows without files, the newest named last."""
    now = timezone.now()
    Song.objects.bulk_create(
        Song(
            owner=owner,
            file_name=f"piece {number}.mp3",
            sha256=f"{number:064}",
            size_bytes=1,
            status=Status.FAILED,
            error_message="It broke off.",
            created_at=now + timedelta(seconds=number),
        )
        for number in range(count)
    )


def test_the_newest_song_is_first_with_its_mood(anna_client: Client, analyse_song: Submit) -> None:
    analyse_song(1, name="older.wav")
    newer = analyse_song(2, name="newer.wav")
    Song.objects.filter(id=newer.id).update(title="Newer")
    html = history(anna_client)
    assert html.index("Newer") < html.index("Nocturne")
    assert "71 %" in html
    assert "first-calm second-powerful" in html


def test_an_empty_history_explains_itself(anna_client: Client) -> None:
    assert "No songs yet" in history(anna_client)


@pytest.mark.parametrize("q", ["nocturne", "field", "song.wav", "calm powerful", "Powerful Nocturne"])
def test_search_covers_title_artist_file_and_mood(anna_client: Client, analysed_song: Song, q: str) -> None:
    assert str(analysed_song.id) in history(anna_client, q=q)


def test_a_search_without_matches_shows_the_search_text(anna_client: Client, analysed_song: Song) -> None:
    html = history(anna_client, q="<b>polka</b>")
    assert "No songs match “&lt;b&gt;polka&lt;/b&gt;”" in html
    assert str(analysed_song.id) not in html


def test_long_histories_are_paginated(anna: Person, anna_client: Client) -> None:
    failed_songs(anna, PER_PAGE + 1)
    assert "piece 0.mp3" not in history(anna_client)
    second = history(anna_client, page=2)
    assert "piece 0.mp3" in second
    assert "piece 1.mp3" not in second
    assert '<span class="visually-hidden">Page </span>2<span class="visually-hidden"> of 2</span>' in second


def test_pages_keep_the_search(anna: Person, anna_client: Client) -> None:
    failed_songs(anna, PER_PAGE + 1)
    assert 'rel="next"' not in history(anna_client, q="piece &")
    assert 'href="?q=piece+mp3&amp;sort=title&amp;page=2"' in history(anna_client, q="piece mp3", sort="title")


@pytest.mark.parametrize("page", ["0", "99", "last", "-1"])
def test_an_invalid_page_number_shows_a_valid_page(anna_client: Client, analysed_song: Song, page: str) -> None:
    assert str(analysed_song.id) in history(anna_client, page=page)


def test_a_failed_song_shows_the_reason_and_can_be_retried(anna: Person, anna_client: Client) -> None:
    failed_songs(anna, 1)
    html = history(anna_client)
    assert "It broke off." in html
    assert reverse("song-retry", args=[Song.objects.get().id]) in html


def test_unfinished_songs_refresh_the_page_without_a_script(anna_client: Client, queued_song: Song) -> None:
    html = history(anna_client)
    assert '<noscript><meta http-equiv="refresh"' in html
    assert "Queued, next" in html


def test_a_full_page_takes_as_many_queries_as_one_song(
    anna: Person, anna_client: Client, analyse_song: Submit, django_assert_num_queries: Callable
) -> None:
    # Session, user, sources, number of songs, identifiers, songs, their analyses, saved filters, worker.
    analyse_song(1)
    with django_assert_num_queries(9):
        history(anna_client)
    for mark in range(2, 12):
        analyse_song(mark)
    failed_songs(anna, 5)
    with django_assert_num_queries(9):
        history(anna_client)
    # And whether the search has its index.
    with django_assert_num_queries(10):
        history(anna_client, mood="calm", q="nocturne", valence_from="2", area="2_2-8_2-8_8", sort="lively")


def test_users_see_only_their_own_songs(boris_client: Client, analysed_song: Song) -> None:
    assert str(analysed_song.id) not in history(boris_client)
    assert str(analysed_song.id) not in history(boris_client, q="nocturne")


def test_active_filters_are_shown_and_can_be_removed(anna: Person, anna_client: Client) -> None:
    shelve(anna, "Nocturne", valence=6.5)
    html = history(anna_client, first="calm", valence_from="6", sort="pleasant")
    assert "Main mood: Calm" in html
    assert 'href="/songs/?first=calm&amp;sort=pleasant"' in html
    assert 'href="/songs/?valence_from=6&amp;sort=pleasant"' in html
    assert '<option value="calm" selected>' in html
    assert "Nocturne" in html


def test_a_filter_without_matches_is_shown_in_words(anna: Person, anna_client: Client) -> None:
    shelve(anna, "Nocturne")
    html = history(anna_client, mood="sad", certain="no")
    assert "No songs match: Sad, main or second, Not certain." in html


def test_an_invalid_value_is_named_and_ignored(anna: Person, anna_client: Client) -> None:
    shelve(anna, "Nocturne")
    html = history(anna_client, valence_from="12")
    assert "valence_from is “12”, but must be a number from 1 to 9." in html
    assert "Nocturne" in html


def test_empty_fields_are_removed_from_the_address(anna_client: Client) -> None:
    response = anna_client.get(reverse("song-list"), {"q": "", "mood": "powerful", "first": "", "sort": "newest"})
    assert response.status_code == 302
    assert response.headers["Location"] == "/songs/?mood=powerful"


def test_htmx_gets_the_part_that_changes(anna: Person, anna_client: Client) -> None:
    shelve(anna, "Nocturne")
    response = anna_client.get(
        reverse("song-list"), {"q": "nocturne", "mood": "", "sort": "newest"}, headers={"HX-Request": "true"}
    )
    html = response.content.decode()
    assert "Nocturne" in html
    assert "<html" not in html
    assert "<title>“nocturne” in history" in html
    assert response.headers["HX-Push-Url"] == "/songs/?q=nocturne"
    assert "HX-Request" in response.headers["Vary"]


def test_a_row_shows_that_the_networks_disagree(anna: Person, anna_client: Client) -> None:
    shelve(anna, "Nocturne", agreement=0.1)
    assert "The networks disagree" in history(anna_client)


def test_ten_thousand_songs_are_listed_fast(anna: Person, anna_client: Client) -> None:
    """About 50 ms on a small server; SQLite's time is part of it."""
    moods = list(ml_gateway.EMOTIONS)
    like = model_to_dict(shelve(anna, "First").analysis, exclude=["id", "song"])
    now = timezone.now()
    songs = [
        Song(owner=anna, title=f"Song {n}", file_name=f"{n}.mp3", sha256=f"{n:063}x", size_bytes=1,
             status=Status.DONE, created_at=now - timedelta(minutes=n))
        for n in range(10_000)
    ]  # fmt: skip
    analyses = [
        Analysis(**like | {"song": song, "created_at": now, "primary": moods[n % 9], "valence": 1 + n % 80 / 10})
        for n, song in enumerate(songs)
    ]
    store_analyses(songs, analyses)
    for query in ({}, {"q": "song calm", "sort": "title"}, {"mood": "sad", "valence_from": "4", "sort": "surest"}):
        history(anna_client, **query)
        assert processor_seconds(partial(history, anna_client, **query)) < 0.5, query


def test_agreeing_with_an_older_model_is_no_correction(anna_client: Client, anna: Person) -> None:
    """It called the mood Wondrous, which the sixteen terms call Dreamy."""
    older = {"model_version": "mood-3", "name": "Wondrous and Powerful", "primary": "dreamy", "joined_by": "and"}
    shelve(anna, "Aurora", **older, verdict="agreed", actual_primary="dreamy", actual_secondary="powerful")
    text = words(history(anna_client))
    assert "Wondrous and Powerful" in text
    assert "You agree" in text
    assert "your mood" not in text
