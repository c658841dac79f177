"""What a person can do with a song. Each is one form, which works without a script."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.errors import ProductError
from classifier.models import Verdict
from classifier.services.bulk import songs_rerun
from classifier.services.song_cancel import song_cancel
from classifier.services.song_delete import song_delete
from classifier.services.song_edit import song_edit
from classifier.services.song_retry import song_retry
from classifier.services.song_verdict import Pair, song_verdict
from classifier.views.ownership import own_song, way_back


@require_POST
def edit(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> HttpResponse:
    song = own_song(request, song_id)
    try:
        song_edit(
            song=song,
            title=request.POST.get("title", ""),
            artist=request.POST.get("artist", ""),
            now=timezone.now(),
        )
        messages.success(request, "Title and artist are saved.")
    except ProductError as error:
        messages.error(request, error.message)
    return redirect("song-detail", song_id)


@require_POST
def retry(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> HttpResponse:
    song = own_song(request, song_id)
    try:
        song_retry(song=song, now=timezone.now())
    except ProductError as error:
        messages.error(request, error.message)
    return redirect(way_back(request, reverse("song-detail", args=[song_id])))


@require_POST
def again(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> HttpResponse:
    """Have a song that was heard heard once more, by the model in use; its page shows how far that is."""
    song = own_song(request, song_id)
    if not songs_rerun(ids=[song.id], now=timezone.now()):
        messages.info(request, "This song is on the way to be heard already.")
    return redirect("song-detail", song_id)


@require_POST
def cancel(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> HttpResponse:
    song = own_song(request, song_id)
    try:
        song_cancel(song=song, now=timezone.now())
    except ProductError as error:
        messages.error(request, error.message)
    return redirect(way_back(request, reverse("song-detail", args=[song_id])))


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> HttpResponse:
    song = own_song(request, song_id)
    if request.method != "POST":
        return render(request, "songs/delete.html", {"song": song})
    title = song.display_title
    song_delete(song=song)
    messages.success(request, f"“{title}” and its audio are deleted.")
    return redirect("song-list")


SAID = {
    Verdict.AGREED: "Saved: it fits.",
    Verdict.DISAGREED: "Saved: it does not fit. If you know which moods would, set them.",
    Verdict.CORRECTED: "What you hear is saved.",
    Verdict.NONE: "Your word is taken back.",
}


@require_POST
def verdict(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> HttpResponse:
    song = own_song(request, song_id)
    try:
        song = song_verdict(
            song=song,
            verdict=request.POST.get("verdict", ""),
            primary=request.POST.get("primary", ""),
            secondary=request.POST.get("secondary", ""),
            seen=_seen(request),
            now=timezone.now(),
        )
        messages.success(request, SAID[Verdict(song.verdict)])
    except ProductError as error:
        messages.error(request, error.message)
    return redirect(way_back(request, reverse("song-detail", args=[song_id])))


def _seen(request: AuthenticatedHttpRequest) -> Pair | None:
    """The moods that the form showed; forms that tell none are taken at their word."""
    moods = request.POST.getlist("seen")
    return (moods[0], moods[1]) if len(moods) == 2 else None
