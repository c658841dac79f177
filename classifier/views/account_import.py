"""The page that imports the archive of an account, as another installation exported it."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from classifier.account_import.run import ImportReport, account_import
from classifier.account_import.song_import import Outcome
from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.accounts.security_log import Kind, record_event
from classifier.errors import ProductError
from classifier.uploads.limits import file_missing, max_upload_bytes, size_text

MAX_SONGS = 2000
"""About a minute. Larger archives are imported by a command."""


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def page(request: AuthenticatedHttpRequest) -> HttpResponse:
    report: ImportReport | None = None
    error: ProductError | None = None
    if request.method == "POST":
        try:
            report = _import(request)
        except ProductError as caught:
            error = caught
    context = {
        "section": "account",
        "error": error,
        "report": report,
        "counts": {outcome.value: report.songs[outcome] for outcome in Outcome} if report else {},
        "limit": size_text(max_upload_bytes()),
        "max_songs": MAX_SONGS,
    }
    return render(request, "accounts/import.html", context, status=error.http_status if error else 200)


def _import(request: AuthenticatedHttpRequest) -> ImportReport:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or file.file is None:
        raise file_missing()
    if upload_error := getattr(file, "error", None):
        raise upload_error
    report = account_import(owner=request.user, stream=file.file, now=timezone.now(), max_songs=MAX_SONGS)
    record_event(Kind.IMPORTED, request.user, request, songs=report.songs[Outcome.ADDED])
    return report
