"""The pages of moods in the files of a source: preview, write, undo."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.errors import ProductError
from classifier.models import Source, TagExisting, TagJob, TagValues
from classifier.services.sources import own_source
from classifier.services.tag_jobs import own_tag_job, tag_job_create, tag_job_stop, tag_job_undo, tag_job_write
from classifier.tagging.copies import TagOptions
from classifier.tagging.permission import refusal
from classifier.views.mood_tag_rows import FAILED, change_rows, job_row, outcome_tabs

JOBS_SHOWN = 10
CHANGES_PER_PAGE = 50


class TagsForm(forms.Form):
    """What is written, for folders of sources and for downloads."""

    values = forms.ChoiceField(label=gettext_lazy("Write"), choices=TagValues.choices, initial=TagValues.SIDES)
    existing = forms.ChoiceField(
        label=gettext_lazy("Moods that others wrote"),
        choices=TagExisting.choices,
        initial=TagExisting.KEEP,
        help_text=gettext_lazy("The preview shows for each file which moods are in it now."),
    )
    with_numbers = forms.BooleanField(
        label=gettext_lazy("Also write valence and arousal, as numbers from 1 to 9"), required=False
    )

    @classmethod
    def for_download(cls) -> TagsForm:
        """Without a preview, moods of others stay unless somebody decides otherwise."""
        form = cls(initial={"existing": TagOptions.existing})
        form.fields["existing"].help_text = ""
        return form


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def source_tags(request: AuthenticatedHttpRequest, source_id: uuid.UUID) -> HttpResponse:
    """The form for a preview, and what was written before."""
    source = _source(request, source_id)
    error = refusal(source, request.user)
    form = TagsForm(request.POST or None)
    if request.method == "POST" and error is None and form.is_valid():
        try:
            job = tag_job_create(source=source, owner=request.user, now=timezone.now(), **form.cleaned_data)
            return redirect("source-tag-job", source.id, job.id)
        except ProductError as reason:
            error = reason
    jobs = TagJob.objects.filter(source=source, owner=request.user)[:JOBS_SHOWN]
    context = {
        "section": "sources",
        "source": source,
        "form": form,
        "error": error,
        "is_allowed": refusal(source, request.user) is None,
        "jobs": [job_row(job) for job in jobs],
    }
    failed = request.method == "POST" and (error is not None or form.errors)
    status = error.http_status if failed and error else HTTPStatus.BAD_REQUEST if failed else HTTPStatus.OK
    return render(request, "tags/source.html", context, status=status)


@require_safe
@never_cache
def tag_job(request: AuthenticatedHttpRequest, source_id: uuid.UUID, job_id: uuid.UUID) -> HttpResponse:
    """Progress, then every change: what is in the file, and what will be or is."""
    source, job = _job(request, source_id, job_id)
    tabs = outcome_tabs(job, request.GET.get("show", ""))
    shown = next((tab for tab in tabs if tab.is_selected), None)
    changes = shown.changes(job) if shown else job.changes.none()
    page = Paginator(changes, CHANGES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "sources",
        "source": source,
        "row": job_row(job),
        "tabs": tabs,
        "shown": shown,
        "is_failures": shown is not None and shown.key == FAILED,
        "page": page,
        "pages": list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)),
        "query": f"show={shown.key}&" if shown else "",
        "rows": change_rows(page.object_list, source.address),
    }
    return render(request, "tags/job.html", context)


@require_POST
def write(request: AuthenticatedHttpRequest, source_id: uuid.UUID, job_id: uuid.UUID) -> HttpResponse:
    return _begin(tag_job_write, request, source_id, job_id)


@require_POST
def undo(request: AuthenticatedHttpRequest, source_id: uuid.UUID, job_id: uuid.UUID) -> HttpResponse:
    return _begin(tag_job_undo, request, source_id, job_id)


@require_POST
def stop(request: AuthenticatedHttpRequest, source_id: uuid.UUID, job_id: uuid.UUID) -> HttpResponse:
    source, job = _job(request, source_id, job_id)
    tag_job_stop(job=job)
    messages.success(request, gettext("It stops after the file that is being written now."))
    return redirect("source-tag-job", source.id, job.id)


def _begin(
    step: Callable[..., object], request: AuthenticatedHttpRequest, source_id: uuid.UUID, job_id: uuid.UUID
) -> HttpResponse:
    source, job = _job(request, source_id, job_id)
    try:
        step(job=job, owner=request.user)
    except ProductError as error:
        messages.error(request, error.message)
    return redirect("source-tag-job", source.id, job.id)


def _source(request: AuthenticatedHttpRequest, source_id: uuid.UUID) -> Source:
    source = own_source(request.user, source_id)
    if source is None:
        raise Http404
    return source


def _job(request: AuthenticatedHttpRequest, source_id: uuid.UUID, job_id: uuid.UUID) -> tuple[Source, TagJob]:
    source = _source(request, source_id)
    job = own_tag_job(request.user, source, job_id)
    if job is None:
        raise Http404
    return source, job
