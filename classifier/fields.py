"""Model fields, an expression and a default value that Django does not have."""

from __future__ import annotations

import base64
import json
import secrets
import time
import unicodedata
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import orjson
from django.db import models
from django.db.models import Func

from classifier.packed_json import pack, unpack

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    TextField = models.TextField[Any, Any]
    CharField = models.CharField[Any, Any]
else:
    TextField = models.TextField
    CharField = models.CharField


PACKED_TEXT = "="
"""Begins a packed value in a database whose text columns take no bytes. No JSON begins with it."""


class OrderedJSONField(TextField):
    """JSON that keeps the order of its keys, which is part of an answer. PostgreSQL's `jsonb` sorts them. The content
    cannot be queried.

    Stored packed (see `classifier/packed_json.py`) where that is shorter: as bytes in SQLite, whose text columns take
    them, and in Base64 elsewhere. Rows from before are JSON, and are read as well; `compact_results` packs them.
    """

    _pyi_private_set_type: Any  # read by the type checker: any value can be assigned

    def get_prep_value(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        text = value if prepared else self.get_prep_value(value)
        packed = pack(orjson.loads(text))
        if connection.vendor == "sqlite":
            return packed if len(packed) < len(text) else text
        encoded = PACKED_TEXT + base64.b64encode(packed).decode("ascii")
        return encoded if len(encoded) < len(text) else text

    def from_db_value(self, value: str | bytes | None, expression: object, connection: object) -> Any:
        if value is None:
            return None
        if isinstance(value, bytes):
            return unpack(value)
        return unpack(base64.b64decode(value[1:])) if value.startswith(PACKED_TEXT) else orjson.loads(value)

    def to_python(self, value: Any) -> Any:
        return orjson.loads(value) if isinstance(value, str) else value


# Letters that Unicode does not decompose into a base letter and an accent.
UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


def fold(text: str) -> str:
    """The text without case, accents and the difference between composed and decomposed letters, for search and order.

    Marks of other scripts stay, such as the voicing marks of Japanese, which make another letter.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in decomposed if not "\u0300" <= letter <= "\u036f")
    return unicodedata.normalize("NFC", plain).casefold().translate(UNDECOMPOSED)


MAX_KEY_LENGTH = 255
"""Of the folded text of one field: folding can make a text many times as long, and indexes take only so much."""


def fold_key(text: str) -> str:
    """The folded text by which songs are sorted and belong together."""
    return fold(text)[:MAX_KEY_LENGTH]


class FoldedTextField(TextField):
    """The folded text of other fields, a line each, so that every database searches and sorts alike.

    With `first_only`, that of the first one with a value. Set whenever the object is saved; a queryset's `update()`
    needs `folded_columns` beside the fields that it changes.
    """

    def __init__(self, *, sources: Sequence[str] = (), first_only: bool = False, **kwargs: Any) -> None:
        self.sources = tuple(sources)
        self.first_only = first_only
        options: dict[str, Any] = {"default": "", "blank": True, "editable": False}
        super().__init__(**options | kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"sources": self.sources, "first_only": self.first_only}

    def folded(self, values: dict[str, str]) -> str:
        if self.first_only or len(self.sources) == 1:
            return next(filter(None, (fold_key(values.get(source, "")) for source in self.sources)), "")
        return "\n".join(fold(values.get(source, "")) for source in self.sources)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = self.folded({source: getattr(model_instance, source) for source in self.sources})
        setattr(model_instance, self.attname, value)
        return value


class TextOrNull(Func):
    """A text column, NULL where it is empty. Unlike NullIf it has no parameter, so that it can be that of an index."""

    template = "NULLIF(%(expressions)s, '')"
    output_field = TextField()


def folded_columns(model: type[models.Model], values: dict[str, str]) -> dict[str, str]:
    """What an `update()` of the given fields has to write into the model's folded columns."""
    fields = [field for field in model._meta.get_fields() if isinstance(field, FoldedTextField)]
    return {field.name: field.folded(values) for field in fields}


def fold_name(name: str) -> str:
    """The form in which user names are compared: without case, and without variants of the same letter (NFKC)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


class NameKeyField(CharField):
    """The folded form of the field `source`, set whenever the object is saved."""

    def __init__(self, *, source: str = "", **kwargs: Any) -> None:
        self.source = source
        # Folding can make a name longer: one letter may become three.
        options: dict[str, Any] = {"max_length": 500, "editable": False}
        super().__init__(**options | kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = fold_name(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, value)
        return value


def uuid7() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562): 48 bits of milliseconds, the rest random.

    It cannot be guessed, and identifiers sort by their creation time, which keeps indexes small.
    """
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | secrets.randbits(80)
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return uuid.UUID(int=value)


# The name that migrations 0001 and 0002 import.
KeptJSONField = OrderedJSONField
