"""Songs of sources are analysed a few at a time, and not while their source is paused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from classifier.jobs.lease import next_song_claim, song_give_back
from classifier.models import SERVED_QUEUES, Person, Queue, Song, Source, Status, WorkerPresence
from classifier.services.bulk import songs_rerun
from classifier.sources.pacing import MIN_BATCH, owner_songs_release, songs_release
from tests.shelf import shelve
from tests.source_songs import add_song, add_songs, add_source, locate

NOW = timezone.now().replace(microsecond=0)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The queues that were sent an invitation."""
    sent: list[str] = []
    monkeypatch.setattr("classifier.jobs.queue.app.send_task", lambda name, args: sent.append(args[0]))
    return sent


def in_bulk(source: Source | None = None) -> int:
    songs = Song.objects.waiting_in(Queue.BULK)
    return (songs.filter(locations__source=source) if source else songs).count()


def analyse(now: datetime, seconds: float = 10.0) -> Song | None:
    """A worker takes the next song at this time and finishes it so many seconds later."""
    song = next_song_claim(queues=SERVED_QUEUES, now=now)
    if song:
        finish(song, now + timedelta(seconds=seconds))
    return song


def finish(song: Song, finished_at: datetime) -> None:
    Song.objects.filter(id=song.id).update(
        status=Status.DONE, finished_at=finished_at, lease_token=None, lease_expires_at=None
    )


def answer_with(processes: int, now: datetime = NOW) -> None:
    WorkerPresence.objects.update_or_create(
        name="one@here", defaults={"started_at": now, "seen_at": now, "processes": processes}
    )


# --- A few at a time --------------------------------------------------------------------------------------------------


def test_a_few_of_many_songs_wait_for_a_worker_and_each_that_is_done_makes_room(anna: Person, sent: list[str]) -> None:
    add_songs(add_source(anna), 30)
    assert songs_release(NOW) == MIN_BATCH
    assert sent == ["bulk"] * MIN_BATCH
    assert songs_release(NOW) == 0
    for _ in range(3):
        analyse(NOW)
    assert songs_release(NOW) == 3
    assert in_bulk() == MIN_BATCH


def test_many_workers_get_more_songs_at_once(anna: Person) -> None:
    answer_with(processes=6)
    add_songs(add_source(anna), 30)
    assert songs_release(NOW) == 24


def test_the_oldest_songs_come_first(anna: Person) -> None:
    songs = add_songs(add_source(anna), 12)
    songs_release(NOW)
    assert set(Song.objects.waiting_in(Queue.BULK)) == set(songs[:MIN_BATCH])


def test_each_user_has_a_batch_of_their_own(anna: Person, boris: Person) -> None:
    for person in (anna, boris):
        add_songs(add_source(person), 20)
    assert songs_release(NOW) == 2 * MIN_BATCH


def test_an_upload_is_analysed_before_all_of_them(anna: Person) -> None:
    add_songs(add_source(anna), 20)
    songs_release(NOW)
    upload = Song.objects.create(owner=anna, file="a", file_name="a", sha256="a" * 64, size_bytes=1, created_at=NOW)
    assert analyse(NOW) == upload


def test_the_rest_of_a_large_upload_comes_before_them(anna: Person) -> None:
    for number in range(MIN_BATCH):
        name = str(number)
        Song.objects.create(
            owner=anna, file=name, file_name=name, sha256=name * 64, size_bytes=1, queue=Queue.BULK, created_at=NOW
        )
    add_songs(add_source(anna), 20)
    assert songs_release(NOW) == 0


def test_a_released_song_counts_as_waiting_since_then(anna: Person) -> None:
    song = add_song(add_source(anna), created_at=NOW - timedelta(days=3), queued_at=NOW - timedelta(days=3))
    songs_release(NOW)
    song.refresh_from_db()
    assert song.queued_at == NOW


def test_a_broker_that_is_down_delays_no_release(anna: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str, args: list[str]) -> None:
        raise OSError("no broker")

    monkeypatch.setattr("classifier.jobs.queue.app.send_task", refuse)
    add_songs(add_source(anna), 20)
    assert songs_release(NOW) == MIN_BATCH
    assert Song.objects.overdue(Queue.BULK, timezone.now() + timedelta(minutes=5)).count() == MIN_BATCH


def test_a_song_whose_files_are_missing_waits_until_they_are_back(anna: Person) -> None:
    source = add_source(anna)
    song = add_song(source)
    song.locations.update(missing_since=NOW)
    assert songs_release(NOW) == 0
    song.locations.update(missing_since=None)
    assert songs_release(NOW) == 1


def test_a_server_that_does_not_answer_does_not_stop_another_source(anna: Person) -> None:
    down, fine = add_source(anna, "Down"), add_source(anna, "Fine")
    add_songs(down, 20)
    songs_release(NOW)
    add_songs(fine, 20)
    while song := next_song_claim(queues=SERVED_QUEUES, now=NOW):
        song_give_back(song_id=song.id, lease_token=song.lease_token, paused_at=NOW)  # type: ignore[arg-type]
    songs_release(NOW)
    assert (in_bulk(down), in_bulk(fine)) == (MIN_BATCH, MIN_BATCH)
    later = NOW + timedelta(seconds=61)
    assert next_song_claim(queues=SERVED_QUEUES, now=later) == Song.objects.filter(locations__source=down).first()


