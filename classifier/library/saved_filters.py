"""Filters of the library that a user saves under a name."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.library.filters import LibraryFilter
from classifier.models import Person, SavedFilter

MAX_FILTERS = 50
NAME_LENGTH, QUERY_LENGTH = 80, 1000


def filter_save(*, owner: Person, name: str, query: str, now: datetime) -> SavedFilter:
    """Save a filter. Under an existing name, it replaces the old one."""
    name, query = _name(name), _query(query)
    filters = SavedFilter.objects.for_owner(owner)
    if filters.exclude(name=name).count() >= MAX_FILTERS:
        message = gettext("You have %(most)s saved filters, which is the limit: delete one first.") % {
            "most": MAX_FILTERS
        }
        raise ProductError("filters_too_many", message)
    saved, _ = SavedFilter.objects.update_or_create(
        owner=owner, name=name, defaults={"query": query}, create_defaults={"query": query, "created_at": now}
    )
    return saved


def filter_edit(*, saved: SavedFilter, name: str, query: str | None = None) -> None:
    """Rename it; with `query`, it selects other songs."""
    name = _name(name)
    query = saved.query if query is None else _query(query)
    try:
        with transaction.atomic():
            SavedFilter.objects.filter(id=saved.id).update(name=name, query=query)
    except IntegrityError:
        raise ProductError(
            "filter_name_taken",
            gettext("Another filter has the name “%(name)s”: choose another name.") % {"name": name},
            HTTPStatus.CONFLICT,
        ) from None


def filter_delete(*, saved: SavedFilter) -> None:
    SavedFilter.objects.filter(id=saved.id).delete()


def _query(text: str) -> str:
    query = LibraryFilter(QueryDict(text)).checked().to_query()
    if not query:
        raise ProductError(
            "filter_empty", gettext("This list shows all songs in the default order: filter or sort it first.")
        )
    if len(query) > QUERY_LENGTH:
        raise ProductError(
            "filter_too_long",
            gettext("The filter takes %(count)s characters; the limit is %(most)s: use fewer filters at once.")
            % {"count": len(query), "most": QUERY_LENGTH},
        )
    return query


def _name(text: str) -> str:
    name = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    if not 1 <= len(name) <= NAME_LENGTH:
        raise ProductError(
            "filter_name",
            gettext("The name has %(count)s characters: use 1 to %(most)s.")
            % {"count": len(name), "most": NAME_LENGTH},
        )
    return name
