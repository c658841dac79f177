"""Demo songs for whoever has no music at hand: one click, and they are songs like all others."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from classifier.jobs.analyse import song_analyse
from classifier.models import Person, Song, Status
from tests.classifier.fake_analysis import FakeAnalyser, wav

TITLES = ("Slow Water", "Wires")


@pytest.fixture
def band(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Plays in place of the process that makes the songs; the commands that it was given."""
    commands: list[list[str]] = []

    def play(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        for number, title in enumerate(TITLES):
            Path(command[-1], f"{title}.flac").write_bytes(wav(mark=number + 1))
        return subprocess.CompletedProcess(command, 0, "".join(f"{title}.flac\n" for title in TITLES), "")

    monkeypatch.setattr("classifier.services.demo_render.subprocess.run", play)
    return commands


def test_one_click_adds_them_as_songs_that_wait(anna: Person, anna_client: Client, band: list[list[str]]) -> None:
    response = anna_client.post(reverse("demo-songs"), follow=True)
    assert response.redirect_chain == [(reverse("song-list"), 302)]
    assert "The demo songs are here." in response.content.decode()
    songs = Song.objects.for_owner(anna)
    assert {song.file_name for song in songs} == {f"{title}.flac" for title in TITLES}
    assert {song.status for song in songs} == {Status.QUEUED}
    assert not Path(band[0][-1]).exists(), "what they were made in is gone"


def test_they_are_heard_and_deleted_like_all_others(
    anna: Person, anna_client: Client, band: list[list[str]], analyser: FakeAnalyser
) -> None:
    anna_client.post(reverse("demo-songs"))
    song = Song.objects.for_owner(anna).first()
    song_analyse(song_id=song.id)
    song.refresh_from_db()
    assert song.status == Status.DONE
    anna_client.post(reverse("song-delete", args=[song.id]))
    assert Song.objects.for_owner(anna).count() == len(TITLES) - 1


def test_a_second_click_adds_nothing(anna: Person, anna_client: Client, band: list[list[str]]) -> None:
    anna_client.post(reverse("demo-songs"))
    response = anna_client.post(reverse("demo-songs"), follow=True)
    assert "The demo songs were here already." in response.content.decode()
    assert Song.objects.for_owner(anna).count() == len(TITLES)


def test_everybody_has_demo_songs_of_their_own(
    anna_client: Client, boris: Person, boris_client: Client, band: list[list[str]]
) -> None:
    anna_client.post(reverse("demo-songs"))
    assert not Song.objects.for_owner(boris).exists()
    boris_client.post(reverse("demo-songs"))
    assert Song.objects.for_owner(boris).count() == len(TITLES)


def test_songs_are_not_made_by_looking(anna_client: Client, band: list[list[str]]) -> None:
    assert anna_client.get(reverse("demo-songs")).status_code == 405
    assert band == []


@pytest.mark.parametrize(
    "failure",
    [subprocess.TimeoutExpired("python", 180), subprocess.CalledProcessError(1, "python", stderr="No space left.")],
    ids=["too slow", "broken"],
)
def test_songs_that_cannot_be_made_are_told_in_a_sentence(
    anna: Person, anna_client: Client, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise failure

    monkeypatch.setattr("classifier.services.demo_render.subprocess.run", fail)
    response = anna_client.post(reverse("demo-songs"))
    assert response.status_code == 503
    assert "could not be made" in response.content.decode()
    assert not Song.objects.for_owner(anna).exists()
    as_json = anna_client.post(reverse("demo-songs"), headers={"accept": "application/json"})
    assert as_json.json()["error"]["code"] == "demo_failed"


@pytest.mark.timeout(180)
def test_the_real_songs_come_from_a_process_of_their_own(anna: Person, anna_client: Client) -> None:
    anna_client.post(reverse("demo-songs"))
    songs = Song.objects.for_owner(anna)
    assert songs.count() == 5
    assert {Path(song.file.path).read_bytes()[:4] for song in songs} == {b"fLaC"}
