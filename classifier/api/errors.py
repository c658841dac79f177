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

from classifier.error_responses import error_status
from classifier.errors import ProductError, error_json
from classifier.ml_gateway import MoodError

logger = logging.getLogger(__name__)

# The code and the sentence for what the framework refuses; None leaves its own sentence.
SENTENCES: dict[type[Exception], tuple[str, str | None]] = {
    exceptions.NotAuthenticated: (
        "not_authenticated",
        "This needs a token in the header “Authorization: Bearer …”, or a session: make a token on the tokens page.",
    ),
    exceptions.AuthenticationFailed: ("token_unknown", None),
    exceptions.PermissionDenied: ("permission_denied", None),
    PermissionDenied: ("permission_denied", None),
    exceptions.NotFound: ("not_found", "There is nothing at this address that you may see."),
    Http404: ("not_found", "There is nothing at this address that you may see."),
    exceptions.MethodNotAllowed: ("method_not_allowed", None),
    exceptions.NotAcceptable: ("not_acceptable", "Answers are application/json, which the Accept header leaves out."),
    exceptions.UnsupportedMediaType: (
        "unsupported_media_type",
        "The body must be multipart/form-data with the song in the field “file”.",
    ),
    exceptions.Throttled: ("throttled", None),
    exceptions.ParseError: ("request_malformed", "The body is no whole form: send it again as multipart/form-data."),
}

INTERNAL = (
    "internal_error",
    "Something went wrong inside the server, whose log says what: try again, or tell its owner.",
)


def exception_response(error: Exception, context: dict[str, Any]) -> Response:
    if isinstance(error, ProductError | MoodError):
        return Response(error_json(error.code, error.message), status=error_status(error))
    if isinstance(error, TooManyFilesSent):
        message = "The request carries too many files: send one in each request."
        return Response(error_json("too_many_files", message), status=HTTPStatus.BAD_REQUEST)
    if isinstance(error, BadRequest | SuspiciousOperation):
        return Response(error_json("request_malformed", "The request makes no sense."), status=HTTPStatus.BAD_REQUEST)

    response = exception_handler(error, context)
    if response is None:
        logger.error("The API failed.", exc_info=error)
        return Response(error_json(*INTERNAL), status=HTTPStatus.INTERNAL_SERVER_ERROR)
    code, sentence = SENTENCES.get(type(error), ("request_malformed", None))
    response.data = error_json(code, sentence or _own_sentence(error))
    return response


def _own_sentence(error: Exception) -> str:
    detail = getattr(error, "detail", None) or str(error) or "This is not allowed."
    return " ".join(map(str, detail)) if isinstance(detail, list) else str(detail)
