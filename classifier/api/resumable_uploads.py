"""Resumable uploads by the tus protocol 1.0, https://tus.io/protocols/resumable-upload."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from http import HTTPMethod, HTTPStatus
from time import monotonic
from typing import Any

from django.http import HttpRequest
from django.http.request import UnreadablePostError
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from classifier.accounts.authentication import AuthenticatedApiRequest
from classifier.errors import ProductError
from classifier.ml_gateway import MoodError
from classifier.models import ApiToken, ResumableUpload
from classifier.services.resumable_uploads import (
    check_range,
    received_bytes,
    resumable_upload_append,
    resumable_upload_create,
    resumable_upload_finish,
    resumable_upload_get,
)
from classifier.uploads import tus
from classifier.uploads.limits import UPLOAD_BLOCK_BYTES, max_upload_bytes, size_text
from classifier.uploads.partial_files import expires_at, resumable_upload_delete

READ_BYTES = 64 * 1024
# A slow client loses at most so many seconds of its upload when the server is killed.
FLUSH_AFTER_S = 5
# A body with a checksum is stored only once it is verified, and waits in memory until then.
MAX_CHECKSUMMED_BYTES = 4 * UPLOAD_BLOCK_BYTES


class UnreadBody(BaseParser):
    """Leaves the body to the view, which stores it block by block."""

    media_type = tus.CONTENT_TYPE

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        return {}


class TusView(APIView):
    parser_classes = [UnreadBody]
    # Also to ask where an upload continues.
    token_scope = ApiToken.WRITE
    # A large file takes more requests than API_CALLS_PER_MINUTE allows.
    throttle_classes: list[Any] = []

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        override = request.headers.get("X-HTTP-Method-Override", "").upper()
        if request.method == HTTPMethod.POST and override in (HTTPMethod.PATCH, HTTPMethod.DELETE, HTTPMethod.HEAD):
            request.method = override
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        version = request.headers.get("Tus-Resumable")
        if request.method != HTTPMethod.OPTIONS and version != tus.VERSION:
            raise tus.version_unsupported(version)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        if request.method == HTTPMethod.HEAD:
            response.data = None
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers["Tus-Resumable"] = tus.VERSION
        response.headers["Cache-Control"] = "private, no-store"
        if response.status_code == HTTPStatus.PRECONDITION_FAILED:
            response.headers["Tus-Version"] = tus.VERSION
        return response

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        return Response(
            status=HTTPStatus.NO_CONTENT,
            headers={
                "Tus-Version": tus.VERSION,
                "Tus-Extension": ",".join(tus.EXTENSIONS),
                "Tus-Max-Size": str(max_upload_bytes()),
                "Tus-Checksum-Algorithm": ",".join(tus.CHECKSUM_ALGORITHMS),
            },
        )


class ResumableUploads(TusView):
    """Creates an upload; a body is its first bytes."""

    def post(self, request: AuthenticatedApiRequest) -> Response:
        if "Upload-Defer-Length" in request.headers:
            raise ProductError(
                "upload_length_invalid", "The size of the file must be known at the start: send Upload-Length."
            )
        if _has_body(request):
            _require_content_type(request)
        upload = resumable_upload_create(
            owner=request.user,
            size_bytes=tus.parse_upload_length(request.headers.get("Upload-Length")),
            metadata=request.headers.get("Upload-Metadata", ""),
            now=timezone.now(),
        )
        if upload.song_id is None and _has_body(request):
            upload = _append_body(request, upload, 0)
        # Without scheme and host, which a proxy in front may have changed.
        location = reverse("resumable-upload", args=[upload.id])
        return Response(status=HTTPStatus.CREATED, headers={"Location": location, **_state(upload)})


class ResumableUploadDetail(TusView):
    """Continues or deletes an upload, or returns its offset."""

    def head(self, request: AuthenticatedApiRequest, upload_id: uuid.UUID) -> Response:
        upload = self._upload(request, upload_id)
        upload.received_bytes = received_bytes(upload)
        upload = resumable_upload_finish(upload=upload, now=timezone.now())
        headers = {**_state(upload), "Upload-Length": str(upload.size_bytes)}
        if upload.metadata:
            headers["Upload-Metadata"] = upload.metadata
        return Response(status=HTTPStatus.OK, headers=headers)

    def patch(self, request: AuthenticatedApiRequest, upload_id: uuid.UUID) -> Response:
        upload = self._upload(request, upload_id)
        _require_content_type(request)
        offset = tus.parse_upload_offset(request.headers.get("Upload-Offset"))
        return Response(status=HTTPStatus.NO_CONTENT, headers=_state(_append_body(request, upload, offset)))

    def delete(self, request: AuthenticatedApiRequest, upload_id: uuid.UUID) -> Response:
        resumable_upload_delete(upload=self._upload(request, upload_id))
        return Response(status=HTTPStatus.NO_CONTENT)

    def post(self, request: Request, upload_id: uuid.UUID) -> Response:
        raise MethodNotAllowed(HTTPMethod.POST)

    def _upload(self, request: AuthenticatedApiRequest, upload_id: uuid.UUID) -> ResumableUpload:
        return resumable_upload_get(owner=request.user, upload_id=upload_id)


def _state(upload: ResumableUpload) -> dict[str, str]:
    headers = {"Upload-Offset": str(upload.received_bytes), "Upload-Expires": _http_date(expires_at(upload))}
    if upload.song_id is not None:
        # Not part of tus: where the song is, and whether it was there before.
        headers["Upload-Song"] = reverse("prediction", args=[upload.song_id])
        headers["Upload-Duplicate"] = "true" if upload.is_duplicate else "false"
    return headers


def _append_body(request: Request, upload: ResumableUpload, offset: int) -> ResumableUpload:
    try:
        _check_body(request, upload, offset)
        for block in _verified(request) if "Upload-Checksum" in request.headers else _blocks(request):
            upload = resumable_upload_append(upload=upload, offset=offset, data=block, now=timezone.now())
            offset = upload.received_bytes
        return resumable_upload_finish(upload=upload, now=timezone.now())
    except (ProductError, MoodError):
        # Most clients see the answer only once their body is read.
        for _ in _blocks(request):
            pass
        raise


def _check_body(request: Request, upload: ResumableUpload, offset: int) -> None:
    """Reject by its headers what need not be read."""
    check_range(upload, received_bytes(upload), offset, _content_length(request))


def _verified(request: Request) -> Iterator[bytes]:
    checksum = tus.Checksum.parse(request.headers["Upload-Checksum"])
    length = _content_length(request)
    if length > MAX_CHECKSUMMED_BYTES:
        raise ProductError(
            "body_too_large",
            f"A body with a checksum has {size_text(length)}, and at most {size_text(MAX_CHECKSUMMED_BYTES)} "
            "are allowed: send smaller chunks.",
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        )
    body = b"".join(_blocks(request))
    checksum.verify(body)
    yield body


def _blocks(request: Request) -> Iterator[bytes]:
    """The body in blocks, also what came of it before the connection broke: that need not be sent again."""
    block = bytearray()
    started_at = monotonic()
    try:
        while data := request.read(READ_BYTES):
            block += data
            if len(block) >= UPLOAD_BLOCK_BYTES or monotonic() - started_at > FLUSH_AFTER_S:
                yield bytes(block)
                block.clear()
                started_at = monotonic()
    except UnreadablePostError:
        pass
    if block:
        yield bytes(block)


def _require_content_type(request: Request) -> None:
    if request.content_type.partition(";")[0].strip().lower() != tus.CONTENT_TYPE:
        raise ProductError(
            "unsupported_media_type",
            f"The body is {request.content_type or 'of no stated type'}: send it as {tus.CONTENT_TYPE}.",
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        )


def _has_body(request: Request) -> bool:
    return _content_length(request) > 0


def _content_length(request: Request) -> int:
    length = request.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else 0


def _http_date(moment: datetime) -> str:
    return http_date(moment.timestamp())
