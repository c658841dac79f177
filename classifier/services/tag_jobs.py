"""Actions of users on moods in the files of their sources: preview, write, stop, continue, undo."""

from __future__ import annotations

import uuid
from datetime import datetime
from http import HTTPStatus

from django.db import transaction
from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.models import Person, Source, TagJob, TagState, TagStatus, TagStep
from classifier.tagging.permission import require_writable
from classifier.tagging.writing import changes_to_undo, changes_to_write

OVER = (TagStatus.DONE, TagStatus.STOPPED, TagStatus.FAILED)


def tag_job_create(
    *, source: Source, owner: Person, values: str, existing: str, with_numbers: bool, now: datetime
) -> TagJob:
    """A preview, read in the background. Earlier ones that were not written are deleted. Raises ProductError."""
    require_writable(source, owner)
    with transaction.atomic():
        # Against a second click: the rows of a source are locked, and one of the two finds the other's task.
        Source.objects.select_for_update().get(id=source.id)
        jobs = TagJob.objects.filter(source=source)
        if jobs.filter(status__in=(TagStatus.WAITING, TagStatus.RUNNING)).exclude(step=TagStep.READ).exists():
            raise _busy()
        jobs.filter(step=TagStep.READ).delete()
        return TagJob.objects.create(
            source=source, owner=owner, values=values, existing=existing, with_numbers=with_numbers, created_at=now
        )


def tag_job_write(*, job: TagJob, owner: Person) -> None:
    """Write what the preview shows, or go on with it."""
    _require(job, owner)
    _start(job, TagStep.WRITE, changes_to_write(job).exists())


def tag_job_undo(*, job: TagJob, owner: Person) -> None:
    """Take back what was written."""
    _require(job, owner)
    _start(job, TagStep.UNDO, changes_to_undo(job).exists())


def tag_job_stop(*, job: TagJob) -> None:
    """After the file that is written now. One that waits stops at once."""
    TagJob.objects.filter(id=job.id, status=TagStatus.RUNNING).update(stop_requested=True)
    TagJob.objects.filter(id=job.id, status=TagStatus.WAITING).update(status=TagStatus.STOPPED)


def own_tag_job(owner: Person, source: Source, job_id: uuid.UUID) -> TagJob | None:
    return TagJob.objects.filter(owner=owner, source=source, id=job_id).first()


def written_count(job: TagJob) -> int:
    return job.changes.filter(state=TagState.WRITTEN).count()


def _require(job: TagJob, owner: Person) -> None:
    if job.source is not None:
        require_writable(job.source, owner)


def _start(job: TagJob, step: TagStep, has_changes: bool) -> None:
    if job.source_id is None:
        raise ProductError("tags_not_here", gettext("Its source was removed: use manage.py tag --undo for its files."))
    if not has_changes:
        raise ProductError(
            "tags_nothing", gettext("There is nothing to write or to undo in these files."), HTTPStatus.CONFLICT
        )
    with transaction.atomic():
        Source.objects.select_for_update().filter(id=job.source_id).first()
        others = TagJob.objects.filter(source=job.source_id, status__in=(TagStatus.WAITING, TagStatus.RUNNING))
        if others.exclude(id=job.id).exclude(step=TagStep.READ).exists():
            raise _busy()
        # A preview that is still read cannot be written; one whose reading failed has not all files.
        ready = TagJob.objects.filter(id=job.id, status__in=OVER)
        ready = ready.exclude(step=TagStep.READ, status__in=(TagStatus.STOPPED, TagStatus.FAILED))
        if not ready.update(step=step, status=TagStatus.WAITING, counts={}, error_code="", error_message=""):
            raise _busy()


def _busy() -> ProductError:
    return ProductError(
        "tags_busy",
        gettext("Files of this source are being written now: wait until that is over, or stop it."),
        HTTPStatus.CONFLICT,
    )
