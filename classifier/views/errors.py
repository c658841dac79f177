"""Error pages (400, 403, 404, 500), or JSON for programs."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.views.decorators.csrf import requires_csrf_token

from classifier.error_responses import json_error_response, wants_json


def _answer(request: HttpRequest, template: str, status: int, code: str, message: str) -> HttpResponse:
    if wants_json(request):
        return json_error_response(request, code, message, status)
    return render(request, template, {"code": code}, status=status)


@login_not_required
@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, "400.html", 400, "bad_request", gettext("The request is malformed: go back and try again."))


@login_not_required
@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(
        request, "403.html", 403, "forbidden", gettext("No access to this page: sign in as a user with access.")
    )


@login_not_required
@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(
        request,
        "404.html",
        404,
        "not_found",
        gettext("Page not found: it was deleted, or the address is wrong."),
    )


@login_not_required
@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """Without the database, which may be the cause."""
    message = gettext(
        "Internal error; the server’s log has the details: try again, or tell the owner of the installation."
    )
    if wants_json(request):
        return json_error_response(request, "internal_error", message, 500)
    # Without context processors, since that of the user reads the database.
    return HttpResponse(render_to_string("500.html", {"request": request}), status=500)
