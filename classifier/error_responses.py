"""An error as a response: JSON for programs, a page for people."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from classifier.errors import ProductError, error_json
from classifier.ml_gateway import MoodError

# The errors of `ml` that are not the fault of the request; every other one is a bad request.
STATUS_OF_CODE = {
    "not_audio": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "model_missing": HTTPStatus.SERVICE_UNAVAILABLE,
    "model_corrupt": HTTPStatus.SERVICE_UNAVAILABLE,
    "model_incompatible": HTTPStatus.SERVICE_UNAVAILABLE,
    "passage_too_slow": HTTPStatus.SERVICE_UNAVAILABLE,
}


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
        return JsonResponse(error_json(error.code, error.message), status=status)
    return render(request, "error.html", {"code": error.code, "message": error.message}, status=status)
