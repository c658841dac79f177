"""Views of the library that a person keeps under a name."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.db import IntegrityError, transaction
from django.http import QueryDict

from classifier.errors import ProductError
from classifier.library.filters import LibraryFilter
from classifier.models import Person, SavedFilter

MOST = 50
NAME_LENGTH, QUERY_LENGTH = 80, 1000


def filter_save(*, owner: Person, name: str, query: str, now: datetime) -> SavedFilter:
    """Keep a view; under a name that there is already, the new view takes the place of the old one."""
    name = _name(name)
    asked = LibraryFilter(QueryDict(query)).checked().to_query()
    if not asked:
        raise ProductError("filter_empty", "This view shows all songs in their usual order: filter or sort it first.")
    if len(asked) > QUERY_LENGTH:
        raise ProductError(
            "filter_too_long",
            f"The view takes {len(asked)} characters, and at most {QUERY_LENGTH} are kept: ask for less at once.",
        )
    filters = SavedFilter.objects.for_owner(owner)
    if filters.exclude(name=name).count() >= MOST:
        raise ProductError("filters_too_many", f"{MOST} views are kept already, which is the most: delete one first.")
    saved, _ = SavedFilter.objects.update_or_create(
        owner=owner, name=name, defaults={"query": asked}, create_defaults={"query": asked, "created_at": now}
    )
    return saved


def filter_rename(*, saved: SavedFilter, name: str) -> None:
    name = _name(name)
    try:
        with transaction.atomic():
            SavedFilter.objects.filter(id=saved.id).update(name=name)
    except IntegrityError:
        raise ProductError(
            "filter_name_taken", f"Another view is called “{name}” already: choose another name.", HTTPStatus.CONFLICT
        ) from None


def filter_delete(*, saved: SavedFilter) -> None:
    SavedFilter.objects.filter(id=saved.id).delete()


def _name(text: str) -> str:
    name = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if not 1 <= len(name) <= NAME_LENGTH:
        raise ProductError(
            "filter_name", f"A view needs a name of 1 to {NAME_LENGTH} characters, and this one has {len(name)}."
        )
    return name
