"""Every error of the API in one shape: {"error": {"code": "...", "message": "..."}}."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation, TooManyFilesSent
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from classifier.accounts.authentication import ScopeMissing, TokenExpired
from classifier.error_responses import error_status
from classifier.errors import ProductError, error_json
from classifier.ml_gateway import MoodError
from classifier.uploads.limits import disk_full
from classifier.uploads.stored_files import is_disk_full

logger = logging.getLogger(__name__)

# The code and message for the errors of Django and REST framework; None keeps their own message.
MESSAGES: dict[type[Exception], tuple[str, str | None]] = {
    exceptions.NotAuthenticated: (
        "not_authenticated",
        "Authentication is required: send an API token in the header “Authorization: Bearer …”, or sign in.",
    ),
    exceptions.AuthenticationFailed: ("token_unknown", None),
    TokenExpired: ("token_expired", None),
    ScopeMissing: ("scope_missing", None),
    exceptions.PermissionDenied: ("permission_denied", None),
    PermissionDenied: ("permission_denied", None),
    exceptions.NotFound: ("not_found", "Not found: the address is wrong, or you have no such song."),
    Http404: ("not_found", "Not found: the address is wrong, or you have no such song."),
    exceptions.MethodNotAllowed: ("method_not_allowed", None),
    exceptions.NotAcceptable: ("not_acceptable", "Responses are application/json: add it to the Accept header."),
    exceptions.UnsupportedMediaType: (
        "unsupported_media_type",
        "The body must be multipart/form-data with the song in the field “file”.",
    ),
    exceptions.Throttled: ("throttled", None),
    exceptions.ParseError: ("request_malformed", "The body is not a complete form: send it as multipart/form-data."),
}

INTERNAL = (
    "internal_error",
    "Internal error; the server’s log has the details: try again, or tell the owner of the installation.",
)


def exception_response(error: Exception, context: dict[str, Any]) -> Response:
    if isinstance(error, ProductError | MoodError):
        return Response(error_json(error.code, error.message), status=error_status(error))
    if isinstance(error, TooManyFilesSent):
        message = "The request has too many files: send one file per request."
        return Response(error_json("too_many_files", message), status=HTTPStatus.BAD_REQUEST)
    if isinstance(error, BadRequest | SuspiciousOperation):
        return Response(error_json("request_malformed", "The request is malformed."), status=HTTPStatus.BAD_REQUEST)

    if is_disk_full(error):
        return exception_response(disk_full(), context)
    response = exception_handler(error, context)
    if response is None:
        logger.error("Internal error in the API.", exc_info=error)
        return Response(error_json(*INTERNAL), status=HTTPStatus.INTERNAL_SERVER_ERROR)
    code, own_message = MESSAGES.get(type(error), ("request_malformed", None))
    response.data = error_json(code, own_message or _framework_message(error))
    return response


def _framework_message(error: Exception) -> str:
    detail = getattr(error, "detail", None) or str(error) or "Not allowed."
    return " ".join(map(str, detail)) if isinstance(detail, list) else str(detail)
