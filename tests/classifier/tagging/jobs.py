"""The steps of a task on moods in files, and what is in the files."""

from __future__ import annotations

from pathlib import Path

import mutagen.flac

from classifier.models import TagJob
from classifier.services.tag_jobs import tag_job_undo, tag_job_write
from tests.classifier.tagging.conftest import run

SIDES = ["Sad but Tender", "Sad", "Tender"]


def write(job: TagJob) -> TagJob:
    assert job.owner is not None
    tag_job_write(job=job, owner=job.owner)
    return run(job)


def undo(job: TagJob) -> TagJob:
    assert job.owner is not None
    tag_job_undo(job=job, owner=job.owner)
    return run(job)


def set_moods(path: Path, *values: str) -> None:
    file = mutagen.flac.FLAC(path)
    file["mood"] = list(values)
    file.save()


def outcomes(job: TagJob) -> dict[str, str]:
    return {Path(change.path).name: change.outcome for change in job.changes.all()}
