"""One click for whoever has no music at hand."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from classifier.door import MoodError
from classifier.errors import ProductError
from classifier.refusals import refusal_response
from classifier.services.demo_add import demo_add


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    try:
        added = demo_add(owner=request.user, now=timezone.now())
    except (ProductError, MoodError) as error:
        return refusal_response(request, error)
    if added:
        messages.success(request, "The demo songs are here. Each shows its mood as soon as it was heard.")
    else:
        messages.info(request, "The demo songs were here already.")
    return redirect("song-list")
