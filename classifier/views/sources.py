"""The pages of sources: which folders and music servers a user has, and how far the analysis of their songs is."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.errors import ProductError
from classifier.jobs.health import worker_answers
from classifier.localized import grouped
from classifier.models import SongLocation, Source, SourceKind
from classifier.services.source_add import source_add, source_connection_set
from classifier.services.sources import (
    ignored_take_back,
    own_source,
    songs_of_other_places,
    source_edit,
    source_pause,
    source_remove,
    source_resume,
    source_retry,
)
from classifier.sources.folder_choice import folder_choice
from classifier.sources.progress import library_progress, songs_of_older_models, source_failures
from classifier.sources.scan_lease import scan_request
from classifier.views.queue_summary import left_text
from classifier.views.source_forms import ConnectionForm, FolderForm, ServerForm, SourceForm
from classifier.views.source_rows import ACTIVE_POLL_S, IDLE_POLL_S, source_row

IGNORED_PER_PAGE = 50


@require_safe
@never_cache
def source_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    now = timezone.now()
    progress = library_progress(request.user, now)
    rows = [source_row(source, now, one) for source, one in progress.of_source.items()]
    total = progress.total if len(rows) > 1 else None
    context = {
        "section": "sources",
        "rows": rows,
        "total": total,
        "left": left_text(total.remaining_s) if total else "",
        "poll_s": min((row.poll_s for row in rows), default=IDLE_POLL_S),
        "worker_answers": worker_answers(now=now) or not any(row.progress.left for row in rows if not row.is_removed),
    }
    return render(request, "sources/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def add_folder(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Choose a folder, one level at a time; each level is a page."""
    form = FolderForm(request.POST or None)
    error = ""
    if request.method == "POST" and form.is_valid():
        folder = form.cleaned_data["folder"]
        try:
            source = source_add(
                owner=request.user,
                kind=SourceKind.FOLDER,
                name=form.cleaned_data["name"] or Path(folder).name,
                address=folder,
                now=timezone.now(),
            )
            return _added(request, source)
        except ProductError as reason:
            error = reason.message
    choice = None
    if settings.MUSIC_DIRS:
        try:
            choice = folder_choice(request.POST.get("folder", "") or request.GET.get("folder", ""))
        except ProductError as reason:
            error = error or reason.message
    context = {
        "section": "sources",
        "choice": choice,
        "name": request.POST.get("name") or (Path(choice.path).name if choice else ""),
        "error": error,
        "is_on": bool(settings.MUSIC_DIRS),
    }
    return render(request, "sources/add_folder.html", context, status=400 if error else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def add_server(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = ServerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            source = source_add(
                owner=request.user,
                kind=values["kind"],
                name=values["name"],
                address=values["address"],
                username=values["username"],
                secret=values["secret"],
                now=timezone.now(),
            )
            return _added(request, source)
        except ProductError as error:
            form.add_service_error(error)
    context = {"section": "sources", "form": form}
    return render(request, "sources/add_server.html", context, status=400 if form.errors else 200)


@require_safe
@never_cache
def source_detail(request: AuthenticatedHttpRequest, source_id: uuid.UUID) -> HttpResponse:
    now = timezone.now()
    source = _source(request, source_id)
    row = source_row(source, now)
    ignored = SongLocation.objects.filter(source=source, is_ignored=True).order_by("path", "id")
    context = {
        "section": "sources",
        "source": source,
        "row": row,
        "failures": source_failures(source),
        "ignored": Paginator(ignored, IGNORED_PER_PAGE).get_page(request.GET.get("page")),
        "worker_answers": worker_answers(now=now) or not row.progress.left,
        "older": 0 if request.htmx else songs_of_older_models(source),
        "is_active": row.poll_s == ACTIVE_POLL_S,
    }
    return render(request, "sources/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit(request: AuthenticatedHttpRequest, source_id: uuid.UUID) -> HttpResponse:
    """Two forms: how the songs are analysed, and for servers the connection."""
    source = _source(request, source_id)
    is_connection = source.kind != SourceKind.FOLDER and request.POST.get("form") == "connection"
    form = SourceForm.of(source, request.POST if request.method == "POST" and not is_connection else None)
    connection_form = ConnectionForm.of(source, request.POST if is_connection else None)
    if is_connection and connection_form.is_valid():
        try:
            source_connection_set(source=source, **connection_form.cleaned_data, now=timezone.now())
            return _done(request, source, gettext("The connection works and is stored. A scan begins in a moment."))
        except ProductError as error:
            connection_form.add_service_error(error)
    elif form.is_bound and form.is_valid():
        source_edit(source=source, **form.cleaned_data, now=timezone.now())
        text = gettext("The changes of %(name)s are saved.") % {"name": form.cleaned_data["name"]}
        return _done(request, source, text)
    context = {"section": "sources", "source": source, "form": form}
    if source.kind != SourceKind.FOLDER:
        context["connection_form"] = connection_form
    return render(request, "sources/edit.html", context, status=400 if form.errors or connection_form.errors else 200)


@require_POST
def pause(request: AuthenticatedHttpRequest, source_id: uuid.UUID) -> HttpResponse:
    source = _source(request, source_id)
    source_pause(source=source, now=timezone.now())
    text = gettext("%(name)s is paused. A song that is analysed now is finished.") % {"name": source.name}
    return _done(request, source, text)


@require_POST
def resume(request: AuthenticatedHttpRequest, source_id: uuid.UUID) -> HttpResponse:
    source = _source(request, source_id)
    source_resume(source=source, now=timezone.now())
    return _done(request, source, gettext("The analysis of %(name)s continues.") % {"name": source.name})


@require_POST
def scan(request: AuthenticatedHttpRequest, source_id: uuid.UUID) -> HttpResponse:
    source = _source(request, source_id)
    if scan_request(source, timezone.now()):
        messages.success(request, gettext("A scan of %(name)s begins in a moment.") % {"name": source.name})
    else:
        messages.info(request, gettext("A scan of %(name)s runs already.") % {"name": source.name})
    return redirect("source", source.id)


@require_POST
def retry(request: AuthenticatedHttpRequest, source_id: uuid.UUID) -> HttpResponse:
    source = _source(request, source_id)
    count = source_retry(source=source, now=timezone.now())
    if count:
        message = ngettext("%(count)s song will be analysed again.", "%(count)s songs will be analysed again.", count)
        messages.success(request, message % {"count": grouped(count)})
    else:
        messages.info(
            request, gettext("No song can be analysed with another result: the files themselves are the cause.")
        )
    return redirect("source", source.id)


@require_POST
def take_back(request: AuthenticatedHttpRequest, source_id: uuid.UUID) -> HttpResponse:
    """One ignored file, or all of them."""
    source = _source(request, source_id)
    location = request.POST.get("location", "")
    ids = [int(location)] if location.isdecimal() and len(location) < 19 else None
    if ids is None and not request.POST.get("all"):
        raise Http404
    count = ignored_take_back(source=source, ids=ids, now=timezone.now())
    message = ngettext(
        "%(count)s file will be added again by the next scan.",
        "%(count)s files will be added again by the next scan.",
        count,
    )
    return _done(request, source, message % {"count": grouped(count)})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def remove(request: AuthenticatedHttpRequest, source_id: uuid.UUID) -> HttpResponse:
    source = _source(request, source_id)
    if request.method != "POST":
        row = source_row(source, timezone.now())
        kept = songs_of_other_places(source)
        return render(
            request, "sources/remove.html", {"section": "sources", "source": source, "row": row, "kept": kept}
        )
    removal = source_remove(source=source, now=timezone.now())
    if removal.is_finished:
        message = ngettext(
            "Removed %(name)s with %(count)s song.", "Removed %(name)s with %(count)s songs.", removal.songs
        )
        messages.success(request, message % {"name": source.name, "count": grouped(removal.songs)})
    else:
        messages.success(
            request,
            gettext("%(name)s is being removed with its songs. This goes on in the background.")
            % {"name": source.name},
        )
    return redirect("source-list")


def _added(request: AuthenticatedHttpRequest, source: Source) -> HttpResponse:
    text = gettext("%(name)s is connected. Its songs appear here as the first scan finds them.")
    return _done(request, source, text % {"name": source.name})


def _done(request: AuthenticatedHttpRequest, source: Source, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("source", source.id)


def _source(request: AuthenticatedHttpRequest, source_id: uuid.UUID) -> Source:
    source = own_source(request.user, source_id)
    if source is None:
        raise Http404
    return source
