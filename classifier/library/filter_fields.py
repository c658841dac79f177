"""Form fields of the library's filters, for values that Django's own fields do not cover.

Each field has `requirement`: what a value must be, as the end of a sentence that begins with "must be".
"""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet

from classifier import ml_gateway
from classifier.library.text_search import bounded

Point = tuple[float, float]

MIN_CORNERS, MAX_CORNERS = 3, 64
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2999, 12, 31)


class SearchField(forms.CharField):
    """Search text: never invalid, only cut to what a search takes. `LibraryFilter.excess` says so."""

    def to_python(self, value: Any) -> str:
        return bounded(str(value or ""))


class MoodField(django_filters.fields.ChoiceField):
    """One of the mood terms. Links and saved filters of earlier versions name emotions, which count as their terms."""

    def to_python(self, value: Any) -> str:
        return _term(super().to_python(value))

    def prepare_value(self, value: Any) -> Any:
        """So that a form shows the term, too."""
        return _term(value)


class NumberField(forms.FloatField):
    @property
    def requirement(self) -> str:
        return f"a number from {self.min_value:g} to {self.max_value:g}"


class DayField(forms.DateField):
    requirement = f"a day from {FIRST_DAY} to {LAST_DAY}, such as 2026-03-31"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            input_formats=["%Y-%m-%d"],
            validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
            widget=forms.DateInput(
                attrs={"type": "date", "min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()}, format="%Y-%m-%d"
            ),
            **kwargs,
        )


class PolygonField(forms.Field):
    """The corners of a polygon in the valence-arousal plane, written `6.1_3.4-7_3.2-7_5`: characters that need no
    escaping in an address."""

    widget = forms.HiddenInput

    def __init__(self, *, min_value: float, max_value: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.min_value, self.max_value = min_value, max_value
        values = f"each value from {min_value:g} to {max_value:g}"
        self.requirement = f"{MIN_CORNERS} to {MAX_CORNERS} corners such as 2_3-4_3-4_5, {values}"

    def to_python(self, value: Any) -> tuple[Point, ...] | None:
        if not value:
            return None
        try:
            corners = tuple(_corner(pair) for pair in str(value).strip().split("-"))
        except ValueError:
            raise ValidationError(self.requirement, code="invalid") from None
        inside = all(self.min_value <= number <= self.max_value for corner in corners for number in corner)
        if not MIN_CORNERS <= len(corners) <= MAX_CORNERS or not inside:
            raise ValidationError(self.requirement, code="invalid")
        return corners


class SearchFilter(django_filters.Filter):
    field_class = SearchField


class MoodFilter(django_filters.ChoiceFilter):
    field_class = MoodField


class NumberFilter(django_filters.Filter):
    field_class = NumberField


class PercentFilter(NumberFilter):
    """Takes per cent, where the database stores a share of 1."""

    def filter(self, qs: QuerySet[Any], value: float | None) -> QuerySet[Any]:
        return super().filter(qs, None if value is None else value / 100)


class DayFilter(django_filters.Filter):
    field_class = DayField


class PolygonFilter(django_filters.Filter):
    field_class = PolygonField


def requirement(field: forms.Field) -> str:
    """What a value of this field must be."""
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        return "one of " + ", ".join(value for value, _ in choices if value)
    return str(getattr(field, "requirement", "a valid value"))


def value_text(value: Any) -> str:
    """A cleaned value as it stands in an address."""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return "-".join(f"{x:.4g}_{y:.4g}" for x, y in value)
    return str(value)


def _term(mood: Any) -> Any:
    """The term of an emotion; any other value stays, for the validation."""
    return ml_gateway.term_of(mood) if mood in ml_gateway.EMOTIONS else mood


def _corner(pair: str) -> Point:
    x, y = pair.split("_")
    return float(x), float(y)
