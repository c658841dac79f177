"""Actions on a song: edit, delete, cancel, retry, analyse again."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from classifier.models import Song, Status


def act(client: Client, song: Song, action: str, **form: str):
    return client.post(reverse(f"song-{action}", args=[song.id]), form)


def page_after(client: Client, response) -> str:
    assert response.status_code == 302
    return client.get(response.headers["Location"]).content.decode()


def test_title_and_artist_are_edited(anna_client: Client, analysed_song: Song) -> None:
    page = page_after(anna_client, act(anna_client, analysed_song, "edit", title="Ночь “I”", artist="Field, John"))
    assert "Ночь “I”" in page
    assert "Field, John" in page


def test_album_year_and_genre_are_edited_and_what_is_not_sent_stays(anna_client: Client, analysed_song: Song) -> None:
    page = page_after(
        anna_client, act(anna_client, analysed_song, "edit", album="Nights", year="1814", music_genre="Piano")
    )
    assert 'value="1814"' in page
    assert "Nocturne" in page
    assert "(1814)" in page
    analysed_song.refresh_from_db()
    assert (analysed_song.sort_album, analysed_song.sort_album_artist) == ("nights", "field")
    assert "must be a number" in page_after(anna_client, act(anna_client, analysed_song, "edit", year="MCM"))


def test_a_title_that_is_too_long_is_rejected_with_the_limit(anna_client: Client, analysed_song: Song) -> None:
    page = page_after(anna_client, act(anna_client, analysed_song, "edit", title="x" * 256, artist=""))
    assert "at most 255 are allowed" in page
    analysed_song.refresh_from_db()
    assert analysed_song.title == "Nocturne"


def test_deleting_a_song_needs_a_confirmation(anna_client: Client, analysed_song: Song, media: Path) -> None:
    address = reverse("song-delete", args=[analysed_song.id])
    page = anna_client.get(address).content.decode()
    assert "Delete “<bdi>Nocturne</bdi>”?" in page
    assert Song.objects.filter(id=analysed_song.id).exists()
    anna_client.post(address)
    assert not Song.objects.out_of_bin().filter(id=analysed_song.id).exists()


def test_deleting_for_good_removes_the_audio(
    anna_client: Client, queued_song: Song, media: Path, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        act(anna_client, queued_song, "delete", permanent="yes")
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_a_waiting_song_is_cancelled_and_retried(anna_client: Client, queued_song: Song) -> None:
    page = page_after(anna_client, act(anna_client, queued_song, "cancel"))
    assert "The analysis of this song was cancelled." in page
    page = page_after(anna_client, act(anna_client, queued_song, "retry"))
    assert "Queued, next" in page


def test_a_failed_song_shows_its_reason_and_code(anna_client: Client, queued_song: Song) -> None:
    Song.objects.filter(id=queued_song.id).update(
        status=Status.FAILED, error_code="audio_silent", error_message="The file holds nothing but silence."
    )
    page = anna_client.get(reverse("song-detail", args=[queued_song.id])).content.decode()
    assert "nothing but silence" in page
    assert "audio_silent" in page


@pytest.mark.parametrize(("code", "offered"), [("worker_lost", True), ("audio_silent", False), ("not_audio", False)])
def test_a_retry_is_offered_only_where_it_can_help(
    anna_client: Client, queued_song: Song, code: str, offered: bool
) -> None:
    Song.objects.filter(id=queued_song.id).update(status=Status.FAILED, error_code=code, error_message="It failed.")
    for page in (reverse("song-detail", args=[queued_song.id]), reverse("song-list")):
        html = anna_client.get(page).content.decode()
        assert (reverse("song-retry", args=[queued_song.id]) in html) == offered


def test_a_finished_song_cannot_be_cancelled(anna_client: Client, analysed_song: Song) -> None:
    assert "there is nothing to cancel" in page_after(anna_client, act(anna_client, analysed_song, "cancel"))


def test_an_action_returns_to_its_own_site_only(anna_client: Client, queued_song: Song) -> None:
    back = act(anna_client, queued_song, "cancel", next="/songs/?q=x")
    assert back.headers["Location"] == "/songs/?q=x"
    away = act(anna_client, queued_song, "retry", next="https://elsewhere.example/")
    assert away.headers["Location"] == reverse("song-detail", args=[queued_song.id])


@pytest.mark.parametrize("action", ["edit", "verdict", "retry", "cancel", "delete"])
def test_the_song_of_another_user_is_not_found(boris_client: Client, queued_song: Song, action: str) -> None:
    assert act(boris_client, queued_song, action, primary="tense").status_code == 404
    assert Song.objects.get(id=queued_song.id).status == Status.QUEUED


@pytest.mark.parametrize("action", ["edit", "verdict", "retry", "cancel"])
def test_actions_need_a_post_request(anna_client: Client, queued_song: Song, action: str) -> None:
    assert anna_client.get(reverse(f"song-{action}", args=[queued_song.id])).status_code == 405


def test_a_form_without_csrf_token_is_rejected(anna: object, queued_song: Song) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(anna)
    response = act(strict, queued_song, "delete")
    assert response.status_code == 403
    assert "This form has expired" in response.content.decode()
    assert Song.objects.filter(id=queued_song.id).exists()


def test_an_analysed_song_can_be_analysed_again(anna_client: Client, boris_client: Client, analysed_song: Song) -> None:
    assert act(boris_client, analysed_song, "again").status_code == 404
    assert act(anna_client, analysed_song, "again").url == reverse("song-detail", args=[analysed_song.id])
    analysed_song.refresh_from_db()
    assert analysed_song.status == "queued"
    assert analysed_song.analysis.name == "Calm but Powerful"
    assert "already waiting for analysis" in page_after(anna_client, act(anna_client, analysed_song, "again"))
