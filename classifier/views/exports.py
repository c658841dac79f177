"""Songs as files for other programs: the page that offers the formats, and the files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from classifier import ml_gateway
from classifier.accounts.authentication import AuthenticatedHttpRequest, token_allowed
from classifier.charts.library.active_filters import summary
from classifier.error_responses import error_response
from classifier.errors import ProductError
from classifier.library.exports.formats import FORMATS
from classifier.library.filter_form import EVERY
from classifier.library.filters import LibraryFilter
from classifier.media.downloads import songs_file
from classifier.models import Person, Song
from classifier.query_parameters import check_parameters
from classifier.vocabularies.stored import DEFAULT, OWN, WORDS


@token_allowed
@require_safe
def export(request: AuthenticatedHttpRequest, kind: str) -> HttpResponseBase:
    """All songs that match a filter."""
    try:
        check_parameters(request.GET, "words", *LibraryFilter.parameter_names())
        library_filter = LibraryFilter(request.GET, copies=EVERY).checked()
        songs = library_filter.apply(Song.objects.for_owner(request.user))
        return songs_file(request, request.user, songs, FORMATS[kind], request.GET.get("words", ""))
    except ProductError as error:
        return error_response(request, error)


@require_safe
def page(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The formats for all songs that match a filter."""
    library_filter = LibraryFilter(request.GET, copies=EVERY)
    songs = library_filter.apply(Song.objects.for_owner(request.user))
    return export_page(request, library_filter.to_query(), songs.count())


def export_page(
    request: AuthenticatedHttpRequest, query: str, count: int, fields: Sequence[tuple[str, str]] = ()
) -> HttpResponse:
    """With `fields`, the songs are those that a form of the library selects."""
    address = reverse("song-list")
    words = request.GET.get("words", "")
    with_words = QueryDict(query, mutable=True)
    if words in WORDS:
        with_words["words"] = words
    context = {
        "section": "history",
        "formats": [replace(one, title=gettext(one.title), about=gettext(one.about)) for one in FORMATS.values()],
        "missing": [one for one in FORMATS.values() if not one.is_available],
        "count": count,
        "fields": fields,
        "query": query,
        "query_with_words": with_words.urlencode(),
        "words": words if words in WORDS else DEFAULT,
        "words_choices": _words_choices(request.user),
        "summary": "" if fields else summary(LibraryFilter(QueryDict(query))),
        "back": f"{address}?{query}" if query else address,
    }
    return render(request, "songs/export.html", context)


def _words_choices(person: Person) -> list[tuple[str, str, str]]:
    """Each with its title and the language of that."""
    own = [(OWN, gettext("Your own words"), "")] if person.vocabulary_version else []
    languages = [(one.code, one.title, one.code) for one in ml_gateway.LANGUAGES.values()]
    return [(DEFAULT, gettext("As the model says them"), ""), *own, *languages]
