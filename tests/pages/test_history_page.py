"""One's own songs, newest first."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.models import Person, Song, Status
from classifier.views.songs import PER_PAGE
from tests.pages.conftest import Submit


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


def test_the_newest_song_stands_first_with_its_mood(anna_client: Client, hear: Submit) -> None:
    hear(1, name="older.wav")
    newer = hear(2, name="newer.wav")
    Song.objects.filter(id=newer.id).update(title="Newer")
    html = history(anna_client)
    assert html.index("Newer") < html.index("Nocturne")
    assert "71 %" in html
    assert "first-calmness second-power" in html


def test_an_empty_history_says_what_will_be_there(anna_client: Client) -> None:
    assert "No songs yet" in history(anna_client)


@pytest.mark.parametrize("q", ["nocturne", "field", "song.wav", "calm powerful", "Powerful Nocturne"])
def test_a_search_finds_title_artist_file_and_mood(anna_client: Client, heard: Song, q: str) -> None:
    assert str(heard.id) in history(anna_client, q=q)


def test_a_search_that_finds_nothing_says_so_and_shows_what_was_sought(anna_client: Client, heard: Song) -> None:
    html = history(anna_client, q="<b>polka</b>")
    assert "No song with “&lt;b&gt;polka&lt;/b&gt;”" in html
    assert str(heard.id) not in html


def test_long_histories_come_in_pages(anna: Person, anna_client: Client) -> None:
    failed_songs(anna, PER_PAGE + 1)
    assert "piece 0.mp3" not in history(anna_client)
    second = history(anna_client, page=2)
    assert "piece 0.mp3" in second
    assert "piece 1.mp3" not in second
    assert "Page 2 of 2" in second


def test_pages_keep_the_search(anna: Person, anna_client: Client) -> None:
    failed_songs(anna, PER_PAGE + 1)
    assert 'href="?q=piece%20%26&amp;page=2"' not in history(anna_client, q="piece &")
    assert 'href="?q=piece%20mp3&amp;page=2"' in history(anna_client, q="piece mp3")


@pytest.mark.parametrize("page", ["0", "99", "last", "-1"])
def test_a_page_that_does_not_exist_shows_one_that_does(anna_client: Client, heard: Song, page: str) -> None:
    assert str(heard.id) in history(anna_client, page=page)


def test_a_failed_song_says_why_and_can_be_retried(anna: Person, anna_client: Client) -> None:
    failed_songs(anna, 1)
    html = history(anna_client)
    assert "It broke off." in html
    assert reverse("song-retry", args=[Song.objects.get().id]) in html


def test_songs_on_their_way_renew_the_page_where_there_is_no_script(anna_client: Client, waiting: Song) -> None:
    html = history(anna_client)
    assert '<noscript><meta http-equiv="refresh"' in html
    assert "Waiting, next in the queue" in html


def test_a_full_page_asks_the_database_as_often_as_one_song(
    anna: Person, anna_client: Client, hear: Submit, django_assert_num_queries: Callable
) -> None:
    # Session, person, number of songs, songs, their analyses, worker.
    hear(1)
    with django_assert_num_queries(6):
        history(anna_client)
    for mark in range(2, 12):
        hear(mark)
    failed_songs(anna, 5)
    with django_assert_num_queries(6):
        history(anna_client)


def test_nobody_s_history_shows_what_is_another_s(boris_client: Client, heard: Song) -> None:
    assert str(heard.id) not in history(boris_client)
    assert str(heard.id) not in history(boris_client, q="nocturne")
