"""The bin: deleted songs, which can be restored or deleted permanently."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.accounts.quotas import usage
from classifier.accounts.security_log import Kind, record_event
from classifier.localized import grouped, songs_text
from classifier.models import Song
from classifier.services.song_bin import bin_delete, songs_restore
from classifier.views.ownership import return_address
from classifier.views.song_cards import cards

PER_PAGE = 50
ACTIONS = ("restore", "delete", "empty")


@require_safe
def page(request: AuthenticatedHttpRequest) -> HttpResponse:
    songs = Song.objects.stored_by(request.user).in_bin().order_by("-deleted_at", "-id").with_analysis()
    shown = Paginator(songs, PER_PAGE).get_page(request.GET.get("page"))
    used = usage(request.user, now=timezone.now())
    context = {
        "section": "history",
        "page": shown,
        "pages": list(shown.paginator.get_elided_page_range(shown.number, on_each_side=1, on_ends=1)),
        "cards": cards(shown.object_list),
        "bin_days": settings.BIN_DAYS,
        "bin_bytes": used.bin_bytes,
    }
    return render(request, "songs/bin.html", context)


@require_POST
def change(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Restore songs, or delete them permanently; that only after a confirmation."""
    action = request.POST.get("action", "")
    ids = _ids(request)
    if action not in ACTIONS or not (ids or action == "empty"):
        messages.error(request, gettext("No songs selected: select songs in the list first."))
        return redirect("bin")
    if action == "restore":
        _say_restored(request, songs_restore(owner=request.user, ids=ids, now=timezone.now()))
        return redirect("bin")
    songs = Song.objects.stored_by(request.user).in_bin()
    count = songs.count() if action == "empty" else songs.filter(id__in=ids).count()
    if count and request.POST.get("confirmed") != str(count):
        context = {"section": "history", "action": action, "ids": [] if action == "empty" else ids, "count": count}
        return render(request, "songs/bin_confirm.html", context)
    deleted = bin_delete(owner=request.user, ids=None if action == "empty" else ids)
    if deleted:
        record_event(Kind.SONGS_DELETED, request.user, request, songs=deleted, what="permanently")
    messages.success(request, gettext("Deleted %(songs)s permanently.") % {"songs": songs_text(deleted)})
    return redirect("bin")


@require_POST
def undo(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Restore what one deletion has put into the bin."""
    moment = parse_datetime(request.POST.get("deleted_at", "")[:40])
    restored = 0
    if moment is not None and timezone.is_aware(moment):
        restored = songs_restore(owner=request.user, deleted_at=moment, now=timezone.now())
    _say_restored(request, restored)
    return redirect(return_address(request, reverse("song-list")))


def _say_restored(request: AuthenticatedHttpRequest, count: int) -> None:
    if count:
        message = ngettext(
            "%(count)s song is back in your history.", "%(count)s songs are back in your history.", count
        )
        messages.success(request, message % {"count": grouped(count)})
    else:
        messages.info(request, gettext("Nothing to restore: the songs are not in the bin any more."))


def _ids(request: AuthenticatedHttpRequest) -> list[UUID]:
    """Those of the form that are identifiers."""
    ids = []
    for text in request.POST.getlist("song"):
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    return ids
