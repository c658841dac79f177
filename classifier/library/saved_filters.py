"""Filters of the library that a user saves under a name."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.db import IntegrityError, transaction
from django.http import QueryDict

from classifier.errors import ProductError
from classifier.library.filters import LibraryFilter
from classifier.models import Person, SavedFilter

MAX_FILTERS = 50
NAME_LENGTH, QUERY_LENGTH = 80, 1000


def filter_save(*, owner: Person, name: str, query: str, now: datetime) -> SavedFilter:
    """Save a filter. Under an existing name, it replaces the old one."""
    name = _name(name)
    query = LibraryFilter(QueryDict(query)).checked().to_query()
    if not query:
        raise ProductError("filter_empty", "This list shows all songs in the default order: filter or sort it first.")
    if len(query) > QUERY_LENGTH:
        raise ProductError(
            "filter_too_long",
            f"The filter takes {len(query)} characters; the limit is {QUERY_LENGTH}: use fewer filters at once.",
        )
    filters = SavedFilter.objects.for_owner(owner)
    if filters.exclude(name=name).count() >= MAX_FILTERS:
        message = f"You have {MAX_FILTERS} saved filters, which is the limit: delete one first."
        raise ProductError("filters_too_many", message)
    saved, _ = SavedFilter.objects.update_or_create(
        owner=owner, name=name, defaults={"query": query}, create_defaults={"query": query, "created_at": now}
    )
    return saved


def filter_rename(*, saved: SavedFilter, name: str) -> None:
    name = _name(name)
    try:
        with transaction.atomic():
            SavedFilter.objects.filter(id=saved.id).update(name=name)
    except IntegrityError:
        raise ProductError(
            "filter_name_taken", f"Another filter has the name “{name}”: choose another name.", HTTPStatus.CONFLICT
        ) from None


def filter_delete(*, saved: SavedFilter) -> None:
    SavedFilter.objects.filter(id=saved.id).delete()


def _name(text: str) -> str:
    name = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    if not 1 <= len(name) <= NAME_LENGTH:
        raise ProductError("filter_name", f"The name has {len(name)} characters: use 1 to {NAME_LENGTH}.")
    return name
