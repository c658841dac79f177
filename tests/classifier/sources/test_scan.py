"""What scans find in a folder that people use."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from classifier import ml_gateway
from classifier.jobs.clean_up import clean_up
from classifier.jobs.lease import next_song_claim
from classifier.models import SERVED_QUEUES, Person, Queue, ScanStatus, Song, SongLocation, Source, Status
from classifier.sources.folder_listing import FolderListing
from classifier.sources.items import SourceItem, SourceProblem
from classifier.sources.scan import scan_request, scans_due, source_scan
from classifier.sources.scan_lease import scan_claim
from tests.classifier.sources.conftest import START, Scan, only_song, songs_by_key, write_song, write_tags


def read(song: Song, path: Path) -> Song:
    """As an analysis does it."""
    Song.objects.filter(id=song.id).update(status=Status.DONE, audio_hash=ml_gateway.audio_hash(path))
    return song.reload()


def counts(source: Source) -> dict[str, int]:
    return {name: number for name, number in source.scan_counts.items() if number and name != "files"}


def test_new_files_become_songs_that_wait_until_pacing_lets_them(music: Path, scan: Scan, anna: Person) -> None:
    write_song(music / "Field/Nocturnes/05 - Nocturne.wav")
    source = scan()
    song = only_song()
    assert (song.owner, song.status, song.queue) == (anna, Status.QUEUED, Queue.HELD)
    assert (song.title, song.artist, song.album) == ("Nocturne", "Field", "Nocturnes")
    assert (song.file_name, song.file.name, song.sha256) == ("05 - Nocturne.wav", "", "")
    assert "nocturne" in song.search_text
    assert (source.scan_status, source.scan_counts) == (ScanStatus.DONE, {"files": 1, "new": 1})
    assert next_song_claim(queues=SERVED_QUEUES, now=timezone.now()) is None


def test_unchanged_files_stay_as_they_are(music: Path, scan: Scan) -> None:
    write_song(music / "a.wav")
    scan()
    before = Song.objects.values().get()
    assert counts(scan(1)) == {"unchanged": 1}
    assert Song.objects.values().get() == before


def test_a_renamed_file_stays_the_same_song(music: Path, scan: Scan) -> None:
    path = write_song(music / "a.wav")
    song = songs_by_key(scan())["a.wav"]
    (music / "Album").mkdir()
    path.rename(music / "Album/01 a.wav")
    source = scan(1)
    assert counts(source) == {"moved": 1}
    assert songs_by_key(source) == {"Album/01 a.wav": song}


def test_a_renamed_folder_is_read_without_decoding(music: Path, scan: Scan, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        write_song(music / f"old/{number}.wav", number)
    before = songs_by_key(scan())
    (music / "old").rename(music / "new")
    monkeypatch.setattr("classifier.ml_gateway.audio_hash_limited", lambda path: pytest.fail("decoded"))
    source = scan(1)
    assert counts(source) == {"moved": 5}
    assert songs_by_key(source) == {key.replace("old", "new"): song for key, song in before.items()}


def test_a_file_that_comes_back_elsewhere_is_the_same_song(music: Path, scan: Scan) -> None:
    path = write_song(music / "a.wav")
    write_song(music / "b.wav", 1)
    song = songs_by_key(scan())["a.wav"]
    path.rename(music.parent / "away.wav")
    assert counts(scan(1)) == {"unchanged": 1, "missing": 1}
    (music.parent / "away.wav").rename(music / "c.wav")
    source = scan(2)
    assert counts(source) == {"unchanged": 1, "moved": 1}
    assert songs_by_key(source)["c.wav"] == song


def test_a_retagged_file_keeps_its_analysis_and_gets_its_new_names(music: Path, scan: Scan) -> None:
    path = write_song(music / "a.wav", title="Before")
    scan()
    song = read(only_song(), path)
    write_tags(path, title="After", artist="Clara")
    assert counts(scan(1)) == {"changed": 1}
    song.refresh_from_db()
    assert (song.title, song.artist, song.status) == ("After", "Clara", Status.DONE)
    assert song.size_bytes == path.stat().st_size
    assert "clara" in song.search_text
    assert counts(scan(2)) == {"unchanged": 1}


def test_a_new_tag_does_not_replace_what_the_user_wrote(music: Path, scan: Scan) -> None:
    path = write_song(music / "a.wav", title="Before")
    scan()
    song = read(only_song(), path)
    Song.objects.filter(id=song.id).update(title="Mine", edited_at=START)
    write_tags(path, title="After")
    scan(1)
    song.refresh_from_db()
    assert (song.title, song.tags["title"]) == ("Mine", "After")


def test_a_file_with_another_sound_is_another_song(music: Path, scan: Scan) -> None:
    path = write_song(music / "a.wav", 1)
    scan()
    earlier = read(only_song(), path)
    write_song(path, 2, title="Two")
    source = scan(1)
    song = songs_by_key(source)["a.wav"]
    assert song is not None
    assert song != earlier
    assert (song.status, song.queue) == (Status.QUEUED, Queue.HELD)
    assert not earlier.locations.filter(missing_since=None).exists()
    assert Song.objects.filter(id=earlier.id, status=Status.DONE).exists()


def test_two_files_that_changed_their_names_keep_their_songs(music: Path, scan: Scan) -> None:
    paths = [write_song(music / "a.wav", 1), write_song(music / "b.wav", 2, title="Longer")]
    songs = songs_by_key(scan())
    first, second = (read(song, path) for song, path in zip(songs.values(), paths, strict=True) if song)
    paths[0].rename(music / "c.wav")
    paths[1].rename(music / "a.wav")
    (music / "c.wav").rename(music / "b.wav")
    assert songs_by_key(scan(1)) == {"a.wav": second, "b.wav": first}
    assert Song.objects.count() == 2


def test_a_changed_file_that_nobody_has_read_yet_is_only_noted(music: Path, scan: Scan) -> None:
    path = write_song(music / "a.wav", 1)
    scan()
    path.write_bytes(path.read_bytes() + b"more")
    assert counts(scan(1)) == {"changed": 1}
    assert only_song().size_bytes == path.stat().st_size


def test_a_song_that_failed_is_tried_again_when_its_file_changes(music: Path, scan: Scan) -> None:
    path = write_song(music / "a.wav", 1)
    scan()
    read(only_song(), path)
    Song.objects.update(status=Status.FAILED, error_code="audio_unreadable", error_message="It is damaged.")
    assert counts(scan(1)) == {"unchanged": 1}
    assert only_song().status == Status.FAILED
    write_song(path, 2, title="Repaired")
    scan(2)
    assert (only_song().status, only_song().queue, only_song().error_code) == (Status.QUEUED, Queue.HELD, "")


def test_a_copy_is_a_song_until_its_sound_is_known(music: Path, scan: Scan) -> None:
    path = write_song(music / "a.wav")
    scan()
    shutil.copy2(path, music / "copy.wav")
    os.link(path, music / "link.wav")
    assert counts(scan(1)) == {"unchanged": 1, "new": 2}


def test_a_deleted_file_is_missing_and_its_song_is_deleted_a_month_later(music: Path, scan: Scan) -> None:
    path = write_song(music / "a.wav")
    write_song(music / "b.wav", 1)
    scan()
    path.unlink()
    assert counts(scan(1)) == {"unchanged": 1, "missing": 1}
    assert counts(scan(2)) == {"unchanged": 1}  # counted once
    clean_up(now=START + timedelta(days=30))
    assert Song.objects.count() == 2
    clean_up(now=START + timedelta(days=31, minutes=1))
    assert [song.file_name for song in Song.objects.all()] == ["b.wav"]
    assert SongLocation.objects.count() == 1


def test_a_song_that_lies_elsewhere_too_is_not_deleted(music: Path, scan: Scan) -> None:
    path = write_song(music / "a.wav")
    write_song(music / "b.wav")
    source = scan()
    kept = songs_by_key(source)["b.wav"]
    SongLocation.objects.update(song=kept)
    path.unlink()
    scan(1)
    clean_up(now=START + timedelta(days=60))
    assert songs_by_key(source) == {"b.wav": kept}
    assert Song.objects.filter(id=kept.id if kept else None).exists()


def test_a_file_that_is_back_is_no_longer_missing(music: Path, scan: Scan) -> None:
    path = write_song(music / "a.wav")
    write_song(music / "b.wav", 1)
    scan()
    path.rename(music.parent / "away.wav")
    scan(1)
    Song.objects.filter(file_name="a.wav").update(status=Status.FAILED, error_code="source_file_missing")
    (music.parent / "away.wav").rename(path)
    source = scan(2)
    assert counts(source) == {"unchanged": 1, "back": 1}
    song = songs_by_key(source)["a.wav"]
    assert song is not None
    assert song.status == Status.QUEUED


@pytest.mark.parametrize("how", ["empty", "gone"])
def test_nothing_is_missing_when_the_folder_is_not_mounted(how: str, music: Path, scan: Scan) -> None:
    write_song(music / "album/a.wav")
    scan()
    music.rename(music.parent / "elsewhere")
    if how == "empty":
        music.mkdir()
    source = scan(1)
    assert (source.scan_status, source.scan_error_code) == (ScanStatus.FAILED, "source_unavailable")
    assert str(music) in source.scan_error_message or source.name in source.scan_error_message
    assert list(songs_by_key(source)) == ["album/a.wav"]
    shutil.rmtree(music, ignore_errors=True)
    (music.parent / "elsewhere").rename(music)
    source = scan(2)
    assert (source.scan_status, source.scan_error_code, counts(source)) == (ScanStatus.DONE, "", {"unchanged": 1})


def test_songs_below_a_locked_folder_are_not_missing(music: Path, scan: Scan, monkeypatch: pytest.MonkeyPatch) -> None:
    write_song(music / "locked/deep/a.wav")
    write_song(music / "b.wav", 1)
    scan()
    listed = [one for one in FolderListing(str(music)) if isinstance(one, SourceItem) and one.key == "b.wav"]
    problem = SourceProblem("locked", "locked", "file_unreadable", "The folder locked cannot be read.")
    monkeypatch.setattr("classifier.sources.scan.listing_of", lambda source: [*listed, problem])
    source = scan(1)
    assert counts(source) == {"unchanged": 1, "problems": 1}
    shown = source.locations.get(key="locked")
    assert (shown.error_code, shown.song) == ("file_unreadable", None)
    monkeypatch.undo()
    assert counts(scan(2)) == {"unchanged": 2}
    assert not source.locations.filter(key="locked").exists()


def test_a_name_that_is_not_utf8_is_a_song_too(music: Path, scan: Scan) -> None:
    write_song(music / os.fsdecode(b"caf\xe9.wav"))
    source = scan()
    song = songs_by_key(source)["caf\\xe9.wav"]
    assert song is not None
    assert song.file_name == "caf\ufffd.wav"
    assert counts(scan(1)) == {"unchanged": 1}


def test_a_deleted_song_does_not_come_back(music: Path, scan: Scan) -> None:
    path = write_song(music / "a.wav")
    source = scan()
    source.locations.update(is_ignored=True, song=None)
    Song.objects.all().delete()
    assert counts(scan(1)) == {"unchanged": 1}
    path.rename(music / "b.wav")
    assert counts(scan(2)) == {"moved": 1}
    assert Song.objects.count() == 0
    source.locations.update(is_ignored=False)
    assert counts(scan(3)) == {"new": 1}
    assert songs_by_key(source) == {"b.wav": only_song()}


def test_a_quota_of_songs_holds_for_sources(music: Path, scan: Scan, settings: Any) -> None:
    settings.QUOTA_SONGS = 2
    for number in range(3):
        write_song(music / f"{number}.wav", number)
    source = scan()
    assert (Song.objects.count(), source.scan_status) == (2, ScanStatus.DONE)
    assert (source.scan_error_code, source.scan_counts["over_quota"]) == ("quota_exceeded", 1)
    settings.QUOTA_SONGS = 3
    assert (scan(1).scan_error_code, Song.objects.count()) == ("", 3)


def test_two_scans_at_once_are_one(music: Path, source: Source) -> None:
    write_song(music / "a.wav")
    assert scan_claim(source, START) is not None
    assert not source_scan(source, START + timedelta(seconds=100))
    assert not scan_request(source, START + timedelta(seconds=100))
    assert Song.objects.count() == 0


def test_a_killed_scan_is_taken_over_and_cannot_write_any_more(music: Path, source: Source, scan: Scan) -> None:
    for number in range(3):
        write_song(music / f"{number}.wav", number)
    killed = scan_claim(source, START, lambda: START)
    assert killed is not None
    later = START + timedelta(minutes=3)
    assert [one.id for one in scans_due(START)] == []
    assert [one.id for one in scans_due(later)] == [source.id]
    assert counts(scan(1)) == {"new": 3}
    killed.finish()
    assert Source.objects.get().scan_counts == {"files": 3, "new": 3}


def test_a_scan_whose_source_is_deleted_meanwhile_ends(
    music: Path, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_song(music / "a.wav")

    def listing(source: Source) -> Any:
        yield from FolderListing(source.address)
        Source.objects.all().delete()

    monkeypatch.setattr("classifier.sources.scan.listing_of", listing)
    assert source_scan(source, START)
    assert (Song.objects.count(), SongLocation.objects.count()) == (0, 0)


def test_a_scan_that_is_asked_to_stop_is_done_again(music: Path, source: Source) -> None:
    write_song(music / "a.wav")
    assert source_scan(source, START, should_stop=lambda: True)
    source.refresh_from_db()
    assert (source.scan_status, source.scan_token) == (ScanStatus.WAITING, None)


def test_sources_are_scanned_when_asked_for_and_when_due(source: Source, scan: Scan, settings: Any) -> None:
    assert [one.id for one in scans_due(START)] == [source.id]
    scan()
    settings.SOURCE_SCAN_MINUTES = 60
    assert not scans_due(START + timedelta(minutes=59))
    assert scans_due(START + timedelta(minutes=61))
    settings.SOURCE_SCAN_MINUTES = 0
    assert not scans_due(START + timedelta(days=9))
    assert scan_request(source, START)
    assert scans_due(START)


def test_a_scan_of_unchanged_files_takes_few_queries(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    items = [
        SourceItem(key=f"{n}.mp3", path=f"{n}.mp3", size_bytes=n, modified_ns=n, file_id=str(n)) for n in range(20_000)
    ]
    monkeypatch.setattr("classifier.sources.scan.listing_of", lambda source: items)
    SongLocation.objects.bulk_create(
        [
            SongLocation(
                source=source,
                key=one.key,
                path=one.path,
                size_bytes=one.size_bytes,
                modified_ns=one.modified_ns,
                file_id=one.file_id,
                is_ignored=True,
            )
            for one in items
        ],
        batch_size=1000,
    )
    monkeypatch.setattr("classifier.ml_gateway.audio_hash_limited", lambda path: pytest.fail("decoded"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert source_scan(source, START, clock=lambda: START)
    source.refresh_from_db()
    assert source.scan_counts == {"files": 20_000, "unchanged": 20_000}
    assert len(queries) < 60
