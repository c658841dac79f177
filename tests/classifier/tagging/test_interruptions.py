"""Tasks on moods in files that are stopped or killed, and others at the same time."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.models import Source, TagChange, TagState
from classifier.services.tag_jobs import tag_job_create, tag_job_stop, tag_job_undo, tag_job_write
from classifier.sources.scan_lease import scan_claim, scans_due
from classifier.tagging.leases import LEASE, tag_job_claim, tag_jobs_due
from classifier.tagging.run import tag_job_run
from tests.classifier.tagging.conftest import LATER, AddSong, moods, preview, run
from tests.classifier.tagging.jobs import SIDES, undo, write


def test_a_task_that_is_stopped_can_go_on_or_be_undone(source: Source, add_song: AddSong) -> None:
    paths = [add_song(f"{number}.flac", number) for number in (1, 2, 3)]
    job = preview(source)
    assert job.owner is not None
    tag_job_write(job=job, owner=job.owner)
    clock = iter([LATER] + [LATER + LEASE * number for number in range(1, 9)])

    def now() -> Any:
        written = sum(bool(moods(path)) for path in paths)
        if written == 1:
            tag_job_stop(job=job)
        return next(clock)

    assert tag_job_run(job, LATER, clock=now)
    job.refresh_from_db()
    assert (job.status, [bool(moods(path)) for path in paths]) == ("stopped", [True, False, False])
    assert write(job).status == "done"
    assert [moods(path) for path in paths] == [SIDES] * 3
    assert undo(job).counts["undone"] == 3


def test_a_process_that_is_asked_to_end_gives_its_task_back(source: Source, add_song: AddSong) -> None:
    path = add_song("one.flac")
    job = preview(source)
    assert job.owner is not None
    tag_job_write(job=job, owner=job.owner)
    assert tag_job_run(job, LATER, clock=lambda: LATER, should_stop=lambda: True)
    job.refresh_from_db()
    assert (job.status, moods(path)) == ("waiting", [])
    assert run(job).status == "done"
    assert moods(path) == SIDES


@pytest.mark.parametrize("is_written", [True, False])
def test_after_a_crash_in_the_middle_of_a_file_the_file_tells(
    source: Source, add_song: AddSong, is_written: bool
) -> None:
    path = add_song("one.flac")
    job = preview(source)
    change = job.changes.get()
    TagChange.objects.filter(id=change.id).update(state=TagState.WRITING)
    if is_written:
        ml_gateway.tag_files.write(path, change.before, change.after)
    assert write(job).counts["written"] == 1
    assert moods(path) == SIDES
    TagChange.objects.filter(id=change.id).update(state=TagState.WRITING)
    undo(job)
    assert moods(path) == []


def test_a_task_whose_process_was_killed_is_taken_over(source: Source, add_song: AddSong) -> None:
    add_song("one.flac")
    job = tag_job_create(
        source=source, owner=source.owner, values="sides", existing="keep", with_numbers=False, now=LATER
    )
    assert tag_job_claim(job, LATER) is not None
    assert tag_job_claim(job, LATER) is None
    assert list(tag_jobs_due(LATER)) == []
    late = LATER + LEASE * 1.1
    assert list(tag_jobs_due(late)) == [job]
    assert tag_job_run(job, late, clock=lambda: late)
    job.refresh_from_db()
    assert job.status == "done"


def test_files_are_not_written_while_a_scan_looks_at_them_nor_the_other_way_round(
    source: Source, add_song: AddSong
) -> None:
    add_song("one.flac")
    job = preview(source)
    assert job.owner is not None
    tag_job_write(job=job, owner=job.owner)
    lease = scan_claim(source, LATER)
    assert lease is not None
    assert list(tag_jobs_due(LATER)) == []
    lease.finish()
    assert list(tag_jobs_due(LATER)) == [job]
    Source.objects.update(scan_status="waiting")
    assert list(scans_due(LATER)) == [source]
    assert tag_job_claim(job, LATER) is not None
    assert list(scans_due(LATER)) == []


def test_one_task_at_a_time_writes_to_a_source(source: Source, add_song: AddSong) -> None:
    add_song("one.flac")
    job = preview(source)
    assert job.owner is not None
    tag_job_write(job=job, owner=job.owner)
    for start in (lambda: tag_job_undo(job=job, owner=source.owner), lambda: preview(source)):
        with pytest.raises(ProductError) as caught:
            start()
        assert caught.value.code in ("tags_busy", "tags_nothing")


def test_the_sources_command_works_on_tasks(source: Source, add_song: AddSong) -> None:
    """All that are due, or the one that is named."""
    path = add_song("one.flac")
    job = tag_job_create(
        source=source, owner=source.owner, values="sides", existing="keep", with_numbers=False, now=LATER
    )
    call_command("sources", "--tag-job", str(job.id))
    assert job.changes.count() == 1
    tag_job_write(job=job, owner=source.owner)
    call_command("sources")
    assert moods(path) == SIDES
    with pytest.raises(CommandError, match="no task"):
        call_command("sources", "--tag-job", str(source.id))
