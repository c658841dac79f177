"""The numbers of a library that is being analysed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from classifier.models import Person, Song, Status, WorkerPresence
from classifier.sources.progress import library_progress, source_failures, source_progress
from tests.source_songs import add_song, add_songs, add_source, locate

NOW = timezone.now().replace(microsecond=0)


def answer_with(processes: int) -> None:
    WorkerPresence.objects.create(name="one@here", started_at=NOW, seen_at=NOW, processes=processes)


def running() -> dict[str, Any]:
    source_id = "0192aaaa-0000-7000-8000-000000000000"
    return {"status": Status.RUNNING, "lease_token": source_id, "lease_expires_at": NOW, "started_at": NOW}


def done(minutes_ago: float = 60.0) -> dict[str, Any]:
    finished_at = NOW - timedelta(minutes=minutes_ago)
    return {"status": Status.DONE, "started_at": finished_at - timedelta(seconds=30), "finished_at": finished_at}


def failed(code: str = "audio_unreadable", message: str = "It is broken.") -> dict[str, Any]:
    return {"status": Status.FAILED, "error_code": code, "error_message": message, "finished_at": NOW}


def test_every_song_counts_once_by_its_state(anna: Person) -> None:
    source = add_source(anna)
    add_songs(source, 3, **done())
    add_songs(source, 2)
    add_song(source, **running())
    add_song(source, **failed())
    add_song(source, status=Status.CANCELLED)
    progress = source_progress(source, NOW)
    assert (progress.analysed, progress.waiting, progress.running) == (3, 2, 1)
    assert (progress.failed, progress.cancelled) == (1, 1)
    assert (progress.songs, progress.left, progress.ended, progress.percent) == (8, 3, 5, 62)


def test_an_empty_source_has_no_songs(anna: Person) -> None:
    progress = source_progress(add_source(anna), NOW)
    assert (progress.songs, progress.percent, progress.remaining_s) == (0, 0, None)


def test_files_with_the_same_sound_are_one_song(anna: Person) -> None:
    disk, phone = add_source(anna, "Disk"), add_source(anna, "Phone")
    song = add_song(disk, phone, **done())
    locate(song, disk, "Copies/again.mp3")
    add_song(disk, **done())
    assert (source_progress(disk, NOW).songs, source_progress(disk, NOW).duplicates) == (2, 1)
    assert (source_progress(phone, NOW).songs, source_progress(phone, NOW).duplicates) == (1, 0)
    assert (library_progress(anna, NOW).total.songs, library_progress(anna, NOW).total.duplicates) == (2, 2)


def test_missing_and_ignored_files_are_no_songs(anna: Person) -> None:
    source = add_source(anna)
    add_song(source, **done())
    add_song(source, **done()).locations.update(missing_since=NOW)
    locate(None, source, "thrown away.mp3", is_ignored=True)
    locate(None, source, "locked.mp3", error_code="file_unreadable", error_message="It cannot be read.")
    progress = source_progress(source, NOW)
    assert (progress.songs, progress.missing, progress.ignored, progress.unreadable) == (1, 1, 1, 1)


def test_songs_of_others_and_uploads_do_not_count(anna: Person, boris: Person) -> None:
    add_songs(add_source(boris), 2)
    Song.objects.create(owner=anna, file="a", file_name="a", sha256="a" * 64, size_bytes=1, created_at=NOW)
    add_song(add_source(anna))
    assert library_progress(anna, NOW).total.songs == 1


def test_a_library_has_the_speed_of_the_last_ten_minutes(anna: Person) -> None:
    source = add_source(anna)
    answer_with(processes=2)
    add_songs(source, 4, **done(minutes_ago=60))
    for minute in range(10):
        add_songs(source, 3, **done(minutes_ago=minute + 0.1))
    add_songs(source, 30)
    progress = source_progress(source, NOW)
    assert progress.songs_a_minute == pytest.approx(3, rel=0.05)
    assert progress.remaining_s == pytest.approx(600, rel=0.05)


def test_right_after_the_start_the_speed_is_that_since_the_start(anna: Person) -> None:
    source = add_source(anna)
    add_songs(source, 6, **done(minutes_ago=0))
    add_songs(source, 6, **done(minutes_ago=1.5))
    assert source_progress(source, NOW).songs_a_minute == pytest.approx(6)


def test_nobody_can_say_how_long_a_paused_library_takes(anna: Person) -> None:
    source = add_source(anna)
    answer_with(processes=1)
    add_songs(source, 3, **done(minutes_ago=1))
    add_song(source)
    assert source_progress(source, NOW).remaining_s is not None
    source.is_paused = True
    assert source_progress(source, NOW).remaining_s is None
    WorkerPresence.objects.all().delete()
    source.is_paused = False
    assert source_progress(source, NOW).remaining_s is None


def test_a_clock_that_is_set_back_leaves_a_speed(anna: Person) -> None:
    source = add_source(anna)
    add_songs(source, 5, **done(minutes_ago=1))
    assert source_progress(source, NOW - timedelta(days=1)).songs_a_minute == 0


def test_failures_are_grouped_by_their_reason_with_an_example(anna: Person) -> None:
    source = add_source(anna)
    add_songs(source, 2, **failed())
    add_songs(source, 3, **failed("audio_too_long", "It is too long."))
    locate(None, source, "locked.mp3", error_code="file_unreadable", error_message="It cannot be read.")
    reasons = source_failures(source)
    assert [(reason.code, reason.count, reason.message) for reason in reasons] == [
        ("audio_too_long", 3, "It is too long."),
        ("audio_unreadable", 2, "It is broken."),
        ("file_unreadable", 1, "It cannot be read."),
    ]
    assert [bool(reason.song_id) for reason in reasons] == [True, True, False]
    assert reasons[2].name == "locked.mp3"


def test_the_number_of_queries_does_not_grow(anna: Person, django_assert_max_num_queries: Any) -> None:
    source = add_source(anna)
    answer_with(processes=1)
    for _ in range(3):
        add_songs(source, 4)
        add_songs(source, 4, **done(minutes_ago=1))
        with django_assert_max_num_queries(8):
            source_progress(source, NOW)


def test_the_page_of_sources_has_the_numbers_of_each_and_of_all(anna: Person, boris: Person) -> None:
    disk, phone, empty = (add_source(anna, name) for name in ("Disk", "Phone", "Empty"))
    answer_with(processes=1)
    both = add_song(disk, phone, **done(minutes_ago=1))
    locate(both, disk, "Copies/again.mp3")
    locate(None, phone, "thrown away.mp3", is_ignored=True)
    add_songs(disk, 3, **done(minutes_ago=2))
    add_songs(phone, 2)
    add_song(phone, **failed())
    add_song(disk, **done()).locations.update(missing_since=NOW)
    add_song(add_source(boris))
    progress = library_progress(anna, NOW)
    for source in (disk, phone, empty):
        assert progress.of_source[source] == source_progress(source, NOW)
    assert (progress.of_source[disk].songs, progress.of_source[phone].songs, progress.total.songs) == (4, 4, 7)
    assert (progress.total.analysed, progress.total.left, progress.total.failed) == (4, 2, 1)
    assert (progress.total.missing, progress.total.ignored, progress.total.duplicates) == (1, 1, 2)


def test_twenty_sources_take_as_many_queries_as_two(anna: Person, django_assert_max_num_queries: Any) -> None:
    answer_with(processes=1)
    for number in range(20):
        source = add_source(anna, str(number))
        add_song(source)
        add_song(source, **done(minutes_ago=1))
        if number in (1, 19):
            with django_assert_max_num_queries(10):
                library_progress(anna, NOW)
