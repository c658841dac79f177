"""An error as a response: JSON for programs, a page for people."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from classifier.errors import PROBLEM_TYPE, ProductError, error_json, problem_json
from classifier.ml_gateway import MoodError
from classifier.stored_texts import in_page_language

# The errors of `ml` that are not the fault of the request; every other one is a bad request.
STATUS_OF_CODE = {
    "not_audio": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "model_missing": HTTPStatus.SERVICE_UNAVAILABLE,
    "model_corrupt": HTTPStatus.SERVICE_UNAVAILABLE,
    "model_incompatible": HTTPStatus.SERVICE_UNAVAILABLE,
    "passage_too_slow": HTTPStatus.SERVICE_UNAVAILABLE,
}

PROBLEM_PATHS = "/api/v1/"


def error_status(error: ProductError | MoodError) -> int:
    if isinstance(error, ProductError):
        return error.http_status
    return int(STATUS_OF_CODE.get(error.code, HTTPStatus.BAD_REQUEST))


def wants_json(request: HttpRequest) -> bool:
    if request.path_info.startswith("/api/"):
        return True
    return request.accepts("application/json") and not request.accepts("text/html")


def error_response(request: HttpRequest, error: ProductError | MoodError) -> HttpResponse:
    status = error_status(error)
    if wants_json(request):
        # `ml` says its errors in English.
        return json_error_response(request, error.code, in_page_language(error.message), status)
    return render(request, "error.html", {"code": error.code, "message": error.message}, status=status)


def json_error_response(request: HttpRequest, code: str, message: str, status: int) -> JsonResponse:
    if request.path_info.startswith(PROBLEM_PATHS):
        problem = problem_json(code, message, status, request.path)
        return JsonResponse(problem, status=status, content_type=PROBLEM_TYPE)
    return JsonResponse(error_json(code, message), status=status)