def test_a_file_that_is_being_written_does_not_stop_its_source(anna: Person) -> None:
    source = add_source(anna)
    add_songs(source, 20)
    songs_release(NOW)
    song = next_song_claim(queues=SERVED_QUEUES, now=NOW)
    assert song
    song_give_back(song_id=song.id, lease_token=song.lease_token, paused_at=NOW)  # type: ignore[arg-type]
    assert songs_release(NOW) == 1


def test_a_song_that_lost_its_source_is_not_held_for_ever(anna: Person) -> None:
    source = add_source(anna)
    add_song(source)
    source.delete()
    assert songs_release(NOW) == 1


# --- Pause ------------------------------------------------------------------------------------------------------------


def test_a_paused_source_gives_back_what_waits_and_finishes_what_runs(anna: Person) -> None:
    source = add_source(anna)
    add_songs(source, 20)
    songs_release(NOW)
    running = next_song_claim(queues=SERVED_QUEUES, now=NOW)
    assert running
    Source.objects.update(is_paused=True)
    owner_songs_release(anna, NOW)
    assert in_bulk() == 0
    assert Song.objects.waiting_in(Queue.HELD).count() == 19
    running.refresh_from_db()
    assert running.status == Status.RUNNING
    assert songs_release(NOW) == 0
    Source.objects.update(is_paused=False)
    assert songs_release(NOW) == MIN_BATCH


def test_a_song_of_a_paused_source_that_lies_elsewhere_too_is_analysed(anna: Person) -> None:
    paused, other = add_source(anna, "Phone", is_paused=True), add_source(anna, "Disk")
    both, alone = add_song(paused, other), add_song(paused)
    assert songs_release(NOW) == 1
    assert Song.objects.get(queue=Queue.BULK) == both
    songs_release(NOW)
    alone.refresh_from_db()
    assert alone.queue == Queue.HELD


def test_a_song_whose_other_place_is_missing_waits_for_the_paused_source(anna: Person) -> None:
    paused, other = add_source(anna, "Phone", is_paused=True), add_source(anna, "Disk")
    song = add_song(paused)
    locate(song, other, "lost.mp3", missing_since=NOW)
    assert songs_release(NOW) == 0


def test_a_pause_leaves_uploads_and_other_users_alone(anna: Person, boris: Person) -> None:
    add_songs(add_source(anna, is_paused=True), 3)
    add_songs(add_source(boris), 3)
    upload = Song.objects.create(
        owner=anna, file="a", file_name="a", sha256="a" * 64, size_bytes=1, queue=Queue.BULK, created_at=NOW
    )
    assert songs_release(NOW) == 3
    upload.refresh_from_db()
    assert upload.queue == Queue.BULK


def test_a_single_song_that_somebody_retries_does_not_wait_for_its_paused_source(anna: Person) -> None:
    song = add_song(add_source(anna, is_paused=True), queue=Queue.INTERACTIVE)
    songs_release(NOW)
    assert analyse(NOW) == song


# --- Another analysis of a whole library ------------------------------------------------------------------------------

LIBRARY = 20


@pytest.fixture
def paced_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many songs are a library."""
    monkeypatch.setattr("classifier.services.bulk.PACED_FROM", LIBRARY)


@pytest.mark.usefixtures("paced_early")
def test_another_analysis_of_a_library_is_paced_and_the_results_stay_until_then(
    anna: Person, django_capture_on_commit_callbacks: Any
) -> None:
    source = add_source(anna)
    songs = [shelve(anna, model_version="mood-3", sha256="") for _ in range(LIBRARY)]
    for song in songs:
        locate(song, source, str(song.id))
    with django_capture_on_commit_callbacks(execute=True):
        assert songs_rerun(ids=[song.id for song in songs], now=NOW) == LIBRARY
    assert Song.objects.waiting_in(Queue.HELD).count() == LIBRARY - MIN_BATCH
    assert in_bulk() == MIN_BATCH
    assert all(song.analysis for song in Song.objects.with_analysis())


@pytest.mark.usefixtures("paced_early")
def test_uploads_are_paced_in_the_same_way(anna: Person, django_capture_on_commit_callbacks: Any) -> None:
    songs = [shelve(anna, file="song.wav") for _ in range(LIBRARY)]
    with django_capture_on_commit_callbacks(execute=True):
        songs_rerun(ids=[song.id for song in songs], now=NOW)
    assert in_bulk() == MIN_BATCH
    assert songs_release(NOW) == 0


@pytest.mark.usefixtures("paced_early")
def test_another_analysis_of_a_paused_library_waits(anna: Person, django_capture_on_commit_callbacks: Any) -> None:
    source = add_source(anna, is_paused=True)
    songs = [shelve(anna, sha256="") for _ in range(LIBRARY)]
    for song in songs:
        locate(song, source, str(song.id))
    with django_capture_on_commit_callbacks(execute=True):
        songs_rerun(ids=[song.id for song in songs], now=NOW)
    assert in_bulk() == 0
