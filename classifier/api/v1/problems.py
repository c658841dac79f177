"""Errors of version 1 as problem details (RFC 9457), with the code that the rest of the API has."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from rest_framework.exceptions import NotFound, ParseError, UnsupportedMediaType, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from classifier.api.errors import exception_response
from classifier.errors import PROBLEM_TYPE, problem_json


def problem_response(error: Exception, context: dict[str, Any]) -> Response:
    """The exception handler of its views."""
    path = context["request"].path
    if isinstance(error, ValidationError):
        errors = field_errors(error.detail)
        first = errors[0]
        where = f"{first['field']}: " if first["field"] else ""
        status = HTTPStatus.BAD_REQUEST
        problem = problem_json("request_invalid", f"{where}{first['message']}", status, path, errors=errors)
        return Response(problem, status=status, content_type=PROBLEM_TYPE)
    response = exception_response(error, context)
    failure = response.data["error"]
    message = failure["message"]
    if isinstance(error, ParseError):
        message = str(error.detail)
    elif isinstance(error, UnsupportedMediaType):
        message = f"The body must be {' or '.join(parser.media_type for parser in context['view'].parser_classes)}."
    response.data = problem_json(failure["code"], message, response.status_code, path)
    response.content_type = PROBLEM_TYPE
    return response


def field_errors(detail: Any, field: str = "") -> list[dict[str, str]]:
    """One entry for each fault, with the place in the body: `ids.3` is the fourth of the ids."""
    if isinstance(detail, dict):
        entries = [
            (field if name == "non_field_errors" else f"{field}.{name}".lstrip("."), value)
            for name, value in detail.items()
        ]
        return [error for name, value in entries for error in field_errors(value, name)]
    if isinstance(detail, list):
        return [
            error
            for number, value in enumerate(detail)
            for error in field_errors(value, field if isinstance(value, str) else f"{field}.{number}".lstrip("."))
        ]
    return [{"field": field, "code": str(getattr(detail, "code", "invalid")), "message": str(detail)}]


class NotFoundView(APIView):
    """Every address of version 1 that does not exist."""

    permission_classes: list[Any] = []

    def get_exception_handler(self) -> Any:
        return problem_response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound
