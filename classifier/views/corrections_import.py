"""The page that takes a CSV of corrections: it shows what each row would change, then makes all changes at once."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.errors import ProductError
from classifier.library.exports.csv_text import csv_table
from classifier.localized import grouped
from classifier.services.corrections.confirmation import (
    corrections_confirm,
    corrections_discard,
    corrections_send,
    corrections_sent,
)
from classifier.services.corrections.plan import Plan
from classifier.uploads.limits import MAX_TABLE_BYTES, file_missing, size_text

MAX_SHOWN = 200
REPORT_COLUMNS = ("row", "song", "song_id", "result", "before", "after", "code", "message")


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Shows the form, and the report of a file that waits for a confirmation. POST sends a file."""
    error: ProductError | None = None
    if request.method == "POST":
        try:
            file = request.FILES.get("file")
            if not isinstance(file, UploadedFile) or file.file is None:
                raise file_missing()
            if upload_error := getattr(file, "error", None):
                raise upload_error
            corrections_send(owner=request.user, name=file.name or "", content=file.file, now=timezone.now())
            return redirect("corrections-import")
        except ProductError as caught:
            error = caught
    return _page(request, error)


@require_POST
def confirm(request: AuthenticatedHttpRequest) -> HttpResponse:
    """`action` is confirm or discard; `digest` tells which changes the page showed."""
    if request.POST.get("action") != "confirm":
        corrections_discard(owner=request.user)
        messages.success(request, gettext("The file is discarded. Nothing was changed."))
        return redirect("corrections-import")
    try:
        changed = corrections_confirm(owner=request.user, digest=request.POST.get("digest", ""), now=timezone.now())
    except ProductError as error:
        return _page(request, error)
    message = ngettext(
        "Your verdicts on %(count)s song are saved.", "Your verdicts on %(count)s songs are saved.", changed
    )
    messages.success(request, message % {"count": grouped(changed)})
    return redirect("corrections")


@require_safe
def report(request: AuthenticatedHttpRequest) -> HttpResponseBase:
    """The report of every row, as CSV."""
    sent = corrections_sent(owner=request.user, now=timezone.now())
    if sent is None:
        return redirect("corrections-import")
    return StreamingHttpResponse(
        csv_table(REPORT_COLUMNS, _report_rows(sent[1])),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="corrections report.csv"'},
    )


def _page(request: AuthenticatedHttpRequest, error: ProductError | None) -> HttpResponse:
    sent = corrections_sent(owner=request.user, now=timezone.now())
    context: dict[str, object] = {"section": "history", "error": error, "limit": size_text(MAX_TABLE_BYTES)}
    if sent is not None:
        file, plan = sent
        changes, problems = plan.changes, plan.problems
        context |= {
            "file": file,
            "plan": plan,
            "changes": changes[:MAX_SHOWN],
            "change_count": len(changes),
            "more_changes": max(len(changes) - MAX_SHOWN, 0),
            "problems": problems[:MAX_SHOWN],
            "problem_count": len(problems),
            "more_problems": max(len(problems) - MAX_SHOWN, 0),
        }
    return render(request, "label_agreement/import.html", context, status=error.http_status if error else 200)


def _report_rows(plan: Plan) -> Iterator[dict[str, object]]:
    for one in plan.outcomes:
        yield {
            "row": one.line,
            "song": one.name,
            "song_id": str(one.song_id or ""),
            "result": one.result,
            "before": one.before,
            "after": one.after,
            "code": one.code,
            "message": one.message,
        }
