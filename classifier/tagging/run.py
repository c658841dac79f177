"""One step of a task of tags, in a process of its own (`manage.py sources --tag-job`)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.models import TagJob, TagStatus, TagStep
from classifier.tagging.leases import (
    TagJobInterrupted,
    TagJobLease,
    TagJobLost,
    TagJobStopped,
    tag_job_claim,
)
from classifier.tagging.permission import require_writable
from classifier.tagging.planning import source_plan
from classifier.tagging.writing import job_undo, job_write

logger = logging.getLogger(__name__)


def tag_job_run(
    job: TagJob,
    now: datetime,
    *,
    clock: Callable[[], datetime] = timezone.now,
    should_stop: Callable[[], bool] = lambda: False,
) -> bool:
    """Run its step, unless another process does it now: then False. The row of the task has the outcome."""
    lease = tag_job_claim(job, now, clock, should_stop)
    if lease is None:
        return False
    job.refresh_from_db()
    try:
        _step(job, lease)
    except TagJobLost:
        logger.info("The tags task %s ends: it was deleted, or another process has it.", job.id)
    except TagJobInterrupted:
        lease.give_back()
    except TagJobStopped:
        lease.finish(TagStatus.STOPPED)
    except ProductError as error:
        logger.warning("The tags task %s failed: %s (%s)", job.id, error.message, error.code)
        lease.finish(TagStatus.FAILED, error)
    except Exception:
        logger.exception("The tags task %s failed.", job.id)
        failure = ProductError(
            "internal_error", gettext("Internal error; the server’s log has the details: try again.")
        )
        lease.finish(TagStatus.FAILED, failure)
        raise
    return True


def _step(job: TagJob, lease: TagJobLease) -> None:
    if job.source is None or job.owner is None:
        raise ProductError("tags_not_here", gettext("Its source was removed: use manage.py tag --undo for its files."))
    require_writable(job.source, job.owner)
    if job.step == TagStep.READ:
        lease.finish(TagStatus.DONE, left_out=source_plan(job, job.source, lease))
        return
    if job.step == TagStep.WRITE:
        job_write(job, lease)
    else:
        job_undo(job, lease)
    lease.finish(TagStatus.DONE)
