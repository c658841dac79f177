"""The filters of the library as parameters of the schema, read from their one definition."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter

from classifier.errors import ProductError
from classifier.fields import MAX_KEY_LENGTH
from classifier.library.filter_fields import (
    DayField,
    NameField,
    NumberField,
    PolygonField,
    SearchField,
    SourceField,
    YearField,
)
from classifier.library.filter_form import EVERY
from classifier.library.filters import LibraryFilter
from classifier.library.text_search import MAX_CHARACTERS

# What the labels of the form leave open; docs/api.md has the rest.
TEXTS = {
    "q": "Every word occurs in title, artist, album, file name or mood.",
    "mood": "The main or the second mood; yours where you corrected the song.",
    "first": "The main mood.",
    "second": "The second mood.",
    "review": "`yes`: failed, or uncertain or disputed and not judged yet.",
    "said_first": "The main mood that you stated.",
    "analysis_first": "The main mood of the analysis, whatever you stated.",
    "copies": "`one`: one of each recording that you have in several encodings.",
    "album_artist": "The whole name of the album artist.",
    "area": "Corners of a polygon in the valence-arousal plane, such as `3_3-7_3-5_7`.",
}
DAY = r"^(19[7-9]\d|2\d{3})-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$"


def library_filter(parameters: QueryDict) -> LibraryFilter:
    """Those of the filters among them. What pages cut or leave out is refused: an empty filter would select every
    song."""
    checked = LibraryFilter(parameters, copies=EVERY).checked()
    for name, value in checked.form.cleaned_data.items():
        text = parameters.get(name)
        if text is None:
            continue
        most = _longest(checked.form.fields[name])
        if value in (None, "") or "\0" in text:
            raise ProductError("filter_malformed", f"{name} is empty or has a NUL: give it a value, or leave it out.")
        if most is not None and len(text) > most:
            raise ProductError(
                "filter_malformed", f"{name} has {len(text)} characters; the limit is {most}: shorten it."
            )
    return checked


def _longest(field: forms.Field) -> int | None:
    if isinstance(field, NameField):
        return MAX_KEY_LENGTH
    return MAX_CHARACTERS if isinstance(field, SearchField) else None


def filter_parameters() -> list[OpenApiParameter]:
    form = LibraryFilter().form
    return [
        OpenApiParameter(name, _schema(field), description=TEXTS.get(name) or f"{field.label}.")
        for name, field in form.fields.items()
    ]


def filter_schema() -> dict[str, Any]:
    """The same as an object."""
    fields = LibraryFilter().form.fields
    properties = {name: _schema(field) for name, field in fields.items()}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _schema(field: forms.Field) -> dict[str, Any]:
    match field:
        case forms.ChoiceField():
            choices: Any = field.choices
            return {"type": "string", "enum": [value for value, _ in choices if value]}
        case YearField():
            return {"type": "integer", "minimum": field.min_value, "maximum": field.max_value}
        case NumberField():
            return {"type": "number", "minimum": field.min_value, "maximum": field.max_value}
        case SourceField():
            return {"type": "string", "format": "uuid"}
        case DayField():
            return {"type": "string", "pattern": DAY, "example": "2026-03-31"}
        case PolygonField():
            return {
                "type": "string",
                "pattern": r"^[1-8](\.\d{1,4})?_[1-8](\.\d{1,4})?(-[1-8](\.\d{1,4})?_[1-8](\.\d{1,4})?){2,63}$",
            }
    return {"type": "string", "maxLength": _longest(field), "pattern": r"^[^\u0000]*[^\s\u0000][^\u0000]*$"}
