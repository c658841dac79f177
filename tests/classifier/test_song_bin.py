"""The bin: what is deleted can be restored for a while, and is nowhere else meanwhile."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.accounts.quotas import usage
from classifier.jobs.analyse import song_analyse
from classifier.jobs.clean_up import clean_up
from classifier.jobs.lease import song_claim
from classifier.library.exports.formats import csv_lines
from classifier.models import Person, Queue, Song, SongLocation, Source, SourceKind, Status
from classifier.services.bulk import songs_rerun
from classifier.services.person_delete import person_delete
from classifier.services.song_bin import bin_delete, song_bin, songs_bin, songs_restore
from classifier.services.song_submit import song_submit
from classifier.uploads.disk_reserve import require_room
from tests.classifier.conftest import Disk, Submit, files_under
from tests.classifier.fake_analysis import FakeAnalyser, upload
from tests.classifier.test_full_disk import FullDatabase
from tests.shelf import shelve

NOW = timezone.now()
LATER = NOW + timedelta(days=31)

pytestmark = pytest.mark.django_db(transaction=True)


def state(song: Song) -> tuple[str, bool]:
    song.refresh_from_db()
    return song.status, song.deleted_at is not None


def test_a_deleted_song_is_in_no_list_and_comes_back_with_its_result(anna: Person, anna_client: Client) -> None:
    song, other = shelve(anna, "Deleted", artist="Field"), shelve(anna, "Other")
    assert songs_bin(ids=[song.id], now=NOW) == (1, 0)
    for address in ("song-list", "mood-map", "songs-jsonl", "predictions"):
        answer = anna_client.get(reverse(address))
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert b"Deleted" not in content
    assert anna_client.get(reverse("song-detail", args=[song.id])).status_code == 404
    assert anna_client.get(reverse("prediction", args=[song.id])).status_code == 404
    assert [line.count("Deleted") for line in csv_lines(Song.objects.for_owner(anna))] == [0, 0]
    assert (usage(anna).songs, usage(anna).bin_songs) == (1, 1)

    assert songs_restore(owner=anna, ids=[song.id, other.id], now=NOW) == 1
    assert state(song) == (Status.DONE, False)
    assert "Calm" in anna_client.get(reverse("song-detail", args=[song.id])).content.decode()


def test_a_song_that_runs_is_cancelled_first_and_queued_again_when_it_is_restored(anna: Person, submit: Submit) -> None:
    song = submit()
    claimed = song_claim(song_id=song.id, now=NOW)
    assert claimed is not None
    assert song_bin(song=song, now=NOW)
    assert state(song) == (Status.CANCELLED, True)
    assert song.lease_token is None
    assert song_claim(song_id=song.id, now=NOW) is None
    assert songs_rerun(ids=[song.id], now=NOW) == 0, "a song in the bin was queued"
    songs_restore(owner=anna, deleted_at=NOW, now=NOW)
    assert state(song) == (Status.QUEUED, False)


def test_a_song_that_its_owner_had_cancelled_stays_cancelled(anna: Person, submit: Submit) -> None:
    song = submit()
    Song.objects.filter(id=song.id).update(status=Status.CANCELLED, finished_at=NOW - timedelta(hours=1))
    song_bin(song=song, now=NOW)
    songs_restore(owner=anna, ids=[song.id], now=NOW)
    assert state(song) == (Status.CANCELLED, False)


def test_after_thirty_days_the_clean_up_deletes_it_for_good(submit: Submit, media: Path) -> None:
    song, other = submit(), submit(mark=1)
    song_bin(song=song, now=NOW)
    clean_up(now=NOW + timedelta(days=29))
    assert Song.objects.count() == 2
    clean_up(now=LATER)
    assert list(Song.objects.all()) == [other]
    assert len(files_under(media)) == 1


def test_without_a_bin_songs_are_deleted_at_once(submit: Submit, media: Path, settings: Any) -> None:
    settings.BIN_DAYS = 0
    assert songs_bin(ids=[submit().id], now=NOW) == (0, 1)
    assert files_under(media) == []


def test_uploading_the_file_again_takes_it_out_of_the_bin(anna: Person, submit: Submit, analyser: FakeAnalyser) -> None:
    song = submit()
    song_analyse(song_id=song.id)
    song_bin(song=song, now=NOW)
    again, created = song_submit(owner=anna, upload=upload(), now=NOW)
    assert (again.id, created) == (song.id, False)
    assert state(song) == (Status.DONE, False)


def test_a_disk_without_room_empties_the_bin_the_oldest_first(
    submit: Submit, disk: Disk, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, kept = submit(), submit(mark=1), submit(mark=2)
    song_bin(song=second, now=NOW)
    song_bin(song=first, now=NOW + timedelta(seconds=1))
    disk.leave(-1)
    files = len(files_under(media))
    monkeypatch.setattr(
        "classifier.uploads.disk_reserve.free_bytes",
        lambda: disk.free_bytes + (2 if len(files_under(media)) < files else 0),
    )
    require_room()
    assert set(Song.objects.all()) == {first, kept}


def test_where_no_row_can_be_written_a_song_is_deleted_for_good(song: Song, media: Path) -> None:
    with connection.execute_wrapper(FullDatabase(failures=2)):
        assert not song_bin(song=song, now=NOW)
    assert files_under(media) == []
    assert not Song.objects.exists()


def test_the_bin_leaves_when_the_quota_needs_its_room(anna: Person, submit: Submit, settings: Any) -> None:
    settings.QUOTA_SONGS = 2
    first, second = submit(), submit(mark=1)
    songs_bin(ids=[first.id], now=NOW)
    songs_bin(ids=[second.id], now=NOW + timedelta(seconds=1))
    third = submit(mark=2)
    assert set(Song.objects.all()) == {second, third}


def test_only_the_owner_restores_or_empties(anna: Person, boris: Person, submit: Submit) -> None:
    song = submit()
    song_bin(song=song, now=NOW)
    assert songs_restore(owner=boris, ids=[song.id], now=NOW) == 0
    assert songs_restore(owner=boris, deleted_at=NOW, now=NOW) == 0
    assert bin_delete(owner=boris) == bin_delete(owner=boris, ids=[song.id]) == 0
    assert bin_delete(owner=anna) == 1


def test_a_deleted_account_takes_its_bin_along(olga: Person, anna: Person, submit: Submit, media: Path) -> None:
    song_bin(song=submit(), now=NOW)
    person_delete(person=anna, songs="keep", by=olga, now=NOW)
    assert files_under(media) == []
    assert not Song.objects.exists()


def test_a_source_does_not_add_a_deleted_song_again_unless_it_is_restored(anna: Person) -> None:
    source = Source.objects.create(owner=anna, kind=SourceKind.FOLDER, name="Music", address="/music", created_at=NOW)
    song = Song.objects.create(
        owner=anna, file_name="a.mp3", size_bytes=1, status=Status.QUEUED, queue=Queue.HELD, created_at=NOW
    )
    location = SongLocation.objects.create(source=source, song=song, key="a.mp3")
    song_bin(song=song, now=NOW)
    location.refresh_from_db()
    assert location.is_ignored
    songs_restore(owner=anna, ids=[song.id], now=NOW)
    location.refresh_from_db()
    song.refresh_from_db()
    assert (location.is_ignored, song.status, song.queue) == (False, Status.QUEUED, Queue.HELD)

    song_bin(song=song, now=NOW)
    bin_delete(owner=anna)
    location.refresh_from_db()
    assert (location.is_ignored, location.song_id) == (True, None)


def test_the_page_restores_undoes_and_empties(anna: Person, anna_client: Client, boris_client: Client) -> None:
    first, second = shelve(anna, "First"), shelve(anna, "Second")
    page = anna_client.post(reverse("song-delete", args=[first.id]), follow=True).content.decode()
    assert "“First” is in the bin." in page
    moment = Song.objects.in_bin().get().deleted_at
    assert f'value="{moment.isoformat()}"' in page
    assert "Nothing to restore" in boris_client.post(
        reverse("bin-undo"), {"deleted_at": moment.isoformat()}, follow=True
    ).content.decode()  # fmt: skip
    page = anna_client.post(reverse("bin-undo"), {"deleted_at": moment.isoformat()}, follow=True).content.decode()
    assert "1 song is back in your history." in page

    songs_bin(ids=[first.id, second.id], now=NOW)
    page = anna_client.get(reverse("bin")).content.decode()
    assert "First" in page
    assert "Second" in page
    anna_client.post(reverse("bin-change"), {"action": "restore", "song": [first.id, "nonsense"]})
    assert not state(first)[1]
    question = anna_client.post(reverse("bin-change"), {"action": "empty"}).content.decode()
    assert "Empty the bin?" in question
    assert Song.objects.count() == 2
    page = anna_client.post(reverse("bin-change"), {"action": "empty", "confirmed": "1"}, follow=True).content.decode()
    assert "Deleted 1 song permanently." in page
    assert "The bin is empty." in page
    nothing = anna_client.post(reverse("bin-change"), {"action": "delete"}, follow=True)
    assert "No songs selected" in nothing.content.decode()
