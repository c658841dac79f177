"""Demo songs: one click adds five songs that behave like any upload."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from classifier.jobs.analyse import song_analyse
from classifier.models import Person, Song, Status
from classifier.services import demo_songs_add
from classifier.services.demo_songs_add import TITLES
from tests.classifier.fake_analysis import FakeAnalyser
from tests.processor_time import processor_seconds


def test_one_click_adds_the_demo_songs_to_the_queue(anna: Person, anna_client: Client) -> None:
    response = anna_client.post(reverse("demo-songs"), follow=True)
    assert response.redirect_chain == [(reverse("song-list"), 302)]
    assert "Added the demo songs." in response.content.decode()
    songs = Song.objects.for_owner(anna)
    assert {song.file_name for song in songs} == {f"{title}.opus" for title in TITLES}
    assert {song.status for song in songs} == {Status.QUEUED}
    assert {Path(song.file.path).read_bytes()[:4] for song in songs} == {b"OggS"}


def test_the_click_is_answered_within_two_seconds_and_starts_no_process(
    anna_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: Any, **options: Any) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(subprocess, "Popen", fail)
    answers = []
    assert processor_seconds(lambda: answers.append(anna_client.post(reverse("demo-songs")))) < 2
    assert answers[0].status_code == 302


def test_demo_songs_are_analysed_and_deleted_like_uploads(
    anna: Person, anna_client: Client, analyser: FakeAnalyser
) -> None:
    anna_client.post(reverse("demo-songs"))
    song = Song.objects.for_owner(anna).first()
    song_analyse(song_id=song.id)
    song.refresh_from_db()
    assert song.status == Status.DONE
    anna_client.post(reverse("song-delete", args=[song.id]))
    assert Song.objects.for_owner(anna).count() == len(TITLES) - 1


def test_a_second_click_adds_nothing(anna: Person, anna_client: Client) -> None:
    anna_client.post(reverse("demo-songs"))
    response = anna_client.post(reverse("demo-songs"), follow=True)
    assert "You already have the demo songs." in response.content.decode()
    assert Song.objects.for_owner(anna).count() == len(TITLES)


def test_every_user_has_their_own_demo_songs(anna_client: Client, boris: Person, boris_client: Client) -> None:
    anna_client.post(reverse("demo-songs"))
    assert not Song.objects.for_owner(boris).exists()
    boris_client.post(reverse("demo-songs"))
    assert Song.objects.for_owner(boris).count() == len(TITLES)


def test_opening_the_address_adds_no_songs(anna: Person, anna_client: Client) -> None:
    assert anna_client.get(reverse("demo-songs")).status_code == 405
    assert not Song.objects.for_owner(anna).exists()


def test_an_installation_without_the_files_answers_with_one_sentence(
    anna: Person, anna_client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(demo_songs_add, "FOLDER", tmp_path)
    response = anna_client.post(reverse("demo-songs"))
    assert response.status_code == 503
    assert "lacks the demo songs" in response.content.decode()
    assert not Song.objects.for_owner(anna).exists()
    as_json = anna_client.post(reverse("demo-songs"), headers={"accept": "application/json"})
    assert as_json.json()["error"]["code"] == "demo_failed"
