"""What a person sees where something is not to be had: a page in the product's own words, or JSON for programs."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token

from classifier.error_responses import wants_json
from classifier.errors import error_json


def _answer(request: HttpRequest, template: str, status: int, code: str, message: str) -> HttpResponse:
    if wants_json(request):
        return JsonResponse(error_json(code, message), status=status)
    return render(request, template, {"code": code}, status=status)


@login_not_required
@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, "400.html", 400, "bad_request", "The request could not be read: go back and try again.")


@login_not_required
@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, "403.html", 403, "forbidden", "This is not yours to open: sign in as somebody who may.")


@login_not_required
@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(
        request,
        "404.html",
        404,
        "not_found",
        "There is nothing here: it was deleted, or the address is wrong.",
    )


@login_not_required
@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """Asks the database for nothing, since that may be what failed."""
    message = "Something went wrong inside the server, whose log says what: try again, or tell its owner."
    if wants_json(request):
        return JsonResponse(error_json("internal_error", message), status=500)
    # Without context processors, one of which would ask who is signed in.
    return HttpResponse(render_to_string("500.html", {"request": request}), status=500)
