"""Form fields of the library's filters, for values that Django's own fields do not cover.

Each field has `requirement`: what a value must be, as the end of a sentence that begins with "must be".
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.translation import gettext, gettext_lazy

from classifier import ml_gateway
from classifier.fields import MAX_KEY_LENGTH, fold_key
from classifier.library.text_search import bounded

Point = tuple[float, float]

MIN_CORNERS, MAX_CORNERS = 3, 64
FIRST_YEAR, LAST_YEAR = 1000, 2999
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2999, 12, 31)


class SearchField(forms.CharField):
    """Search text: never invalid, only cut to what a search takes. `LibraryFilter.excess` says so."""

    def to_python(self, value: Any) -> str:
        return bounded(str(value or ""))


class MoodField(django_filters.fields.ChoiceField):
    """One of the mood terms. Links and saved filters of earlier versions name emotions, which count as their terms."""

    def to_python(self, value: Any) -> str:
        return _term(super().to_python(value))

    def valid_value(self, value: Any) -> bool:
        """Also a part of a term that the user has split. Links may still name one that is gone: its term counts."""
        return super().valid_value(ml_gateway.base_term(str(value)))

    def prepare_value(self, value: Any) -> Any:
        """So that a form shows the term, too."""
        return _term(value)


class NameField(forms.CharField):
    """The whole name of an artist, an album or a genre: never invalid, only cut to what a song may have."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs |= {"maxlength": MAX_KEY_LENGTH, "autocomplete": "off", "dir": "auto"}

    def to_python(self, value: Any) -> str:
        return " ".join(str(value or "").replace("\0", " ")[: 4 * MAX_KEY_LENGTH].split())[:MAX_KEY_LENGTH]


class YearField(forms.IntegerField):
    @property
    def requirement(self) -> str:
        return gettext("a year from %(low)s to %(high)s") % {"low": self.min_value, "high": self.max_value}


class NumberField(forms.FloatField):
    @property
    def requirement(self) -> str:
        values = {"low": f"{self.min_value:g}", "high": f"{self.max_value:g}"}
        return gettext("a number from %(low)s to %(high)s") % values


class SourceField(forms.UUIDField):
    """The id of one of the user's sources. A page that offers them sets `choices`; without any, the value is hidden."""

    requirement = gettext_lazy("the id of a source")
    widget = forms.HiddenInput

    def offer(self, choices: Sequence[tuple[str, str]]) -> None:
        if choices:
            self.widget = forms.Select(choices=[("", gettext("Any")), *choices])  # type: ignore[assignment]

    def name_of(self, value: uuid.UUID) -> str:
        """As it is offered; that of a source that is gone has no name."""
        choices: Any = getattr(self.widget, "choices", ())
        return next((name for key, name in choices if key == str(value)), gettext("Unknown source"))


class DayField(forms.DateField):
    @property
    def requirement(self) -> str:
        values = {"first": FIRST_DAY.isoformat(), "last": LAST_DAY.isoformat()}
        return gettext("a day from %(first)s to %(last)s, such as 2026-03-31") % values

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

    @property
    def requirement(self) -> str:
        message = gettext("%(least)s to %(most)s corners such as 2_3-4_3-4_5, each value from %(low)s to %(high)s")
        ends = {"low": f"{self.min_value:g}", "high": f"{self.max_value:g}"}
        return message % {"least": MIN_CORNERS, "most": MAX_CORNERS, **ends}

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


class NameFilter(django_filters.Filter):
    """Compares with a folded column."""

    field_class = NameField

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        return super().filter(qs, fold_key(value) if value else value)


class YearFilter(django_filters.Filter):
    field_class = YearField


class NumberFilter(django_filters.Filter):
    field_class = NumberField


class PercentFilter(NumberFilter):
    """Takes per cent, where the database stores a share of 1."""

    def filter(self, qs: QuerySet[Any], value: float | None) -> QuerySet[Any]:
        return super().filter(qs, None if value is None else value / 100)


class SourceFilter(django_filters.Filter):
    field_class = SourceField


class DayFilter(django_filters.Filter):
    field_class = DayField


class PolygonFilter(django_filters.Filter):
    field_class = PolygonField


def requirement(field: forms.Field) -> str:
    """What a value of this field must be."""
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        return gettext("one of %(values)s") % {"values": ", ".join(value for value, _ in choices if value)}
    return str(getattr(field, "requirement", gettext("a valid value")))


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
