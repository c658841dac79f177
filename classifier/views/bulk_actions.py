"""Actions on many songs at once: one form, whose buttons choose the action."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.accounts.security_log import Kind, record_event
from classifier.active_words import active_words
from classifier.charts.mood_names import Side
from classifier.error_responses import error_response, wants_json
from classifier.errors import FILE_ERRORS, ProductError
from classifier.library.exports.formats import FORMATS
from classifier.library.filters import LibraryFilter
from classifier.library.selection import Selection
from classifier.localized import grouped, songs_text
from classifier.media.downloads import songs_file
from classifier.models import Song, Status
from classifier.services.bulk import songs_correct, songs_rerun
from classifier.services.song_bin import songs_bin
from classifier.services.song_edit import songs_edit
from classifier.templatetags.pages import undo_tag
from classifier.uploads.song_deletion import songs_delete
from classifier.views.exports import export_page
from classifier.views.mood_tags import TagsForm
from classifier.views.song_cards import cards
from classifier.views.tagged_audio import tag_options, zip_response

# Up to this many songs are listed on the confirmation page, and analysed again without confirmation.
MAX_LISTED = 30
# What many songs may have in common, unlike a title.
MANY_NAMES = {
    "artist": gettext_lazy("Artist"),
    "album": gettext_lazy("Album"),
    "album_artist": gettext_lazy("Album artist"),
    "year": gettext_lazy("Year"),
    "music_genre": gettext_lazy("Genre"),
}


@require_POST
def selection(request: AuthenticatedHttpRequest) -> HttpResponseBase:
    """The buttons below the list; an action that cannot be undone or takes long needs a confirmation."""
    action = request.POST.get("action", "")
    try:
        if action not in ACTIONS:
            raise ProductError(
                "action_unknown",
                gettext("“%(action)s” is not an action: use one of %(allowed)s.")
                % {"action": action[:40], "allowed": ", ".join(ACTIONS)},
            )
        selected = Selection.from_form(request.POST, now=timezone.now())
        return ACTIONS[action](request, selected)
    except ProductError as error:
        if wants_json(request):
            return error_response(request, error)
        messages.error(request, error.message)
        return redirect(_library(request.POST.get("query", "")))


def _export(request: AuthenticatedHttpRequest, selected: Selection) -> HttpResponseBase:
    words, export = request.POST.get("words", ""), FORMATS[request.POST["action"]]
    return songs_file(request, request.user, selected.songs(request.user), export, words)


def _choose_format(request: AuthenticatedHttpRequest, selected: Selection) -> HttpResponse:
    ids = _ids(request, selected)
    return export_page(request, selected.library_filter.to_query(), len(ids), selected.fields())


def _tagged(request: AuthenticatedHttpRequest, selected: Selection) -> HttpResponseBase:
    """A zip of copies with moods in their tags; the form asks what is written."""
    ids = _ids(request, selected)
    if not _confirmed(request, len(ids)):
        return _ask_for_confirmation(request, selected, ids)
    return zip_response(request, ids, tag_options(request.POST))


def _compare(request: AuthenticatedHttpRequest, selected: Selection) -> HttpResponse:
    ids = list(selected.songs(request.user).values_list("id", flat=True)[:3])
    if len(ids) != 2:
        raise ProductError("two_compared", gettext("Only two songs can be compared: select exactly two."))
    return redirect(f"{reverse('song-compare')}?{urlencode({'a': ids[0], 'b': ids[1]})}")


def _rerun(request: AuthenticatedHttpRequest, selected: Selection) -> HttpResponse:
    ids = _ids(request, selected)
    if len(ids) > MAX_LISTED and not _confirmed(request, len(ids)):
        return _ask_for_confirmation(request, selected, ids)
    queued = songs_rerun(ids=ids, now=timezone.now())
    if queued:
        messages.success(
            request,
            gettext("%(songs)s will be analysed again. The current results stay until then.")
            % {"songs": songs_text(queued)},
        )
    unreadable = selected.songs(request.user).filter(status=Status.FAILED, error_code__in=FILE_ERRORS).count()
    if unreadable:
        messages.info(
            request,
            gettext("Skipped %(songs)s: another analysis of the same file would fail again.")
            % {"songs": songs_text(unreadable)},
        )
    if waiting := len(ids) - queued - unreadable:
        messages.info(request, gettext("Skipped %(songs)s already in the queue.") % {"songs": songs_text(waiting)})
    return redirect(_library(selected.library_filter.to_query()))


def _delete(request: AuthenticatedHttpRequest, selected: Selection) -> HttpResponse:
    ids = _ids(request, selected)
    if not _confirmed(request, len(ids)):
        return _ask_for_confirmation(request, selected, ids)
    now = timezone.now()
    if request.POST.get("permanent"):
        binned, deleted = 0, songs_delete(ids=ids)
    else:
        binned, deleted = songs_bin(ids=ids, now=now)
    if deleted:
        record_event(Kind.SONGS_DELETED, request.user, request, songs=deleted, what="permanently")
        message = ngettext(
            "Deleted %(count)s song with its audio.", "Deleted %(count)s songs with their audio.", deleted
        )
        messages.success(request, message % {"count": grouped(deleted)})
    if binned:
        record_event(Kind.SONGS_DELETED, request.user, request, songs=binned)
        message = ngettext("%(count)s song is in the bin.", "%(count)s songs are in the bin.", binned)
        messages.success(request, message % {"count": grouped(binned)}, extra_tags=undo_tag(now))
    return redirect(_library(selected.library_filter.to_query()))


def _edit(request: AuthenticatedHttpRequest, selected: Selection) -> HttpResponse:
    ids = _ids(request, selected)
    if not _confirmed(request, len(ids)):
        return _ask_for_confirmation(request, selected, ids)
    names = {name: request.POST.get(name, "") for name in MANY_NAMES}
    try:
        edited = songs_edit(ids=ids, now=timezone.now(), **names)
    except ProductError as error:
        messages.error(request, error.message)
        return _ask_for_confirmation(request, selected, ids)
    message = ngettext("Saved for %(count)s song.", "Saved for %(count)s songs.", edited)
    messages.success(request, message % {"count": grouped(edited)})
    return redirect(_library(selected.library_filter.to_query()))


def _correct(request: AuthenticatedHttpRequest, selected: Selection) -> HttpResponse:
    ids = _ids(request, selected)
    if not _confirmed(request, len(ids)):
        return _ask_for_confirmation(request, selected, ids)
    moods = {side: request.POST.get(side, "") for side in ("primary", "secondary")}
    try:
        corrected = songs_correct(ids=ids, **moods, now=timezone.now())
    except ProductError as error:
        messages.error(request, error.message)
        return _ask_for_confirmation(request, selected, ids)
    messages.success(request, gettext("Your moods for %(songs)s are saved.") % {"songs": songs_text(corrected)})
    return redirect(_library(selected.library_filter.to_query()))


ACTIONS: dict[str, Callable[[AuthenticatedHttpRequest, Selection], HttpResponseBase]] = {
    "rerun": _rerun,
    "correct": _correct,
    "edit": _edit,
    "compare": _compare,
    "export": _choose_format,
    **dict.fromkeys(FORMATS, _export),
    "tagged": _tagged,
    "delete": _delete,
}


def _ids(request: AuthenticatedHttpRequest, selected: Selection) -> list[UUID]:
    ids = list(selected.songs(request.user).values_list("id", flat=True))
    if not ids:
        raise ProductError("nothing_selected", gettext("No songs selected: select songs in the list first."))
    return ids


def _confirmed(request: AuthenticatedHttpRequest, count: int) -> bool:
    """Confirmed, and for as many songs as are selected now."""
    return request.POST.get("confirmed") == str(count)


def _ask_for_confirmation(request: AuthenticatedHttpRequest, selected: Selection, ids: list[UUID]) -> HttpResponse:
    shown = cards(Song.objects.filter(id__in=ids[:MAX_LISTED]).with_analysis())
    positions = {song_id: position for position, song_id in enumerate(ids[:MAX_LISTED])}
    context = {
        "section": "history",
        "action": request.POST["action"],
        "count": len(ids),
        "cards": sorted(shown, key=lambda card: positions[card.song.id]),
        "more": len(ids) - len(shown),
        "fields": selected.fields(),
        "primary": request.POST.get("primary", ""),
        "secondary": request.POST.get("secondary", ""),
        "back": _library(selected.library_filter.to_query()),
        "names": [(name, label, request.POST.get(name, "")) for name, label in MANY_NAMES.items()],
        "bin_days": settings.BIN_DAYS,
        "moods": [Side(key) for key in active_words().shown_terms],
        "model": settings.MODEL_BUNDLE,
        "tags_form": TagsForm.for_download(),
    }
    return render(request, "songs/selection.html", context)


def _library(query: str) -> str:
    address = reverse("song-list")
    query = LibraryFilter(QueryDict(query)).to_query()
    return f"{address}?{query}" if query else address
