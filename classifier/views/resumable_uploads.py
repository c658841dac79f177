"""Files that arrive in parts: announced, sent from where they stopped, and given up if that is wished."""

from __future__ import annotations

import uuid
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.error_responses import error_status
from classifier.errors import ProductError, error_json
from classifier.ml_gateway import MoodError
from classifier.models import ResumableUpload
from classifier.uploads.partial_files import locked_partial_file
from classifier.uploads.resumable_uploads import (
    existing_song,
    received_now,
    resumable_upload_append,
    resumable_upload_create,
    resumable_upload_delete,
)
from classifier.views.ownership import return_address
from classifier.views.song_cards import cards

# Said with every request and answer, as in the tus protocol: the first byte of a part, or the next one that is missing.
OFFSET = "Upload-Offset"
BLOCK_BYTES = 256 * 1024


@require_POST
def begin(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Announce a file; with its checksum, where the browser can make one, what is here already is not sent again."""
    name, size, sha256 = (request.POST.get(key, "") for key in ("name", "size", "sha256"))
    try:
        known = existing_song(owner=request.user, sha256=sha256.lower(), now=timezone.now())
        if known is not None:
            [card] = cards([known])
            return JsonResponse({"song": card.state(), "created": False})
        file = resumable_upload_create(owner=request.user, name=name, size_bytes=_size(size), now=timezone.now())
    except ProductError as error:
        return _refused(error)
    return _told(file, file.received_bytes, status=HTTPStatus.CREATED)


@require_http_methods(["GET", "HEAD", "PATCH", "DELETE"])
@never_cache
def arriving_file(request: AuthenticatedHttpRequest, file_id: uuid.UUID) -> HttpResponse:
    file = get_object_or_404(ResumableUpload.objects.for_owner(request.user), id=file_id)
    try:
        if request.method == "PATCH":
            return _append(request, file)
        if request.method == "DELETE":
            resumable_upload_delete(file=file)
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        with locked_partial_file(file.id) as stream:
            return _told(file, received_now(file, stream))
    except (ProductError, MoodError) as error:
        return _refused(error)


@require_POST
def discard(request: AuthenticatedHttpRequest, file_id: uuid.UUID) -> HttpResponse:
    """As DELETE of the file itself, for a form."""
    file = get_object_or_404(ResumableUpload.objects.for_owner(request.user), id=file_id)
    resumable_upload_delete(file=file)
    messages.info(request, f"“{file.file_name}” is not awaited any more.")
    return redirect(return_address(request, reverse("home")))


def _append(request: AuthenticatedHttpRequest, file: ResumableUpload) -> HttpResponse:
    offset = request.headers.get(OFFSET, "")
    if not (offset.isascii() and offset.isdecimal()):
        message = f"A part says at which byte of the file it begins: send its place as the header {OFFSET}."
        raise ProductError("offset_malformed", message)
    part = _body(request)
    if not part:
        raise ProductError("part_malformed", "The part is empty: send the bytes of the file from its offset on.")
    appended = resumable_upload_append(file=file, offset=int(offset), part=part, now=timezone.now())
    if appended.song is None:
        return _told(file, appended.received_bytes)
    [card] = cards([appended.song])
    status = HTTPStatus.CREATED if appended.created else HTTPStatus.OK
    return JsonResponse({"song": card.state(), "created": appended.created}, status=status)


def _body(request: AuthenticatedHttpRequest) -> bytes:
    """As much of the part as came: where the connection broke off, that much need not be sent again."""
    blocks = bytearray()
    try:
        while block := request.read(BLOCK_BYTES):
            blocks += block
    except UnreadablePostError:
        pass
    return bytes(blocks)


def _size(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise ProductError("size_malformed", "A file is announced with its size in bytes, as a whole number.")
    return int(text)


def _told(file: ResumableUpload, received: int, status: int = HTTPStatus.OK) -> JsonResponse:
    content = {
        "id": str(file.id),
        "name": file.file_name,
        "size_bytes": file.size_bytes,
        "received_bytes": received,
        "address": reverse("arriving-file", args=[file.id]),
    }
    return JsonResponse(content, status=status, headers={OFFSET: received})


def _refused(error: ProductError | MoodError) -> JsonResponse:
    return JsonResponse(error_json(error.code, error.message), status=error_status(error))
