"""Tasks and changes of moods in files, in words."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.translation import gettext, gettext_noop

from classifier import ml_gateway
from classifier.localized import grouped
from classifier.models import TagChange, TagJob, TagOutcome, TagState, TagStatus, TagStep
from classifier.sources.folder_paths import relative_path, shown_path
from classifier.stored_texts import in_page_language
from classifier.tag_models import WRITTEN_OUTCOMES
from classifier.tagging.song_moods import LEFT_OUT

POLL_S = 2
FAILED = "failed"
"""The tab with the files that could not be written or undone."""
DOING = {
    TagStep.READ: gettext_noop("Reading the files"),
    TagStep.WRITE: gettext_noop("Writing moods"),
    TagStep.UNDO: gettext_noop("Undoing"),
}
OVER = {
    (TagStep.READ, TagStatus.DONE): gettext_noop("Preview"),
    (TagStep.WRITE, TagStatus.DONE): gettext_noop("Written"),
    (TagStep.UNDO, TagStatus.DONE): gettext_noop("Undone"),
}


@dataclass(frozen=True)
class JobRow:
    job: TagJob
    title: str
    """In a few words: what it does, or did."""
    left_out: list[str]
    to_write: int
    to_undo: int

    @property
    def total(self) -> int:
        return int(self.job.counts.get("total", 0))

    @property
    def done(self) -> int:
        return int(self.job.counts.get("done", 0))

    @property
    def failed(self) -> int:
        return int(self.job.counts.get("failed", 0))

    @property
    def poll_s(self) -> int:
        return POLL_S if self.job.is_active else 0

    @property
    def is_preview(self) -> bool:
        """Nothing was written yet."""
        return self.job.step == TagStep.READ

    @property
    def is_ready(self) -> bool:
        return self.is_preview and self.job.status == TagStatus.DONE


@dataclass(frozen=True)
class OutcomeTab:
    key: str
    label: str
    count: int
    is_selected: bool

    def changes(self, job: TagJob) -> QuerySet[TagChange]:
        if self.key == FAILED:
            return _failed(job).order_by("id")
        return job.changes.filter(outcome=self.key).order_by("id")


@dataclass(frozen=True)
class ChangeRow:
    path: str
    before: str
    after: str
    state: str
    error: str
    error_code: str


def job_row(job: TagJob) -> JobRow:
    title = gettext(OVER.get((TagStep(job.step), TagStatus(job.status))) or DOING[TagStep(job.step)])
    if job.status == TagStatus.WAITING:
        title = gettext("%(task)s: begins in a moment") % {"task": title}
    elif job.status == TagStatus.STOPPED:
        title = gettext("%(task)s: stopped") % {"task": title}
    elif job.status == TagStatus.FAILED:
        title = gettext("%(task)s: failed") % {"task": title}
    states: dict[str, int] = dict(
        job.changes.filter(outcome__in=WRITTEN_OUTCOMES).order_by().values_list("state").annotate(Count("id"))
    )
    return JobRow(
        job=job,
        title=title,
        left_out=[
            gettext("%(count)s %(which)s") % {"count": grouped(count), "which": gettext(LEFT_OUT[reason])}
            for reason, count in job.left_out.items()
            if reason in LEFT_OUT
        ],
        to_write=sum(states.get(state, 0) for state in (TagState.PLANNED, TagState.WRITING, TagState.FAILED)),
        to_undo=sum(states.get(state, 0) for state in (TagState.WRITING, TagState.WRITTEN)),
    )


def outcome_tabs(job: TagJob, wanted: str) -> list[OutcomeTab]:
    """Those that have files; the wanted one or the first is selected."""
    counts: dict[str, int] = dict(job.changes.order_by().values_list("outcome").annotate(Count("id")))
    found = [(outcome.value, str(outcome.label), counts[outcome]) for outcome in TagOutcome if counts.get(outcome)]
    if failed := _failed(job).count():
        found.insert(0, (FAILED, gettext("Failed"), failed))
    keys = [key for key, _, _ in found]
    selected = wanted if wanted in keys else next(iter(keys), "")
    return [OutcomeTab(key, label, count, key == selected) for key, label, count in found]


def change_rows(changes: Iterable[TagChange], folder: str) -> list[ChangeRow]:
    """`folder` is that of the source: paths are shown from there on."""
    root = shown_path(os.path.realpath(os.fsencode(folder))).rstrip("/") + "/"
    return [
        ChangeRow(
            path=shown_path(relative_path(change.path)).removeprefix(root),
            before="; ".join(ml_gateway.moods_of(change.before)),
            after="; ".join(ml_gateway.moods_of(change.after)),
            state="" if change.state in (TagState.PLANNED, TagState.FAILED) else change.state,
            error=in_page_language(change.error_message),
            error_code=change.error_code,
        )
        for change in changes
    ]


def _failed(job: TagJob) -> QuerySet[TagChange]:
    return job.changes.filter(outcome__in=WRITTEN_OUTCOMES).exclude(error_code="")
