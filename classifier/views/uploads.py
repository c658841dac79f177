"""The forms of the upload page. Scripts upload by tus (`classifier.api.resumable_uploads`)."""

import uuid

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.error_responses import error_response, error_status, wants_json
from classifier.errors import ProductError, error_json
from classifier.ml_gateway import MoodError
from classifier.models import ResumableUpload, Song
from classifier.services.bulk import songs_cancel
from classifier.services.demo_songs_add import demo_songs_add
from classifier.services.link_submit import link_submit
from classifier.services.song_submit import song_submit
from classifier.stored_texts import in_page_language
from classifier.uploads.file_names import display_name
from classifier.uploads.limits import file_missing
from classifier.uploads.partial_files import resumable_upload_delete
from classifier.views.home import home_context
from classifier.views.ownership import return_address
from classifier.views.song_cards import cards


@require_POST
def upload(request: AuthenticatedHttpRequest) -> HttpResponse:
    files = request.FILES.getlist("file")
    if wants_json(request):
        return _upload_one(request, files[0] if files else None)
    return _upload_form(request, files)


def _upload_one(request: AuthenticatedHttpRequest, file: UploadedFile | None) -> HttpResponse:
    try:
        song, created = song_submit(owner=request.user, upload=file, now=timezone.now())
    except (ProductError, MoodError) as error:
        return JsonResponse(error_json(error.code, in_page_language(error.message)), status=error_status(error))
    [card] = cards([song])
    return JsonResponse({**card.state(), "created": created}, status=201 if created else 200)


def _upload_form(request: AuthenticatedHttpRequest, files: list[UploadedFile]) -> HttpResponse:
    if not files:
        return error_response(request, file_missing())
    songs: list[Song] = []
    errors: list[tuple[str, ProductError | MoodError]] = []
    for file in files:
        try:
            song, created = song_submit(owner=request.user, upload=file, now=timezone.now())
        except (ProductError, MoodError) as error:
            errors.append((display_name(file.name or ""), error))
            continue
        songs.append(song)
        if not created:
            messages.info(request, _already_uploaded(song))
    if not songs:
        # The form again, with the errors. Browsers do not let a page fill in its files.
        context = {**home_context(request), "errors": [(name, reason.message) for name, reason in errors]}
        return render(request, "home.html", context, status=error_status(errors[0][1]))
    for name, reason in errors:
        messages.error(request, f"{name}: {in_page_language(reason.message)}")
    return redirect("song-detail", songs[0].id) if len(files) == 1 else redirect("song-list")


@require_POST
def upload_link(request: AuthenticatedHttpRequest) -> HttpResponse:
    """A link to an audio file, which this server downloads before it answers."""
    link = request.POST.get("link", "")
    try:
        song, created = link_submit(owner=request.user, link=link, now=timezone.now())
    except (ProductError, MoodError) as error:
        if wants_json(request):
            return error_response(request, error)
        context = {**home_context(request), "errors": [(gettext("Link"), error.message)], "link": link}
        return render(request, "home.html", context, status=error_status(error))
    if not created:
        messages.info(request, _already_uploaded(song))
    return redirect("song-detail", song.id)


def _already_uploaded(song: Song) -> str:
    address = reverse("song-detail", args=[song.id])
    return format_html(gettext('You already have this song: <a href="{}">{}</a>'), address, song.display_title)


@require_POST
def delete_upload(request: AuthenticatedHttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    """As DELETE in the tus protocol, for browsers without JavaScript."""
    upload = get_object_or_404(ResumableUpload.objects.for_owner(request.user), id=upload_id)
    resumable_upload_delete(upload=upload)
    messages.info(request, gettext("The unfinished upload of “%(name)s” is deleted.") % {"name": upload.file_name})
    return redirect(return_address(request, reverse("home")))


@require_POST
def delete_uploads(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Delete all unfinished uploads of the user."""
    uploads = list(ResumableUpload.objects.for_owner(request.user).unfinished())
    for upload in uploads:
        resumable_upload_delete(upload=upload)
    message = ngettext("Deleted %(count)s unfinished upload.", "Deleted %(count)s unfinished uploads.", len(uploads))
    messages.info(request, message % {"count": len(uploads)})
    return redirect(return_address(request, reverse("home")))


@require_POST
def cancel_waiting(request: AuthenticatedHttpRequest) -> HttpResponse:
    count = songs_cancel(owner=request.user, now=timezone.now())
    messages.info(
        request, ngettext("Cancelled %(count)s song.", "Cancelled %(count)s songs.", count) % {"count": count}
    )
    return redirect(return_address(request, reverse("home")))


@require_POST
def add_demo_songs(request: AuthenticatedHttpRequest) -> HttpResponse:
    try:
        added = demo_songs_add(owner=request.user, now=timezone.now())
    except (ProductError, MoodError) as error:
        return error_response(request, error)
    if added:
        messages.success(request, gettext("Added the demo songs. Each shows its mood as soon as it is analysed."))
    else:
        messages.info(request, gettext("You already have the demo songs."))
    return redirect("song-list")
