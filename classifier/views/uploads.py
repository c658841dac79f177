"""Taking songs in: one form for browsers without a script, one file at a time from those with one."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.error_responses import error_response, error_status, wants_json
from classifier.errors import ProductError, error_json
from classifier.ml_gateway import MoodError
from classifier.models import Song
from classifier.services.bulk import songs_cancel
from classifier.services.demo_songs_add import demo_songs_add
from classifier.services.song_submit import song_submit
from classifier.uploads.file_names import display_name
from classifier.uploads.limits import file_missing
from classifier.views.home import home_context
from classifier.views.ownership import return_address
from classifier.views.song_cards import cards


@require_POST
def upload(request: AuthenticatedHttpRequest) -> HttpResponse:
    files = request.FILES.getlist("file")
    if wants_json(request):
        return _one_file(request, files[0] if files else None)
    return _whole_form(request, files)


def _one_file(request: AuthenticatedHttpRequest, file: UploadedFile | None) -> HttpResponse:
    try:
        song, created = song_submit(owner=request.user, upload=file, now=timezone.now())
    except (ProductError, MoodError) as error:
        return JsonResponse(error_json(error.code, error.message), status=error_status(error))
    [card] = cards([song])
    return JsonResponse({**card.state(), "created": created}, status=201 if created else 200)


def _whole_form(request: AuthenticatedHttpRequest, files: list[UploadedFile]) -> HttpResponse:
    if not files:
        return _nothing_taken(request, [("", file_missing())])
    taken: list[Song] = []
    errors: list[tuple[str, ProductError | MoodError]] = []
    for file in files:
        try:
            song, created = song_submit(owner=request.user, upload=file, now=timezone.now())
        except (ProductError, MoodError) as error:
            errors.append((display_name(file.name or ""), error))
            continue
        taken.append(song)
        if not created:
            messages.info(request, f"“{song.display_title}” was here already, and is not kept twice.")
    if not taken:
        return _nothing_taken(request, errors)
    for name, reason in errors:
        messages.error(request, f"{name}: {reason.message}")
    return redirect("song-detail", taken[0].id) if len(files) == 1 else redirect("song-list")


def _nothing_taken(
    request: AuthenticatedHttpRequest, errors: list[tuple[str, ProductError | MoodError]]
) -> HttpResponse:
    """The form once more, with the reason; it cannot be filled in again for the person, browsers forbid that."""
    if len(errors) == 1 and not errors[0][0]:
        return error_response(request, errors[0][1])
    context = {**home_context(request), "errors": [(name, error.message) for name, error in errors]}
    return render(request, "home.html", context, status=error_status(errors[0][1]))


@require_POST
def cancel_waiting(request: AuthenticatedHttpRequest) -> HttpResponse:
    """All that still waits, for whoever gave the wrong folder."""
    count = songs_cancel(owner=request.user, now=timezone.now())
    messages.info(request, f"{count} song{' is' if count == 1 else 's are'} no longer waited for.")
    return redirect(return_address(request, reverse("home")))


@require_POST
def add_demo_songs(request: AuthenticatedHttpRequest) -> HttpResponse:
    try:
        added = demo_songs_add(owner=request.user, now=timezone.now())
    except (ProductError, MoodError) as error:
        return error_response(request, error)
    if added:
        messages.success(request, "The demo songs are here. Each shows its mood as soon as it is analysed.")
    else:
        messages.info(request, "You already have the demo songs.")
    return redirect("song-list")
