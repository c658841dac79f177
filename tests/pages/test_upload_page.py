"""The upload page and its form, with and without JavaScript."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.models import Person, ResumableUpload, Song, Status, WorkerPresence
from tests.classifier.fake_analysis import upload

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(64)


def send(client: Client, *files: SimpleUploadedFile, **headers: str):
    return client.post(reverse("upload"), {"file": list(files)}, headers=headers)


def send_by_script(client: Client, *files: SimpleUploadedFile):
    return send(client, *files, accept="application/json")


def test_upload_of_one_song_redirects_to_its_page(anna_client: Client) -> None:
    response = send(anna_client, upload())
    song = Song.objects.get()
    assert response.headers["Location"] == reverse("song-detail", args=[song.id])
    page = anna_client.get(response.headers["Location"]).content.decode()
    assert "Queued, next" in page
    assert '<noscript><meta http-equiv="refresh"' in page


def test_upload_of_several_songs_redirects_to_the_history(anna_client: Client) -> None:
    response = send(anna_client, upload("one.wav", 1), upload("two.wav", 2))
    assert response.headers["Location"] == reverse("song-list")
    assert Song.objects.count() == 2


def test_one_bad_file_does_not_stop_the_others(anna_client: Client) -> None:
    response = send(anna_client, upload("good.wav", 1), upload("bad.mp3", content=PICTURE))
    page = anna_client.get(response.headers["Location"]).content.decode()
    assert "bad.mp3:" in page
    assert "PNG" in page
    assert [song.file_name for song in Song.objects.all()] == ["good.wav"]


def test_a_file_that_is_not_audio_is_rejected_above_the_form(anna_client: Client) -> None:
    response = send(anna_client, upload("holiday.mp3", content=PICTURE))
    assert response.status_code == 415
    page = response.content.decode()
    assert "holiday.mp3:" in page
    assert "PNG image" in page
    assert 'type="file"' in page


def test_an_empty_file_is_rejected_with_a_message(anna_client: Client) -> None:
    response = send(anna_client, upload(content=b""))
    assert response.status_code == 400
    assert "The file is empty" in response.content.decode()


def test_a_form_without_a_file_is_rejected_with_a_message(anna_client: Client) -> None:
    response = anna_client.post(reverse("upload"))
    assert response.status_code == 400
    assert "file_missing" in response.content.decode()


def test_a_duplicate_redirects_to_the_existing_song(anna_client: Client) -> None:
    send(anna_client, upload())
    response = send(anna_client, upload("renamed.wav"))
    song = Song.objects.get()
    assert response.headers["Location"] == reverse("song-detail", args=[song.id])
    page = anna_client.get(response.headers["Location"]).content.decode()
    assert f'You already have this song: <a href="{reverse("song-detail", args=[song.id])}">song.wav</a>' in page


def test_a_script_gets_the_song_and_its_state_as_json(anna_client: Client) -> None:
    response = send_by_script(anna_client, upload())
    song = Song.objects.get()
    assert response.status_code == 201
    answer = response.json()
    assert answer["id"] == str(song.id)
    assert (answer["status"], answer["text"]) == ("queued", "Queued, next")
    assert anna_client.get(answer["card"]).status_code == 200
    again = send_by_script(anna_client, upload())
    assert (again.status_code, again.json()["created"]) == (200, False)


def test_a_script_gets_errors_as_json(anna_client: Client) -> None:
    response = send_by_script(anna_client, upload("holiday.mp3", content=PICTURE))
    assert response.status_code == 415
    assert response.json()["error"]["code"] == "not_audio"
    assert send_by_script(anna_client).json()["error"]["code"] == "file_missing"


@pytest.mark.parametrize(
    "name", ['a "quoted" name.wav', "Жизнь – 歌.wav", "../../etc/passwd.wav", "x" * 300 + ".wav", "<b>bold</b>.wav"]
)
def test_any_file_name_is_shown_as_text(anna_client: Client, name: str) -> None:
    response = send(anna_client, upload(name))
    page = anna_client.get(response.headers["Location"]).content.decode()
    assert "<b>bold" not in page
    assert ".wav" in page


def test_the_page_states_the_limits(anna_client: Client, settings) -> None:
    settings.MAX_UPLOAD_MB = 7
    page = anna_client.get(reverse("home")).content.decode()
    assert "from 3 seconds to 2 hours long and up to 7 MB." in page
    assert 'data-max-bytes="7000000"' in page


def test_the_page_warns_if_no_worker_answers(anna_client: Client) -> None:
    notice = '<div class="notice alarm" data-no-worker role="status">'
    assert notice in anna_client.get(reverse("home")).content.decode()
    now = timezone.now()
    WorkerPresence.objects.create(name="worker@here", started_at=now, seen_at=now)
    assert notice not in anna_client.get(reverse("home")).content.decode()


def test_the_page_lists_recent_songs_of_the_user(anna_client: Client, boris_client: Client) -> None:
    send(anna_client, upload())
    song = Song.objects.get()
    assert str(song.id) in anna_client.get(reverse("home")).content.decode()
    assert str(song.id) not in boris_client.get(reverse("home")).content.decode()


def test_the_states_of_several_songs_take_nine_queries(anna_client: Client, django_assert_num_queries) -> None:
    for mark in range(5):
        send(anna_client, upload(f"{mark}.wav", mark))
    Song.objects.filter(file_name="3.wav").update(status=Status.FAILED, error_message="It broke off.")
    ids = ",".join(str(song.id) for song in Song.objects.all())
    # Session, user, users who wait, queued and running songs, workers twice, songs, analyses. No speed is measured
    # without a worker.
    with django_assert_num_queries(9):
        response = anna_client.get(reverse("song-states"), {"ids": ids})
    answer = response.json()
    texts = {song["title"]: song["text"] for song in answer["songs"]}
    assert texts["0.wav"] == "Queued, next"
    assert texts["4.wav"] == "Queued, number 4"
    assert texts["3.wav"] == "Failed: It broke off."
    assert answer["worker_answers"] is False
    assert answer["underway"] == {"queued": 4, "running": 0, "count": 4, "text": "4 songs queued."}


@pytest.mark.parametrize(("stage", "text"), [("decoding", "Decoding"), ("listening", "Analysing")])
def test_progress_is_shown_in_segments(anna_client: Client, submit, stage: str, text: str) -> None:
    song = submit()
    Song.objects.filter(id=song.id).update(
        status=Status.RUNNING,
        stage=stage,
        segments_done=3,
        segments_total=12,
        lease_token=song.id,
        lease_expires_at=timezone.now(),
    )
    [state] = anna_client.get(reverse("song-states"), {"ids": song.id}).json()["songs"]
    assert (state["text"], state["percent"]) == (f"{text}, segment 3 of 12", 25)
    assert 'value="25"' in anna_client.get(reverse("song-detail", args=[song.id])).content.decode()


def test_the_songs_of_other_users_have_no_state(boris_client: Client, submit) -> None:
    song = submit()
    assert boris_client.get(reverse("song-states"), {"ids": song.id}).json()["songs"] == []
    assert boris_client.get(reverse("song-card", args=[song.id])).status_code == 404


def test_malformed_ids_are_rejected(anna_client: Client) -> None:
    response = anna_client.get(reverse("song-states"), {"ids": "1,2"})
    assert response.status_code == 400
    assert json.loads(response.content)["error"]["code"] == "ids_malformed"


def test_unfinished_songs_come_before_recent_ones(anna_client: Client, submit, settings) -> None:
    songs = [submit(mark) for mark in range(12)]
    for song in songs[4:]:
        Song.objects.filter(id=song.id).update(status=Status.CANCELLED)
    page = anna_client.get(reverse("home")).content.decode()
    shown = re.findall(r'data-song="([\w-]+)"', page)
    queued_song, over = songs[:4], songs[:5:-1]
    assert shown == [str(song.id) for song in (*queued_song, *over)]
    assert "4 songs queued." in page


def test_the_page_takes_no_more_queries_for_many_songs(
    anna_client: Client, submit, django_assert_max_num_queries
) -> None:
    for mark in range(30):
        submit(mark)
    with django_assert_max_num_queries(13):
        anna_client.get(reverse("home"))


def test_an_unfinished_upload_is_listed_for_its_owner(anna: Person, anna_client: Client, boris_client: Client) -> None:
    now = timezone.now()
    file = ResumableUpload.objects.create(
        owner=anna, file_name="<b>.wav", size_bytes=2_000_000, received_bytes=900_000, created_at=now, touched_at=now
    )
    page = anna_client.get(reverse("home")).content.decode()
    assert "45 % of 2 MB uploaded" in page
    assert 'data-name="&lt;b&gt;.wav"' in page
    assert reverse("upload-delete", args=[file.id]) in page
    assert "45 %" not in boris_client.get(reverse("home")).content.decode()


def test_cancel_all_cancels_the_queued_songs_of_the_user_only(anna_client: Client, boris: Person, submit) -> None:
    queued, running, others = submit(1), submit(2), submit(3, owner=boris)
    Song.objects.filter(id=running.id).update(
        status=Status.RUNNING, lease_token=running.id, lease_expires_at=timezone.now()
    )
    page = anna_client.post(reverse("songs-cancel"), follow=True).content.decode()
    assert "Cancelled 1 song." in page
    states = {song.id: song.status for song in Song.objects.all()}
    assert states == {queued.id: Status.CANCELLED, running.id: Status.RUNNING, others.id: Status.QUEUED}


def announced(anna: Person, name: str, received_bytes: int = 0) -> ResumableUpload:
    now = timezone.now()
    return ResumableUpload.objects.create(
        owner=anna,
        file_name=name,
        size_bytes=2_000_000,
        received_bytes=received_bytes,
        created_at=now,
        touched_at=now,
    )


def test_an_announced_file_without_bytes_is_listed_and_can_be_cancelled(anna: Person, anna_client: Client) -> None:
    file = announced(anna, "later.wav")
    page = anna_client.get(reverse("home")).content.decode()
    assert "Not started, 0 of 2 MB uploaded" in page
    assert 'Cancel<span class="visually-hidden"> later.wav' in page
    page = anna_client.post(reverse("upload-delete", args=[file.id]), follow=True).content.decode()
    assert "later.wav” is deleted." in page
    assert not ResumableUpload.objects.exists()


def test_a_complete_upload_that_is_no_song_yet_is_listed(anna: Person, anna_client: Client) -> None:
    announced(anna, "there.wav", received_bytes=2_000_000)
    page = anna_client.get(reverse("home")).content.decode()
    assert "Uploaded, but not stored yet" in page
    assert "Choose the same file again" not in page


def test_all_unfinished_uploads_of_the_user_are_deleted_at_once(
    anna: Person, anna_client: Client, boris: Person
) -> None:
    announced(boris, "other.wav")
    announced(anna, "0.wav")
    button = "Delete all unfinished uploads"
    assert button not in anna_client.get(reverse("home")).content.decode()
    for number in range(1, 60):
        announced(anna, f"{number}.wav")
    page = anna_client.get(reverse("home")).content.decode()
    assert "60 unfinished uploads." in page
    assert button in page
    page = anna_client.post(reverse("uploads-delete"), follow=True).content.decode()
    assert "Deleted 60 unfinished uploads." in page
    assert [upload.file_name for upload in ResumableUpload.objects.all()] == ["other.wav"]
