"""What a user can do with one song. Each action is a form that works without JavaScript."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_http_methods, require_POST

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.accounts.security_log import Kind, record_event
from classifier.errors import ProductError
from classifier.models import NAME_FIELDS, Song, Status, Verdict
from classifier.services.bulk import songs_rerun
from classifier.services.song_bin import song_bin
from classifier.services.song_cancel import song_cancel
from classifier.services.song_delete import song_delete
from classifier.services.song_edit import song_edit
from classifier.services.song_retry import song_retry
from classifier.services.song_verdict import Pair, song_verdict
from classifier.templatetags.pages import undo_tag
from classifier.views.ownership import own_song, return_address
from classifier.views.song_result import result_page


@require_POST
def edit(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> HttpResponse:
    song = own_song(request, song_id)
    try:
        names = {name: request.POST[name] for name in NAME_FIELDS if name in request.POST}
        song_edit(song=song, now=timezone.now(), **names)
        messages.success(request, gettext("Saved."))
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
    return redirect(return_address(request, reverse("song-detail", args=[song_id])))


@require_POST
def again(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> HttpResponse:
    """Analyse a song again with the model in use; its page shows the progress."""
    song = own_song(request, song_id)
    if not songs_rerun(ids=[song.id], now=timezone.now()):
        messages.info(request, gettext("This song is already waiting for analysis."))
    return redirect("song-detail", song_id)


@require_POST
def cancel(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> HttpResponse:
    song = own_song(request, song_id)
    try:
        song_cancel(song=song, now=timezone.now())
    except ProductError as error:
        messages.error(request, error.message)
    return redirect(return_address(request, reverse("song-detail", args=[song_id])))


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> HttpResponse:
    song = own_song(request, song_id)
    if request.method != "POST":
        return render(request, "songs/delete.html", {"song": song, "bin_days": settings.BIN_DAYS})
    title, now = song.display_title, timezone.now()
    permanent = bool(request.POST.get("permanent"))
    if permanent:
        song_delete(song=song)
    else:
        permanent = not song_bin(song=song, now=now)
    record_event(Kind.SONGS_DELETED, request.user, request, songs=1, what="permanently" if permanent else None)
    if permanent:
        messages.success(request, gettext("Deleted “%(title)s” and its audio.") % {"title": title})
    else:
        messages.success(request, gettext("“%(title)s” is in the bin.") % {"title": title}, extra_tags=undo_tag(now))
    return redirect(return_address(request, reverse("song-list")))


VERDICT_MESSAGES = {
    Verdict.AGREED: gettext_noop("Saved: you agree with the mood."),
    Verdict.DISAGREED: gettext_noop("Saved: you disagree with the mood."),
    Verdict.CORRECTED: gettext_noop("Your moods are saved."),
    Verdict.NONE: gettext_noop("Your feedback is removed."),
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
        messages.success(request, gettext(VERDICT_MESSAGES[Verdict(song.verdict)]))
    except ProductError as error:
        if request.POST.get("verdict") == Verdict.CORRECTED and song.status == Status.DONE:
            return _correction_again(request, song, error)
        messages.error(request, error.message)
    return redirect(return_address(request, reverse("song-detail", args=[song_id])))


def _correction_again(request: AuthenticatedHttpRequest, song: Song, error: ProductError) -> HttpResponse:
    """The song's page with the error in the form, which keeps the chosen moods."""
    with_detail = Song.objects.for_owner(request.user).with_analysis(detail=True).filter(id=song.id).first()
    if with_detail is None or with_detail.analysis is None:
        messages.error(request, error.message)
        return redirect("song-detail", song.id)
    return result_page(request, with_detail, correction_error=error)


def _seen(request: AuthenticatedHttpRequest) -> Pair | None:
    """The moods that the form showed; None for forms without them."""
    moods = request.POST.getlist("seen")
    return (moods[0], moods[1]) if len(moods) == 2 else None
