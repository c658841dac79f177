"""Pages of rows by the values of the last one that was shown (keyset pagination).

Unlike numbered pages, they stay right while rows are added or deleted, and a late page costs no more than an early one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import F, Model, OrderBy, Q, QuerySet

Row = TypeVar("Row", bound=Model)
Rows = QuerySet[Row]
Key = list[Any]
"""The values of a row that decide its place, as JSON has them."""


class Keyset:
    """The order of `rows`, whose last term must be unique."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        self._terms = [_term(term) for term in rows.query.order_by]
        self._names = [f"keyset_{number}" for number in range(len(self._terms))]
        columns = {name: term.expression for name, term in zip(self._names, self._terms, strict=True)}
        self._rows = rows.annotate(**columns)

    def read(self, size: int, after: Key | None) -> list[tuple[Any, Key]]:
        """The primary keys of so many rows behind this key, each with its own."""
        rows = self._rows if after is None else self._rows.filter(self._behind(after))
        return [(pk, [_as_json(value) for value in key]) for pk, *key in rows.values_list("pk", *self._names)[:size]]

    def fits(self, key: Sequence[Any]) -> bool:
        return len(key) == len(self._terms)

    def _behind(self, key: Key) -> Q:
        """Behind in the first term; or equal in it and behind in the second; and so on."""
        behind, equal = Q(pk__in=[]), Q()
        for name, term, text in zip(self._names, self._terms, key, strict=True):
            if text is None:  # NULL comes last: nothing is behind it in this term
                equal &= Q(**{f"{name}__isnull": True})
                continue
            value = self._rows.query.annotations[name].output_field.to_python(text)
            later = Q(**{f"{name}__{'lt' if term.descending else 'gt'}": value})
            if term.nulls_last:
                later |= Q(**{f"{name}__isnull": True})
            behind |= equal & later
            equal &= Q(**{name: value})
        return behind


def _term(term: Any) -> OrderBy:
    if isinstance(term, OrderBy):
        return term
    name = str(term)
    return F(name[1:]).desc() if name.startswith("-") else F(name).asc()


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
