"""The data of an account as a download."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from classifier.accounts.security_log import Kind, record_event
from classifier.library.account_export import account_archive, archive_name
from classifier.models import Person


def export_response(request: HttpRequest, person: Person) -> HttpResponseBase:
    """A zip, streamed while it is made; with `audio=1` it contains the uploaded files too."""
    with_audio = request.GET.get("audio") == "1"
    now = timezone.now()
    record_event(Kind.EXPORTED, person, request, what="account with audio" if with_audio else "account")
    return StreamingHttpResponse(
        account_archive(person, with_audio=with_audio, now=now),
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{archive_name(person, now=now)}"',
            # A proxy must not collect it before it sends it on.
            "X-Accel-Buffering": "no",
        },
    )
