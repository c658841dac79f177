"""The pages of sources."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.models import Person, Queue, ScanStatus, Song, SongLocation, Source, Status
from classifier.services.song_bin import song_bin
from classifier.services.source_add import source_add
from tests.shelf import shelve
from tests.source_songs import add_song, add_songs, add_source, locate

NOW = timezone.now()


@pytest.fixture
def music(tmp_path: Path, settings: Any) -> Path:
    """A folder in MUSIC_DIRS with two albums and one song."""
    folder = tmp_path / "music"
    for album in ("Calm", "Loud"):
        (folder / album).mkdir(parents=True)
    (folder / "first.mp3").write_bytes(b"a")
    settings.MUSIC_DIRS = [folder]
    return folder


def page(client: Client, name: str, *args: Any, query: str = "") -> str:
    response = client.get(f"{reverse(name, args=args)}{query}")
    assert response.status_code == 200
    return response.content.decode()


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def done() -> dict[str, Any]:
    return {"status": Status.DONE, "started_at": NOW, "finished_at": NOW}


# --- The list ---------------------------------------------------------------------------------------------------------


def test_without_sources_the_page_says_what_they_are(anna_client: Client) -> None:
    html = page(anna_client, "source-list")
    assert "Connect your whole music library" in html
    assert reverse("source-add") in html


def test_the_list_shows_the_progress_of_each_source(anna_client: Client, anna: Person, boris: Person) -> None:
    disk = add_source(anna, "Disk", scan_status=ScanStatus.DONE)
    add_songs(disk, 3, **done())
    add_song(disk)
    add_source(anna, "Phone", is_paused=True)
    add_source(boris, "Secret")
    shown = text(page(anna_client, "source-list"))
    assert "3 of 4 songs" in shown
    assert "Paused" in shown
    assert "In all: 3 of 4 songs analysed" in shown
    assert "Secret" not in shown


def test_the_navigation_and_the_empty_history_lead_to_sources(anna_client: Client) -> None:
    html = page(anna_client, "song-list")
    assert reverse("source-list") in html
    assert reverse("source-add") in html


# --- Adding a folder --------------------------------------------------------------------------------------------------


def test_without_music_dirs_the_page_says_how_to_set_it(anna_client: Client, settings: Any) -> None:
    settings.MUSIC_DIRS = []
    html = page(anna_client, "source-add")
    assert "MUSIC_DIRS=/path/to/music make run" in html
    assert "docker compose up" in html


def test_a_folder_is_chosen_by_links(anna_client: Client, anna: Person, music: Path) -> None:
    html = page(anna_client, "source-add")
    assert "Calm" in html
    assert "1 audio file lies in this folder itself" in text(html)
    html = page(anna_client, "source-add", query=f"?folder={music}/Calm")
    assert f'name="folder" value="{music}/Calm"' in html
    response = anna_client.post(reverse("source-add"), {"folder": f"{music}/Calm", "name": ""}, follow=True)
    source = Source.objects.get()
    assert (source.owner, source.name, source.address) == (anna, "Calm", f"{music}/Calm")
    assert source.scan_status in (ScanStatus.NEVER, ScanStatus.WAITING)
    assert "is connected" in response.content.decode()


def test_several_music_dirs_are_offered_first(anna_client: Client, music: Path, tmp_path: Path, settings: Any) -> None:
    other = tmp_path / "other"
    other.mkdir()
    settings.MUSIC_DIRS = [music, other, tmp_path / "not there"]
    html = page(anna_client, "source-add")
    assert str(music) in html
    assert str(other) in html
    assert "not there" not in html


@pytest.mark.parametrize("folder", ["/etc", "..", "{music}/../secret", "{music}/nowhere"])
def test_no_other_folder_can_be_seen_or_added(anna_client: Client, music: Path, folder: str) -> None:
    (music.parent / "secret").mkdir()
    (music.parent / "secret" / "hidden folder").mkdir()
    path = folder.format(music=music)
    for response in (
        anna_client.get(reverse("source-add"), {"folder": path}),
        anna_client.post(reverse("source-add"), {"folder": path, "name": "x"}),
    ):
        assert response.status_code == 400
        assert "hidden folder" not in response.content.decode()
        assert 'role="alert"' in response.content.decode()
    assert not Source.objects.exists()


def test_the_same_folder_is_added_once(anna_client: Client, music: Path) -> None:
    for _ in range(2):
        response = anna_client.post(reverse("source-add"), {"folder": str(music), "name": "Music"})
    assert response.status_code == 400
    assert Source.objects.count() == 1


# --- One source -------------------------------------------------------------------------------------------------------


def test_the_page_of_a_source_has_its_numbers_and_what_failed(anna_client: Client, anna: Person) -> None:
    source = add_source(anna, scan_status=ScanStatus.DONE, scan_counts={"files": 9, "new": 2}, scan_finished_at=NOW)
    add_songs(source, 5, **done())
    locate(Song.objects.first(), source, "copy.mp3")
    add_songs(source, 2)
    failed = add_song(source, status=Status.FAILED, error_code="audio_unreadable", error_message="It is broken.")
    failed.locations.update(path="Broken/song.mp3")
    locate(None, source, "gone.mp3", is_ignored=True)
    shown = text(page(anna_client, "source", source.id))
    assert "5 of 8 songs" in shown
    assert "Waiting 2" in shown
    assert "Copies that share an analysis 1" in shown
    assert "9 files, 2 new" in shown
    assert "It is broken. audio_unreadable" in shown
    assert "gone.mp3" in shown


def test_a_failed_scan_says_why(anna_client: Client, anna: Person) -> None:
    source = add_source(anna, scan_status=ScanStatus.FAILED, scan_error_message="The folder is not there: mount it.")
    assert "The folder is not there: mount it." in page(anna_client, "source", source.id)
    assert "The folder is not there: mount it." in page(anna_client, "source-list")


def test_songs_of_an_older_model_are_offered_for_another_analysis(anna_client: Client, anna: Person) -> None:
    source = add_source(anna)
    locate(shelve(anna, "Old", model_version="mood-3"), source, "old.mp3")
    locate(shelve(anna, "New"), source, "new.mp3")
    assert "1 song was analysed by an older model." in text(page(anna_client, "source", source.id))
    history = page(anna_client, "song-list", query=f"?heard_by=older&source={source.id}")
    assert "Old" in history
    assert "1 song" in text(history)


@pytest.mark.parametrize("name", ["source", "source-edit", "source-remove"])
def test_sources_of_others_are_not_found(boris_client: Client, anna: Person, name: str) -> None:
    source = add_source(anna)
    assert boris_client.get(reverse(name, args=[source.id])).status_code == 404


@pytest.mark.parametrize(
    "name", ["source-pause", "source-resume", "source-scan", "source-retry", "source-take-back", "source-remove"]
)
def test_nobody_changes_the_source_of_somebody_else(boris_client: Client, anna: Person, name: str) -> None:
    source = add_source(anna)
    add_song(source)
    assert boris_client.post(reverse(name, args=[source.id]), {"all": "yes"}).status_code == 404
    assert Source.objects.filter(is_paused=False).count() == Song.objects.count() == 1


def test_pause_and_resume(anna_client: Client, anna: Person) -> None:
    source = add_source(anna)
    add_songs(source, 3, queue=Queue.BULK)
    shown = anna_client.post(reverse("source-pause", args=[source.id]), follow=True).content.decode()
    assert "Resume" in shown
    assert Song.objects.waiting_in(Queue.HELD).count() == 3
    anna_client.post(reverse("source-resume", args=[source.id]))
    assert Song.objects.waiting_in(Queue.BULK).count() == 3


def test_scan_now(anna_client: Client, anna: Person) -> None:
    source = add_source(anna, scan_status=ScanStatus.DONE)
    anna_client.post(reverse("source-scan", args=[source.id]))
    source.refresh_from_db()
    assert source.scan_status == ScanStatus.WAITING


def test_hours_share_and_name_are_edited(anna_client: Client, anna: Person) -> None:
    source = add_source(anna)
    values = {"name": "Nights", "hours_from": "22", "hours_to": "6", "share": "50"}
    shown = text(anna_client.post(reverse("source-edit", args=[source.id]), values, follow=True).content.decode())
    assert "Nights" in shown
    assert "22:00 to 06:00, with 50 % of the workers’ time" in shown


def test_an_impossible_hour_is_rejected_beside_its_field(anna_client: Client, anna: Person) -> None:
    source = add_source(anna)
    values = {"name": "", "hours_from": "25", "hours_to": "6", "share": "50"}
    response = anna_client.post(reverse("source-edit", args=[source.id]), values)
    assert response.status_code == 400
    assert 'id="id_name_error"' in response.content.decode()
    assert 'id="id_hours_from_error"' in response.content.decode()


def test_retry_queues_what_can_succeed(anna_client: Client, anna: Person) -> None:
    source = add_source(anna)
    lost = add_song(source, status=Status.FAILED, error_code="worker_lost", error_message="Lost.")
    broken = add_song(source, status=Status.FAILED, error_code="audio_unreadable", error_message="Broken.")
    cancelled = add_song(source, status=Status.CANCELLED)
    fine = add_song(source, **done())
    anna_client.post(reverse("source-retry", args=[source.id]))
    states = dict(Song.objects.values_list("id", "status"))
    assert [states[song.id] for song in (lost, broken, cancelled, fine)] == ["queued", "failed", "queued", "done"]


def test_ignored_files_are_taken_back(anna_client: Client, anna: Person) -> None:
    source = add_source(anna, scan_status=ScanStatus.DONE)
    one, *_ = (locate(None, source, f"{number}.mp3", is_ignored=True) for number in range(3))
    address = reverse("source-take-back", args=[source.id])
    anna_client.post(address, {"location": str(one.id)})
    assert SongLocation.objects.filter(is_ignored=True).count() == 2
    anna_client.post(address, {"all": "yes"})
    assert not SongLocation.objects.filter(is_ignored=True).exists()
    assert anna_client.post(address).status_code == 404
    source.refresh_from_db()
    assert source.scan_status == ScanStatus.WAITING


def test_a_song_that_is_still_in_the_bin_comes_back_with_its_mood(anna_client: Client, anna: Person) -> None:
    source = add_source(anna, scan_status=ScanStatus.DONE)
    song = shelve(anna, "Thrown away", sha256="")
    locate(song, source, "here.mp3")
    song_bin(song=song, now=NOW)
    assert "Ignored files" in page(anna_client, "source", source.id)
    anna_client.post(reverse("source-take-back", args=[source.id]), {"all": "yes"})
    song.refresh_from_db()
    assert (song.deleted_at, song.status) == (None, Status.DONE)
    assert "1 of 1 song" in text(page(anna_client, "source", source.id))


def test_removing_a_source_says_what_happens_and_keeps_what_lies_elsewhere(anna_client: Client, anna: Person) -> None:
    disk, phone = add_source(anna, "Disk"), add_source(anna, "Phone")
    add_songs(disk, 2, **done())
    shared = add_song(disk, phone, **done())
    uploaded = shelve(anna, file="song.mp3")
    locate(uploaded, disk, "also here.mp3")
    shown = text(page(anna_client, "source-remove", disk.id))
    assert "The folder and its files stay as they are." in shown
    assert "4 songs are in this source. 2 of them stay" in shown
    response = anna_client.post(reverse("source-remove", args=[disk.id]), follow=True)
    assert "Removed Disk with 2 songs." in response.content.decode()
    assert set(Song.objects.all()) == {shared, uploaded}
    assert Source.objects.get() == phone


def test_a_large_source_is_removed_in_the_background(
    anna_client: Client, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("classifier.sources.removal.BATCH", 2)
    disk, phone = add_source(anna, "Disk", scan_status=ScanStatus.DONE), add_source(anna, "Phone")
    add_songs(disk, 4, **done())
    waiting = add_song(disk, phone)
    response = anna_client.post(reverse("source-remove", args=[disk.id]), follow=True)
    assert "Disk is being removed with its songs." in response.content.decode()
    shown = text(page(anna_client, "source-list"))
    assert "Being removed , 3 songs left" in shown
    assert anna_client.get(reverse("source", args=[disk.id])).status_code == 404
    assert anna_client.post(reverse("source-resume", args=[disk.id])).status_code == 404
    call_command("sources")
    assert (Song.objects.get(), Source.objects.get()) == (waiting, phone)
    assert "Disk" not in text(page(anna_client, "source-list"))


# --- Other pages ------------------------------------------------------------------------------------------------------


def test_the_history_shows_the_songs_of_a_source(anna_client: Client, anna: Person) -> None:
    disk, phone = add_source(anna, "Disk"), add_source(anna, "Phone")
    for source, title in ((disk, "On the disk"), (phone, "On the phone")):
        locate(shelve(anna, title), source, title)
    html = page(anna_client, "song-list", query=f"?source={disk.id}")
    assert "On the disk" in html
    assert "On the phone" not in html
    assert "Source: Disk" in html
    assert '<select name="source"' in html


def test_a_source_of_somebody_else_has_no_songs_for_others(boris_client: Client, anna: Person) -> None:
    source = add_source(anna, "Disk")
    locate(shelve(anna, "Of Anna"), source, "a.mp3")
    html = page(boris_client, "song-list", query=f"?source={source.id}")
    assert "Of Anna" not in html
    assert "Disk" not in html


def test_an_invalid_source_is_said(anna_client: Client) -> None:
    assert "must be the id of a source" in page(anna_client, "song-list", query="?source=x")


def test_songs_that_are_not_due_wait_in_sources(anna_client: Client, anna: Person) -> None:
    source = add_source(anna)
    add_songs(source, 3)
    assert page(anna_client, "song-list").count("Waiting in Sources") == 3
    home = page(anna_client, "home")
    assert "3 songs wait in the background" in text(home)
    assert "data-card=" not in home
    add_songs(source, 2, queue=Queue.BULK)
    assert 'data-queue-status="0"' in page(anna_client, "home")


def test_cancelling_all_uploads_leaves_sources_alone(anna_client: Client, anna: Person) -> None:
    add_songs(add_source(anna), 2)
    anna_client.post(reverse("songs-cancel"))
    assert Song.objects.queued().count() == 2


def test_the_page_of_a_song_says_where_it_lies(anna_client: Client, anna: Person) -> None:
    source = add_source(anna, "Disk")
    song = shelve(anna, "Here", sha256="")
    locate(song, source, "Albums/here.mp3")
    html = page(anna_client, "song-detail", song.id)
    assert "Albums/here.mp3" in html
    assert reverse("source", args=[source.id]) in html
    waiting = add_song(source)
    assert waiting.locations.get().path in page(anna_client, "song-detail", waiting.id)


def test_a_source_that_was_added_can_be_found_by_its_address(anna: Person, music: Path) -> None:
    source = source_add(owner=anna, kind="folder", name="", address=str(music), now=NOW)
    assert source.name
